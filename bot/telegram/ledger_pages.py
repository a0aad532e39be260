"""What the ledger shows in the chat: the list, an entry, and the questions of an adoption, each with its buttons."""

from __future__ import annotations

from telegram import InlineKeyboardMarkup

from bot.access import Person
from bot.assistant.compose.effects import effect_lines
from bot.assistant.compose.figures import Printer
from bot.assistant.types import Asker
from bot.services import Clock
from bot.store.ledger_rows import LedgerRow
from bot.tactics.ledger.entry import card_of, effect_of, scope_of
from bot.tactics.ledger.ledger import Ledger
from bot.tactics.ledger.wording import entry_text, entry_values, foreseen, history_values, row_values
from bot.telegram.ledger_keyboards import acts_keyboard, list_keyboard, review_keyboard, start_keyboard
from prompts.loader import Wording

SHOWN = 10
Page = tuple[str, InlineKeyboardMarkup | None]


class LedgerPages:
    """In the language of who looks."""

    def __init__(self, ledger: Ledger, wording: Wording, clock: Clock) -> None:
        self._ledger = ledger
        self._wording = wording
        self._clock = clock

    def asked(self, row: LedgerRow, act: str, person: Person) -> Page | None:
        """The question that an act begins with; None when it is done at once."""
        wording, language = self._wording, person.language
        if act not in ("owner", "start", "review", "drop"):
            return None
        if act == "drop":
            text = self._rendered("ask_drop", person, title=card_of(row.card).title)
            return text, acts_keyboard(wording, language, row.id, [["confirm", "back"]])
        text = self._question(f"ask_{act}", row, person)
        if act == "owner":
            return text, acts_keyboard(wording, language, row.id, [["me"], ["back"]])
        if act == "start":
            return text, start_keyboard(wording, language, row.id, self._clock.now().date(), "back")
        return text, review_keyboard(wording, language, row.id, "back")

    def next(self, row: LedgerRow, person: Person) -> Page:
        """What is still missing of a proposal, or the entry as it stands."""
        wording, language, today = self._wording, person.language, self._clock.now().date()
        if row.state == "cancelled":
            return self._rendered("cancelled", person, title=card_of(row.card).title), None
        if row.state != "proposed":
            return self._adopted(row, person)
        if not row.owner:
            keyboard = acts_keyboard(wording, language, row.id, [["me"], ["cancel"]])
            return self._question("ask_owner", row, person), keyboard
        if row.start is None:
            keyboard = start_keyboard(wording, language, row.id, today, "cancel")
            return self._question("ask_start", row, person), keyboard
        return self._question("ask_review", row, person), review_keyboard(wording, language, row.id, "cancel")

    def _adopted(self, row: LedgerRow, person: Person) -> Page:
        printer, language = self._printer(person), person.language
        entry = entry_text(row, printer)
        if row.state != "adopted" or row.start is None or row.review is None:
            return entry, acts_keyboard(self._wording, language, row.id, [["list"]])
        reason = self._ledger.measuring.hindrance(row.metric, scope_of(row.scope), row.start, row.review)
        text = self._wording.render(
            "ledger/adopted",
            language,
            entry=Safe(entry),
            hindrance=foreseen(reason, printer),
            review=printer.day_name(row.review),
        )
        return text, self._keyboard(row, person)

    def _keyboard(self, row: LedgerRow, person: Person) -> InlineKeyboardMarkup:
        rows = {
            "adopted": [["owner", "start", "review"], ["drop", "list"]],
            "measured": [["keep", "drop", "longer"], ["list"]],
            "kept": [["longer", "drop"], ["list"]],
        }.get(row.state, [["list"]])
        return acts_keyboard(self._wording, person.language, row.id, rows)

    async def detail(self, row: LedgerRow, person: Person) -> Page:
        """An entry with how it was measured and its history."""
        if row.state in ("proposed", "cancelled"):
            return self.next(row, person)
        printer, effect = self._printer(person), effect_of(row.effect)
        text = self._wording.render(
            "ledger/detail",
            person.language,
            entry=Safe(entry_text(row, printer)),
            lines=effect_lines(effect, printer) if effect is not None else [],
            history=history_values(await self._ledger.history(row.id), printer),
        )
        return text, self._keyboard(row, person)

    def listed(self, asker: Asker, person: Person) -> Page:
        """What this asker may see, newest first."""
        entries = self._ledger.board.seen_by(asker)
        if not entries:
            return self._rendered("empty", person), None
        printer = self._printer(person)
        values = [entry_values(entry, printer) for entry in entries[:SHOWN]]
        text = self._rendered("list", person, entries=values, count=len(entries), shown=len(values))
        return text, list_keyboard([entry.id for entry in entries[:SHOWN]])

    def _printer(self, person: Person) -> Printer:
        measuring = self._ledger.measuring
        return Printer(measuring.model, self._wording, person.language, self._clock.now(), measuring.calendar)

    def _question(self, template: str, row: LedgerRow, person: Person) -> str:
        values = row_values(row, self._printer(person))
        wanted = {"ask_owner": ("title", "scope", "metric"), "ask_start": ("title", "owner")}
        names = wanted.get(template, ("title", "owner", "start"))
        return self._rendered(template, person, **{name: values[name] for name in names})

    def _rendered(self, template: str, person: Person, **values: object) -> str:
        return self._wording.render(f"ledger/{template}", person.language, **values)


class Safe(str):
    """A rendered template that is put into another one as it stands."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)
