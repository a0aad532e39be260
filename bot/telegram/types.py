"""The framework's generic types with our choices filled in, once."""

from __future__ import annotations

from typing import Any, TypeAlias

from telegram.ext import Application, CallbackContext, ExtBot

from bot.telegram.limiter import Sending

Bot: TypeAlias = ExtBot[Sending]
Data: TypeAlias = dict[Any, Any]  # the framework's own stores, which we do not use
Context: TypeAlias = CallbackContext[Bot, Data, Data, Data]
App: TypeAlias = Application[Bot, Context, Data, Data, Data, None]
