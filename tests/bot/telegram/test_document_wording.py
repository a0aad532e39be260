"""What is said about documents, thumbs and pins: valid markup in both languages, names and texts stay text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

import pytest

from bot.sandbox.text.html import parse_html
from bot.store.curated import PinRow, QuotedPassage
from bot.store.draft_rows import CardText, DraftRow
from bot.store.feedback import Complaint
from bot.tactics.correcting import Unusable
from bot.telegram.documents.desk import Added, Twin
from bot.telegram.documents.names import numbered, safe_name
from bot.telegram.documents.reading import Preview, Reason, Unread
from knowledge.documents import DocumentInfo
from knowledge.drafts import Draft
from prompts.loader import Wording

WORDING = Wording.load()
EVIL = "<b>Mallory</b> & Co"
NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
INFO = DocumentInfo("d1", "a.md", EVIL, date(2026, 1, 1), "manager", (), 3, 1, EVIL)
PASSAGE = QuotedPassage("p", EVIL, "a.md", EVIL, EVIL, "manager")
PIN = PinRow(EVIL, "&lt;i&gt; 3 &lt; 4", "zh", "manager", (PASSAGE,), 1, "admin", NOW, id=1)
CARD = CardText(EVIL, (EVIL,), (EVIL,), (EVIL,), EVIL, (EVIL, EVIL), EVIL, EVIL)
ROW = DraftRow("0" * 16, CARD, EVIL, "a.md", EVIL, "withdrawn", 1, EVIL, NOW, 1)
DRAFT = Draft("0" * 16, EVIL, (EVIL,), (), (EVIL,), EVIL, (EVIL,), EVIL, ("when",), "p", "d", EVIL, "a.md", EVIL,
              date(2026, 1, 1), "manager")  # fmt: skip
PREVIEW = Preview(
    EVIL, "2026-01-01", "everyone", (EVIL,), (EVIL,), (EVIL,), 9, 4, "page", 5, (EVIL,), 3, ((3, EVIL),), 4
)
VALUES: dict[str, Any] = {
    "name": EVIL,
    "kinds": "md txt",
    "limit": 20,
    "preview": PREVIEW,
    "twins": ((Twin(EVIL, EVIL, True, "everyone"), True), (Twin(EVIL, EVIL, False, "manager"), False)),
    "audience": "manager",
    "done": 1,
    "total": 2,
    "info": INFO,
    "uses": {EVIL: 4},
    "titles": {EVIL},
    "shown": [(1, INFO)],
    "own": [],
    "count": 9,
    "page": 1,
    "pages": 2,
    "is_later": True,
    "is_private": False,
    "question": EVIL,
    "documents": (EVIL,),
    "up": 1,
    "down": 2,
    "complaints": (Complaint(1, 2, NOW, EVIL, "{}", EVIL, (PASSAGE,), 1, 2, (2,)),),
    "zone": ZoneInfo("Asia/Shanghai"),
    "longest": 160,
    "pin": PIN,
    "pins": [PIN],
    "stands": set(),
    "replaced": [EVIL, ""],
    "day": date(2026, 11, 22),
    "is_changed": True,
    "cites": (EVIL,),
    "admins": (1,),
    "drafts": 3,
    "draft": DRAFT,
    "card": CARD,
    "row": ROW,
    "rows": (ROW,) * 9,
    "number": 1,
    "held": 2,
    "left": 3,
    "quote": EVIL,
}
BRANCHES: list[dict[str, Any]] = [
    {
        "added": Added(outcome, EVIL, EVIL, 3, 2, (INFO,)),
        "unread": Unread(reason, 2, EVIL),
        "act": act,
        "note": note,
        "problem": problem,
    }
    for outcome, reason, act, note, problem in (
        ("read", "unread", "add", "up", Unusable("unknown_name", "metrics", EVIL, (EVIL,))),
        ("later", "front_matter", "pin", "down", Unusable("evidence")),
        ("unread", "scan", "remove", "taken_back", Unusable("no_metric")),
    )
]
EMPTY: dict[str, Any] = {
    "row": None,
    "held": 0,
    "left": 0,
    "drafts": 0,
    "twins": (),
    "shown": [],
    "complaints": (),
    "pins": [],
    "cites": (),
    "is_changed": False,
}
NAMES = [name for name in WORDING.names if name.split("/")[0] in ("documents", "drafts", "feedback", "pinned")]
ACTS = {
    "documents/button": ("add", "replace", "cancel", "everyone", "manager", "previous", "next", "remove", "back"),
    "drafts/button": ("accept", "edit", "dismiss", "next", "drop", "show", "held"),
    "pinned/button": ("pin", "question", "text", "drop", "remove", "list"),
}


NEEDS_ROW = ("drafts/accepted", "drafts/dismissed", "drafts/held", "drafts/taken_down")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", [name for name in NAMES if name not in ACTS])
def test_every_sentence_is_valid_markup_and_names_stay_text(name: str, language: Literal["zh", "en"]) -> None:
    for branch in (*BRANCHES, BRANCHES[0] | EMPTY):
        values = VALUES | branch
        if values["row"] is None and name in NEEDS_ROW:
            continue
        if name == "documents/ask_removal":
            values |= {"uses": 3}
        text = WORDING.render(name, language, **values)
        parsed = parse_html(text)
        assert 0 < parsed.units <= 4096
        assert "\n\n\n" not in text
        assert "<b>Mallory" not in text
        if "Mallory" in text and "Mallory &" not in parsed.text:
            assert EVIL in parsed.text


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_button_has_a_short_label(name: str, language: Literal["zh", "en"]) -> None:
    labels = [WORDING.text(name, language, act=act, count=99) for act in ACTS[name]]
    assert len(set(labels)) == len(labels)
    assert all(0 < len(label) <= 28 for label in labels)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_reason_has_words_with_a_next_move(language: Literal["zh", "en"]) -> None:
    said = {
        WORDING.render("documents/unread", language, name="a", unread=Unread(reason)) for reason in get_args(Reason)
    }
    assert len(said) == len(get_args(Reason))


@pytest.mark.parametrize("name", ["documents/only_admins", "documents/decided", "documents/expired", "documents/gone",
                                  "documents/bundled", "drafts/only_admins", "drafts/decided", "drafts/changed",
                                  "pinned/only_admins", "pinned/decided"])  # fmt: skip
def test_what_is_shown_in_an_alert_is_short_and_without_markup(name: str) -> None:
    for language in ("zh", "en"):
        text = WORDING.text(name, language)
        assert len(text) <= 200  # answerCallbackQuery takes 0-200 characters
        assert "<" not in text


def test_a_list_of_long_titles_fits_into_one_message() -> None:
    long = replace(INFO, title="长" * 500, superseded_by="长" * 500)
    values = VALUES | {"shown": [(number, long) for number in range(8)], "own": [], "titles": {"长" * 500}}
    assert parse_html(WORDING.render("documents/list", "zh", **values)).units <= 4096
    pin = replace(PIN, question="问" * 300)
    values = VALUES | {"pins": [pin] * 20}
    assert parse_html(WORDING.render("pinned/list", "zh", **values)).units <= 4096


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../x.md", "x.md"),
        ("..\\..\\x.MD", "x.md"),
        ("/etc/passwd", "passwd"),
        ("  直播 / 手册?.docx ", "手册.docx"),
        ("a\u202edm.exe", "adm.exe"),
        ("~$a.xlsx", "a.xlsx"),
        (".hidden.md", "hidden.md"),
        ("二〇二六年　大促.md", "二〇二六年 大促.md"),
        ("...", "document"),
        ("a\x00b\n.md", "ab.md"),
    ],
)
def test_a_name_from_outside_becomes_one_that_is_safe(given: str, safe: str) -> None:
    assert safe_name(given) == safe


def test_a_very_long_name_keeps_its_kind_and_whole_characters() -> None:
    name = safe_name("长" * 300 + ".pdf")
    assert name.endswith("长.pdf")
    assert len(numbered(name, 99).encode()) < 200
