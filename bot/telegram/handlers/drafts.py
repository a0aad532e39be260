"""/drafts: sentences of the documents that could become tactic cards, one at a time, for an admin to decide."""

from __future__ import annotations

import re
from collections.abc import Sequence

from telegram import ForceReply, InlineKeyboardMarkup, Update
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.access import Person
from bot.store.answers import AuditRow
from bot.store.draft_rows import DraftRow
from bot.store.feedback import Prompt
from bot.tactics.correcting import Unusable
from bot.tactics.draft_board import Proposal
from bot.telegram.addressing import text_of
from bot.telegram.delivery import Envelope
from bot.telegram.documents.draft_keyboards import decided_keyboard, draft_keyboard, held_keyboard
from bot.telegram.documents.drafting import Drafting, mark_of
from bot.telegram.door import Door
from bot.telegram.editing import edit
from bot.telegram.handlers.buttons import answer_quietly
from bot.telegram.services import Pressed, Services, Spoken, pressed, spoken
from bot.telegram.types import App, Context

PRESS = re.compile(r"^k:(show|next|accept|edit|dismiss|held|drop):([0-9a-f]{16})?:([0-9a-f]{8})?$")
LONGEST_QUOTE = 600
Shown = tuple[str, InlineKeyboardMarkup | None]


class DraftHandler:
    """For admins in private: the passages may be for managers only, and a decision is nobody else's business."""

    def __init__(self, services: Services, door: Door, drafting: Drafting) -> None:
        self._services = services
        self._door = door
        self._drafting = drafting

    def register(self, application: App) -> None:
        application.add_handler(CommandHandler("drafts", self.drafts))
        application.add_handler(CallbackQueryHandler(self.press, pattern=PRESS))

    async def drafts(self, update: Update, context: Context) -> None:
        """The first draft that waits."""
        said = spoken(update, self._services)
        if said is None or await self._door.admit(said) is None:
            return
        if not self._services.access.is_admin(said.person.id):
            await self._services.say(said.envelope, "drafts/only_admins", said.person.language)
        elif not said.place.is_private:
            await self._services.say(said.envelope, "drafts/in_private", said.person.language)
        else:
            await self._send(said.envelope, await self._page(said.person))

    async def press(self, update: Update, context: Context) -> None:
        """Another draft, or a decision on the one that is shown."""
        press = pressed(update, self._services)
        found = None if press is None else PRESS.match(press.data)
        if press is None or found is None:
            return
        act, draft_id, mark = found[1], found[2] or "", found[3] or ""
        if not self._services.access.is_admin(press.person.id) or not press.place.is_private:
            await self._alert(press, "drafts/only_admins")
        elif act in ("show", "next", "held"):
            await answer_quietly(press.query)
            page = self._held_page if act == "held" else self._page
            await edit(press.query, *await page(press.person, draft_id, after=act != "show"))
        elif act == "drop":
            await self._take_down(press, draft_id)
        else:
            await self._on_draft(press, act, draft_id, mark)

    async def hear(self, said: Spoken, row_id: int) -> None:
        """The reply that corrects a draft."""
        person = said.person
        if not self._services.access.is_admin(person.id):
            return
        changed = await self._drafting.correct(row_id, text_of(said.message), person, self._services.now)
        if changed is None:
            await self._services.say(said.envelope, "drafts/decided", person.language)
        elif isinstance(changed, Unusable):
            await self._services.say(said.envelope, "drafts/unusable", person.language, problem=changed)
        else:
            await self._send(said.envelope, await self._page(person, changed.draft_id))

    async def _on_draft(self, press: Pressed, act: str, draft_id: str, mark: str) -> None:
        waiting = await self._drafting.waiting()
        proposal = next((item for item in waiting if item.draft.id == draft_id), None)
        if proposal is None:
            await self._alert(press, "drafts/decided")
        elif act == "edit":
            await self._ask(press, proposal)
        elif act == "accept" and mark != mark_of(proposal.card):
            await self._alert(press, "drafts/changed")
            await edit(press.query, *await self._page(press.person, draft_id))
        else:
            await self._decide(press, proposal, "accepted" if act == "accept" else "dismissed")

    async def _decide(self, press: Pressed, proposal: Proposal, state: str) -> None:
        row = await self._drafting.decide(proposal, state, press.person, self._services.now)
        if row is None:
            await self._alert(press, "drafts/decided")
            return
        await answer_quietly(press.query)
        await self._log(f"draft_{state}", row, press)
        left = len(await self._drafting.waiting())
        text = self._rendered(state, press.person, row=row, left=left)
        held = row.draft_id if state == "accepted" else ""
        await edit(press.query, text, decided_keyboard(self._services.wording, press.person.language, left, held))

    async def _take_down(self, press: Pressed, draft_id: str) -> None:
        row = await self._drafting.take_down(draft_id, press.person, self._services.now)
        if row is None:
            await self._alert(press, "drafts/decided")
            return
        await answer_quietly(press.query)
        await self._log("draft_taken_down", row, press)
        text = self._rendered("taken_down", press.person, row=row)
        await edit(press.query, text, decided_keyboard(self._services.wording, press.person.language, 1, ""))

    async def _ask(self, press: Pressed, proposal: Proposal) -> None:
        """A reply is waited for; the sentence itself is the document's and stays."""
        person, now = press.person, self._services.now
        row = await self._drafting.open(proposal, person, now)
        await answer_quietly(press.query)
        envelope = Envelope(press.place, reply_to=press.message_id, keyboard=ForceReply())
        text = self._rendered("ask", person, card=proposal.card)
        sent = await self._services.delivery.text(envelope, text)
        prompt = Prompt(person.id, "draft", row.id)
        await self._services.store.feedback.wait_for(press.place.chat_id, sent[-1], prompt, now)

    async def _page(self, person: Person, draft_id: str = "", *, after: bool = False) -> Shown:
        """That draft, or the next one after it; the first where it is gone."""
        waiting, held = await self._drafting.waiting(), len(await self._drafting.accepted())
        wording, language = self._services.wording, person.language
        if not waiting:
            return self._rendered("none", person, held=held), decided_keyboard(wording, language, 0, "", held)
        number = _place([item.draft.id for item in waiting], draft_id, after)
        proposal = waiting[number]
        text = self._rendered(
            "card",
            person,
            number=number + 1,
            count=len(waiting),
            draft=proposal.draft,
            card=proposal.card,
            row=proposal.row,
            quote=proposal.draft.evidence[:LONGEST_QUOTE],
        )
        mark = mark_of(proposal.card)
        return text, draft_keyboard(wording, language, proposal.draft.id, mark, more=len(waiting) > 1, held=held)

    async def _held_page(self, person: Person, draft_id: str = "", *, after: bool = False) -> Shown:
        """One accepted card, with the way to take it down."""
        held = await self._drafting.accepted()
        if not held:
            return await self._page(person)
        number = _place([row.draft_id for row in held], draft_id, after)
        row, zone = held[number], self._services.settings.timezone
        text = self._rendered("held", person, number=number + 1, count=len(held), row=row, zone=zone)
        keyboard = held_keyboard(self._services.wording, person.language, row.draft_id, more=len(held) > 1)
        return text, keyboard

    async def _send(self, envelope: Envelope, shown: Shown) -> None:
        text, keyboard = shown
        await self._services.delivery.text(Envelope(envelope.place, envelope.reply_to, keyboard), text)

    async def _log(self, kind: str, row: DraftRow, press: Pressed) -> None:
        entry = AuditRow(self._services.now, kind, press.person.id, press.place.chat_id, "admin", row.card.title)
        await self._services.store.answers.log(entry)

    def _rendered(self, template: str, person: Person, **values: object) -> str:
        return self._services.wording.render(f"drafts/{template}", person.language, **values)

    async def _alert(self, press: Pressed, template: str) -> None:
        await answer_quietly(press.query, self._services.wording.text(template, press.person.language), loud=True)


def _place(ids: Sequence[str], wanted: str, after: bool) -> int:
    if wanted not in ids:
        return 0
    return (ids.index(wanted) + after) % len(ids)
