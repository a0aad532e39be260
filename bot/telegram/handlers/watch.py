"""/watch: the chat's rules, saving and dropping them, and the buttons under their reports."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.access import Person, Place, Refusal, at_least
from bot.alerts.judging import Judging, packed, rule_of
from bot.assistant.compose.watch import DISMISS, SAVE, rule_text
from bot.assistant.types import Question, Role
from bot.store.watches import WatchRow
from bot.telegram.addressing import text_of, without_name
from bot.telegram.alert_outbox import PRESS, report_keyboard
from bot.telegram.conversation import Conversation, Utterance
from bot.telegram.delivery import Envelope
from bot.telegram.door import Door
from bot.telegram.editing import edit_keyboard
from bot.telegram.handlers.buttons import Hands, answer_quietly
from bot.telegram.processor import key_of
from bot.telegram.services import Pressed, Services, pressed, spoken
from bot.telegram.types import App, Context

MAY_WATCH: Role = "operator"  # in a group a viewer must not decide what all others are told
SNOOZED = timedelta(hours=24)
ANOMALIES = ("异常", "anomalies", "anomaly")
ON, OFF = ("开", "开启", "on"), ("关", "关闭", "off")


class WatchHandler:
    """Rules of a chat; operators and above keep them."""

    def __init__(self, services: Services, door: Door, conversation: Conversation, judging: Judging) -> None:
        self._services = services
        self._door = door
        self._conversation = conversation
        self._judging = judging

    def register(self, application: App) -> None:
        application.add_handler(CommandHandler("watch", self.watch))
        application.add_handler(CallbackQueryHandler(self.press, pattern=PRESS))

    async def watch(self, update: Update, context: Context) -> None:
        """The list for a bare command, else the wish as a preview."""
        said = spoken(update, self._services)
        grant = None if said is None else await self._door.admit(said)
        if said is None or grant is None:
            return
        words = without_name(said.message, self._services.me).split()[1:]
        if not words:
            await self._list(said.envelope, said.person)
        elif words[0].lower() in ANOMALIES:
            await self._switch(said.envelope, Hands(said.person, said.place, grant), " ".join(words[1:]).lower())
        else:
            wish = Utterance(text_of(said.message), said.person, said.envelope, key_of(update))
            await self._conversation.ask(wish)

    async def decide(self, request: str, hands: Hands, envelope: Envelope) -> str:
        """Saves the rule of a pressed preview; the name of what is said of it."""
        if request.startswith(DISMISS):
            return "not_saved"
        if not at_least(hands.grant.person_role, MAY_WATCH):
            return "only_operators"
        asker = hands.grant.asker
        question = Question(request.removeprefix(SAVE), asker, self._services.now, language=hands.person.language)
        plan = (await self._services.assistant.answer(question)).plan
        if plan.watch is None or plan.query is None or plan.intent != "kpi":
            return "not_understood"
        rule = plan.watch.within(plan.query.where)
        kept = await self._services.store.watches.keep(
            self._row(hands.person, hands.place, "rule", question.text, packed(rule), plan.language)
        )
        return "saved" if kept is not None else "too_many"

    async def press(self, update: Update, context: Context) -> None:
        """Why, known, later, or no more of it."""
        press = pressed(update, self._services)
        found = None if press is None else PRESS.match(press.data)
        if press is None or found is None:
            return
        grant = await self._services.access.decide(press.place, press.person)
        row = await self._services.store.watches.get(int(found["rule"]))
        if isinstance(grant, Refusal) or row is None or row.chat_id != press.place.chat_id:
            await self._alert(press, "chat/old_button")
        elif found["act"] == "why":
            await answer_quietly(press.query)
            await self._why(update, press, row)
        elif not at_least(grant.person_role, MAY_WATCH):
            await self._alert(press, "alerts/only_operators")
        else:
            await self._act(found["act"], press, row)

    async def _act(self, act: str, press: Pressed, row: WatchRow) -> None:
        watches = self._services.store.watches
        if act == "off":
            await watches.change(row.id, state="off")
        elif act == "seen":
            await watches.change(row.id, seen_by=press.person.name)
        else:
            await watches.change(row.id, snoozed_until=self._services.now + SNOOZED)
        await self._alert(press, f"alerts/done_{act}")
        held = await watches.get(row.id)
        if held is not None and act == "seen":
            await edit_keyboard(press.query, report_keyboard(held, self._services.wording))

    async def _why(self, update: Update, press: Pressed, row: WatchRow) -> None:
        language: Literal["zh", "en"] = "zh" if row.language == "zh" else "en"
        rule, model = rule_of(row), self._judging.outlook.numbers.model
        day = row.checked or self._services.now.date() - timedelta(days=1)
        request = self._services.wording.text(
            "button/why_anomaly_request",
            language,
            scope=[value for values in rule.scope.values() for value in values],
            metric=model.metrics[rule.metric].name.text(language),
            first=day.isoformat(),
            last=day.isoformat(),
            is_day=True,
        )
        envelope = Envelope(press.place, reply_to=None if press.place.is_private else press.message_id)
        await self._conversation.ask(Utterance(request, press.person, envelope, key_of(update)))

    async def _list(self, envelope: Envelope, person: Person) -> None:
        wording, language = self._services.wording, person.language
        rows = await self._services.store.watches.of_chat(envelope.place.chat_id)
        printer = self._judging.printer(language, self._services.now)
        rules = [
            {"text": rule_text(rule_of(row), printer) if row.kind == "rule" else "", "is_open": row.opened is not None}
            for row in rows
        ]
        buttons = [
            InlineKeyboardButton(wording.text("alerts/drop", language, number=number), callback_data=f"w:off:{row.id}")
            for number, row in enumerate(rows, 1)
        ]
        keyboard = [buttons[at : at + 3] for at in range(0, len(buttons), 3)]
        html = wording.render("alerts/list", language, rules=rules)
        sent = Envelope(envelope.place, envelope.reply_to, InlineKeyboardMarkup(keyboard) if keyboard else None)
        await self._services.delivery.text(sent, html)

    async def _switch(self, envelope: Envelope, hands: Hands, verb: str) -> None:
        """Reports of whatever is unusual; a chat has none until it asks for them."""
        language = hands.person.language
        if not at_least(hands.grant.person_role, MAY_WATCH):
            await self._services.say(envelope, "alerts/only_operators", language)
        elif verb in OFF:
            for row in await self._services.store.watches.of_chat(hands.place.chat_id):
                if row.kind == "anomalies":
                    await self._services.store.watches.change(row.id, state="off")
            await self._services.say(envelope, "alerts/anomalies_off", language)
        elif verb in (*ON, ""):
            row = self._row(hands.person, hands.place, "anomalies", "", "", language)
            kept = await self._services.store.watches.keep(row)
            await self._services.say(envelope, f"alerts/{'anomalies_on' if kept else 'too_many'}", language)
        else:
            await self._list(envelope, hands.person)

    def _row(self, person: Person, place: Place, kind: str, wish: str, rule: str, language: str) -> WatchRow:
        return WatchRow(
            chat_id=place.chat_id,
            thread_id=place.thread_id,
            kind=kind,
            language=language,
            wish=wish,
            rule=rule,
            made_by=person.id,
            made_at=self._services.now,
            checked=self._services.now.date() - timedelta(days=1),  # what is over is known to who makes the rule
        )

    async def _alert(self, press: Pressed, template: str) -> None:
        await answer_quietly(press.query, self._services.wording.render(template, press.person.language), loud=True)
