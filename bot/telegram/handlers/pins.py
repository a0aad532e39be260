"""Answers that an admin verifies: pinned to a question, listed, taken down."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Sequence
from dataclasses import replace

from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.access import Grant, Person, Place, Refusal
from bot.assistant.gather import audience_of
from bot.assistant.same_question import taken_apart
from bot.assistant.types import Plan, Question
from bot.assistant.verified import PinBoard
from bot.store.answers import AuditRow
from bot.store.curated import PinRow
from bot.store.feedback import Prompt
from bot.telegram.addressing import text_of, without_name
from bot.telegram.delivery import Envelope
from bot.telegram.door import Door
from bot.telegram.editing import edit
from bot.telegram.handlers.buttons import answer_quietly
from bot.telegram.marks import MARK
from bot.telegram.services import Pressed, Services, Spoken, pressed, spoken
from bot.telegram.types import App, Context

ACT = re.compile(r"^p:(\d{1,18}):(pin|question|text|drop|ask|remove|list)$")
LONGEST_QUESTION, LONGEST_TEXT = 300, 2500
SHOWN = 20
LIVE_INTENTS = frozenset({"kpi", "diagnose"})
OPEN_CHOICES = ("which_", "rank_", "share_")  # what is asked back about figures
# 退货运费谁出 names a metric and asks for a rule.
WAYS_OF_RULES = frozenset({"who", "how", "how_long", "when", "where", "whether"})


class PinHandler:
    """For admins only."""

    def __init__(self, services: Services, door: Door, board: PinBoard) -> None:
        self._services = services
        self._door = door
        self._board = board

    def register(self, application: App) -> None:
        application.add_handler(CommandHandler("pin", self.pin))
        application.add_handler(CommandHandler("pins", self.list))
        application.add_handler(CallbackQueryHandler(self.start, pattern=r"^f:\d{1,18}:pin$"))
        application.add_handler(CallbackQueryHandler(self.press, pattern=ACT))

    async def pin(self, update: Update, context: Context) -> None:
        """`/pin question | answer` pins at once."""
        said = spoken(update, self._services)
        grant = None if said is None else await self._admitted(said)
        if said is None or grant is None:
            return
        text = without_name(said.message, self._services.me).partition(" ")[2]
        question, separator, answer = text.partition("|") if "|" in text else text.partition("｜")
        question, answer = question.strip(), answer.strip()
        if not separator or not question or not answer:
            await self._say(said, "usage")
            return
        draft = self._draft(question[:LONGEST_QUESTION], html.escape(answer[:LONGEST_TEXT], quote=False), said.person)
        objection = await self._objection(draft.question, grant)
        if objection:
            await self._say(said, objection, question=draft.question)
            return
        await self._serve(await self._services.store.pins.keep(draft), said.person, said.place)
        await self._say(said, "pinned", question=draft.question)

    async def list(self, update: Update, context: Context) -> None:
        """Every pin that may be read here."""
        said = spoken(update, self._services)
        grant = None if said is None else await self._admitted(said)
        if said is not None and grant is not None:
            markup, keyboard = await self._listed(grant, said.person)
            await self._services.delivery.text(Envelope(said.place, said.envelope.reply_to, keyboard), markup)

    async def start(self, update: Update, context: Context) -> None:
        """The pin under an answer: shows the question's wording before anything is pinned."""
        press = pressed(update, self._services)
        found = None if press is None else MARK.match(press.data)
        if press is None or found is None:
            return
        person, place = press.person, press.place
        grant = await self._pressed_by_admin(press)
        row = await self._services.store.answers.get(int(found[1]))
        quoted = None if row is None else await self._services.store.feedback.quoted(row.id)
        if grant is None:
            return
        if row is None or quoted is None or row.chat_id != place.chat_id:
            await self._alert(press, "chat/old_button")
            return
        await answer_quietly(press.query)
        audience = "manager" if any(item.audience == "manager" for item in quoted.passages) else "everyone"
        draft = self._draft(row.question[:LONGEST_QUESTION], quoted.html, person)
        draft = replace(draft, language=quoted.language, audience=audience, passages=quoted.passages)
        kept = await self._services.store.pins.keep(draft)
        await self._show_draft(Envelope(place, reply_to=press.message_id), kept, person)

    async def press(self, update: Update, context: Context) -> None:
        """What is to become of a draft, or of a pin in the list."""
        press = pressed(update, self._services)
        found = None if press is None else ACT.match(press.data)
        grant = None if press is None or found is None else await self._pressed_by_admin(press)
        if press is None or found is None or grant is None:
            return
        act, pin = found[2], await self._services.store.pins.get(int(found[1]))
        if act == "list":
            await answer_quietly(press.query)
            await edit(press.query, *await self._listed(grant, press.person))
        elif pin is None or (pin.audience == "manager" and audience_of(grant.asker) != "manager"):
            await self._alert(press, "chat/old_button")
        elif act in ("ask", "remove"):
            await self._take_down(press, pin, is_confirmed=act == "remove")
        elif pin.state != "draft":
            await self._alert(press, "pinned/decided")
        else:
            await self._decide(press, pin, act, grant)

    async def hear(self, said: Spoken, kind: str, pin_id: int) -> None:
        """The reply with another question or an own text for a draft."""
        pin = await self._services.store.pins.get(pin_id)
        if pin is None or not self._services.access.is_admin(said.person.id) or pin.state != "draft":
            await self._say(said, "decided")
            return
        text = text_of(said.message).strip()
        if kind == "pin_question":
            changed = replace(pin, question=text[:LONGEST_QUESTION])
        else:
            changed = replace(pin, html=html.escape(text[:LONGEST_TEXT], quote=False))
        kept = await self._services.store.pins.change(changed, "draft")
        if kept is not None:
            await self._show_draft(said.envelope, kept, said.person)

    async def _decide(self, press: Pressed, pin: PinRow, act: str, grant: Grant) -> None:
        query, person = press.query, press.person
        await answer_quietly(query)
        if act == "drop":
            await self._services.store.pins.change(replace(pin, state="off"), "draft")
            await edit(query, self._rendered("dropped", person))
        elif act in ("question", "text"):
            await self._ask(press, pin, act)
        elif objection := await self._objection(pin.question, grant):
            await edit(
                query, self._rendered(objection, person, question=pin.question), self._draft_keyboard(pin, person)
            )
        else:
            await self._serve(pin, person, press.place)
            await edit(query, self._rendered("pinned", person, question=pin.question))

    async def _serve(self, pin: PinRow, person: Person, place: Place) -> None:
        """On from the next question; an older pin to the same question goes, unless other people are to read it."""
        pins = self._services.store.pins
        for other in await asyncio.to_thread(_asking_the_same, pin, await pins.served()):
            await pins.change(replace(other, state="off"), "on")
        await pins.change(replace(pin, state="on", by=person.id, at=self._services.now), "draft")
        self._board.hold(await pins.served())
        await self._log("pinned", pin, person, place)

    async def _take_down(self, press: Pressed, pin: PinRow, *, is_confirmed: bool) -> None:
        query, person = press.query, press.person
        if pin.state != "on":
            await self._alert(press, "pinned/decided")
            return
        await answer_quietly(query)
        if not is_confirmed:
            keyboard = self._keyboard(person, pin.id, ("remove", "list"))
            await edit(query, self._rendered("ask_removal", person, question=pin.question), keyboard)
            return
        await self._services.store.pins.change(replace(pin, state="off"), "on")
        self._board.hold(await self._services.store.pins.served())
        await self._log("unpinned", pin, person, press.place)
        await edit(query, self._rendered("removed", person, question=pin.question))

    async def _objection(self, question: str, grant: Grant) -> str:
        """Why this question cannot have a pinned answer, "" when it can."""
        if await asyncio.to_thread(_is_too_short, question):
            return "too_short"
        answer = await self._services.assistant.answer(Question(question, grant.asker, self._services.now))
        return "live" if await asyncio.to_thread(_is_live, answer.plan) else ""

    async def _ask(self, press: Pressed, pin: PinRow, act: str) -> None:
        person, place = press.person, press.place
        force = ForceReply() if place.is_private else None
        envelope = Envelope(place, reply_to=press.message_id, keyboard=force)
        sent = await self._services.delivery.text(envelope, self._rendered(f"ask_{act}", person))
        prompt = Prompt(person.id, f"pin_{act}", pin.id)
        await self._services.store.feedback.wait_for(place.chat_id, sent[-1], prompt, self._services.now)

    async def _show_draft(self, envelope: Envelope, pin: PinRow, person: Person) -> None:
        text = self._rendered("draft", person, pin=pin)
        await self._services.delivery.text(replace(envelope, keyboard=self._draft_keyboard(pin, person)), text)

    async def _listed(self, grant: Grant, person: Person) -> tuple[str, InlineKeyboardMarkup | None]:
        audience = audience_of(grant.asker)
        served = await self._services.store.pins.served()
        pins = [pin for pin in served if pin.audience == "everyone" or audience == "manager"]
        stands = {pin.id for pin in await asyncio.to_thread(self._board.standing, pins[:SHOWN], audience)}
        text = self._rendered(
            "list", person, pins=pins[:SHOWN], count=len(pins), stands=stands, zone=self._services.settings.timezone
        )
        buttons = [
            InlineKeyboardButton(f"🗑 {number}", callback_data=f"p:{pin.id}:ask")
            for number, pin in enumerate(pins[:SHOWN], 1)
        ]
        rows = [buttons[start : start + 5] for start in range(0, len(buttons), 5)]
        return text, InlineKeyboardMarkup(rows) if rows else None

    def _draft(self, question: str, markup: str, person: Person) -> PinRow:
        role, now = "admin", self._services.now
        return PinRow(question, markup, person.language, "everyone", (), person.id, role, now)

    def _draft_keyboard(self, pin: PinRow, person: Person) -> InlineKeyboardMarkup:
        return self._keyboard(person, pin.id, ("pin", "question"), ("text", "drop"))

    def _keyboard(self, person: Person, pin_id: int, *rows: Sequence[str]) -> InlineKeyboardMarkup:
        def button(act: str) -> InlineKeyboardButton:
            label = self._services.wording.text("pinned/button", person.language, act=act)
            return InlineKeyboardButton(label, callback_data=f"p:{pin_id}:{act}")

        return InlineKeyboardMarkup([[button(act) for act in row] for row in rows])

    async def _admitted(self, said: Spoken) -> Grant | None:
        """What the admin may see here; anyone else is told."""
        grant = await self._door.admit(said)
        if grant is not None and not self._services.access.is_admin(said.person.id):
            await self._say(said, "only_admins")
            return None
        return grant

    async def _pressed_by_admin(self, press: Pressed) -> Grant | None:
        decision = await self._services.access.decide(press.place, press.person)
        if isinstance(decision, Refusal) or not self._services.access.is_admin(press.person.id):
            await self._alert(press, "pinned/only_admins")
            return None
        return decision

    async def _log(self, kind: str, pin: PinRow, person: Person, place: Place) -> None:
        row = AuditRow(self._services.now, kind, person.id, place.chat_id, "admin", question=pin.question)
        await self._services.store.answers.log(row)

    def _rendered(self, template: str, person: Person, **values: object) -> str:
        return self._services.wording.render(f"pinned/{template}", person.language, **values)

    async def _say(self, said: Spoken, template: str, **values: object) -> None:
        await self._services.say(said.envelope, f"pinned/{template}", said.person.language, **values)

    async def _alert(self, press: Pressed, template: str) -> None:
        await answer_quietly(press.query, self._services.wording.text(template, press.person.language), loud=True)


# Taking a question apart loads a dictionary, up to a second at first: never on the event loop.
def _is_too_short(question: str) -> bool:
    return not taken_apart(question).is_enough


def _asking_the_same(pin: PinRow, served: Sequence[PinRow]) -> list[PinRow]:
    bare = taken_apart(pin.question).bare
    same = [other for other in served if other.audience == pin.audience]
    return [other for other in same if taken_apart(other.question).bare == bare]


def _is_live(plan: Plan) -> bool:
    """Whether the answer is a figure that changes by itself, or would become one once it is asked back."""
    if plan.intent in LIVE_INTENTS:
        return True
    asks_figure = plan.intent == "clarify" and plan.unclear.startswith(OPEN_CHOICES)
    return asks_figure and not taken_apart(plan.text).ways & WAYS_OF_RULES
