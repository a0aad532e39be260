"""What the surface says, as rendered text, in both languages and every branch."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, Literal

import pytest

from bot.sandbox.text.html import parse_html
from bot.telegram.addressing import COMMANDS
from prompts.loader import Wording
from tests.bot.fakes import SHANGHAI

WORDING = Wording.load()
EVIL = "<b>Mallory</b> & Co"
COMMON = {
    "user_id": 1,
    "chat_id": -2,
    "name": EVIL,
    "subject_id": 1,
    "asked_by": EVIL,
    "by": EVIL,
    "username": "opsbot",
    "role": "viewer",
    "number": "a1b2c3",
    "time": "09:00",
    "zone": "Asia/Shanghai",
    "next": datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI),
    "late_minutes": 180,
    "count": 2,
}
BRANCHES: list[dict[str, Any]] = [
    {
        "has_admins": has,
        "is_private": has,
        "was_on": has,
        "kind": kind,
        "decision": decision,
        "last": last,
        "unknown": 0,
    }
    for has, kind, decision, last in (
        (True, "chat", "viewer", None),
        (False, "person", "decline", ("sent", "")),
        (True, "chat", "withdraw", ("skipped", "late")),
        (True, "chat", "manager", ("skipped", "not let in")),
        (False, "person", "operator", ("unknown", "")),
        (False, "person", "operator", ("failed", "")),
        (False, "person", "operator", ("due", "")),
    )
]
NAMES = [name for name in WORDING.names if name.split("/")[0] in ("access", "chat", "digest_settings", "errors")]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_every_sentence_is_valid_markup_and_names_stay_text(name: str, language: Literal["zh", "en"]) -> None:
    for branch in BRANCHES:
        last = branch["last"]
        row = None if last is None else SimpleNamespace(state=last[0], reason=last[1], local_date=date(2026, 11, 22))
        text = WORDING.render(name, language, **(COMMON | branch | {"last": row}))
        parsed = parse_html(text)
        assert 0 < parsed.units <= 4096
        assert "\n\n\n" not in text
        if "Mallory" in text:
            assert EVIL in parsed.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_listed_command_is_heard_and_described(language: Literal["zh", "en"]) -> None:
    lines = WORDING.render("chat/commands", language).splitlines()
    listed = {line.partition(" - ")[0] for line in lines}
    assert listed == set(COMMANDS) - {"start"}
    assert all(0 < len(line.partition(" - ")[2]) <= 256 for line in lines)


@pytest.mark.parametrize(
    "name", ["access/alert", "access/only_admins", "chat/old_button", "chat/already_pressed", "chat/busy"]
)
def test_what_is_shown_in_an_alert_is_short_and_without_markup(name: str) -> None:
    for language in ("zh", "en"):
        text = WORDING.render(name, language)
        assert len(text) <= 200  # answerCallbackQuery takes 0-200 characters
        assert "<" not in text
        assert "&" not in text
