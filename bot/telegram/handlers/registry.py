"""Every handler, in the order in which they are offered an update; the first that fits gets it."""

from __future__ import annotations

from bot.assistant.verified import PinBoard
from bot.telegram.conversation import Conversation
from bot.telegram.documents.desk import Desk
from bot.telegram.door import Door
from bot.telegram.handlers.approval import ApprovalHandler
from bot.telegram.handlers.ask import AskHandler
from bot.telegram.handlers.buttons import ButtonHandler
from bot.telegram.handlers.digest import DigestHandler
from bot.telegram.handlers.documents import DocumentHandler
from bot.telegram.handlers.failure import FailureHandler
from bot.telegram.handlers.feedback import FeedbackHandler
from bot.telegram.handlers.membership import MembershipHandler
from bot.telegram.handlers.pins import PinHandler
from bot.telegram.handlers.replies import ReplyHandler
from bot.telegram.handlers.shelf import ShelfHandler
from bot.telegram.handlers.start import StartHandler
from bot.telegram.services import Services
from bot.telegram.types import App


def register_all(
    application: App,
    services: Services,
    door: Door,
    conversation: Conversation,
    desk: Desk | None,
    board: PinBoard | None,
) -> None:
    """Puts every handler into the application; without desk and board there are no documents to work on."""
    MembershipHandler(services, door).register(application)
    StartHandler(services, door).register(application)
    DigestHandler(services, door, conversation).register(application)
    ApprovalHandler(services).register(application)
    if desk is not None and board is not None:
        _register_documents(application, services, door, desk, board)
    ButtonHandler(services, conversation).register(application)  # has a catch-all for presses
    AskHandler(services, door, conversation).register(application)  # has a catch-all for messages
    FailureHandler(services).register(application)


def _register_documents(application: App, services: Services, door: Door, desk: Desk, board: PinBoard) -> None:
    feedback, pins = FeedbackHandler(services, door), PinHandler(services, door, board)
    ReplyHandler(services, feedback, pins).register(application)
    DocumentHandler(services, door, desk).register(application)
    ShelfHandler(services, door, desk).register(application)
    feedback.register(application)
    pins.register(application)
