"""Thumbs under answers from documents, what was missing in them, and /feedback for admins."""

from __future__ import annotations

from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.access import Refusal
from bot.store.answers import AnswerRow
from bot.store.feedback import QuotedAnswer, Verdict
from bot.telegram.addressing import text_of
from bot.telegram.documents.judging import LONGEST_SHOWN, Judging
from bot.telegram.door import Door
from bot.telegram.editing import edit_keyboard, keyboard_of
from bot.telegram.handlers.buttons import answer_quietly
from bot.telegram.marks import MARK, counted
from bot.telegram.services import Pressed, Services, Spoken, pressed, spoken
from bot.telegram.types import App, Context

SHOWN = 8
LONGEST_WORDS = 1000  # of what was missing


class FeedbackHandler:
    """Hears what people think of answers."""

    def __init__(self, services: Services, door: Door, judging: Judging) -> None:
        self._services = services
        self._door = door
        self._judging = judging

    def register(self, application: App) -> None:
        application.add_handler(CommandHandler("feedback", self.list))
        application.add_handler(CallbackQueryHandler(self.press, pattern=r"^f:\d{1,18}:(?:up|down)$"))

    async def press(self, update: Update, context: Context) -> None:
        """Counts the thumb, shows the count, and asks after a thumb down what was missing."""
        press = pressed(update, self._services)
        found = None if press is None else MARK.match(press.data)
        if press is None or found is None:
            return
        query, person, place = press.query, press.person, press.place
        row = await self._services.store.answers.get(int(found[1]))
        quoted = None if row is None else await self._services.store.feedback.quoted(row.id)
        if row is None or quoted is None or row.chat_id != place.chat_id:
            await answer_quietly(query, self._services.wording.text("chat/old_button", person.language), loud=True)
        elif isinstance(await self._services.access.decide(place, person), Refusal):
            await answer_quietly(query, self._services.wording.text("access/alert", person.language), loud=True)
        else:
            await self._judge(press, row, quoted, "up" if found[2] == "up" else "down")

    async def hear(self, said: Spoken, answer_id: int) -> None:
        """What the person missed in an answer."""
        text = text_of(said.message)[:LONGEST_WORDS]
        feedback = self._services.store.feedback
        await feedback.say_missing(answer_id, said.person.id, text, self._services.now)
        await self._services.say(said.envelope, "feedback/thanks", said.person.language)

    async def list(self, update: Update, context: Context) -> None:
        """The newest thumbs down; in private, since the questions of others stand in it."""
        said = spoken(update, self._services)
        if said is None:
            return
        if await self._door.admit(said) is None:
            return
        if not self._services.access.is_admin(said.person.id):
            await self._services.say(said.envelope, "feedback/only_admins", said.person.language)
        elif not said.place.is_private:
            await self._services.say(said.envelope, "feedback/in_private", said.person.language)
        else:
            feedback = self._services.store.feedback
            (up, down), complaints = await feedback.totals(), await feedback.complaints(SHOWN)
            await self._services.say(
                said.envelope,
                "feedback/list",
                said.person.language,
                up=up,
                down=down,
                complaints=complaints,
                zone=self._services.settings.timezone,
                longest=LONGEST_SHOWN,
                admins=self._services.access.admins,
            )

    async def _judge(self, press: Pressed, row: AnswerRow, quoted: QuotedAnswer, thumb: Verdict) -> None:
        feedback, query, person = self._services.store.feedback, press.query, press.person
        verdict = await feedback.judge(row.id, person.id, thumb, self._services.now)
        note = verdict or "taken_back"
        await answer_quietly(query, self._services.wording.text("feedback/noted", person.language, note=note))
        keyboard = keyboard_of(query)
        if keyboard is not None:
            await edit_keyboard(query, counted(keyboard, row.id, *await feedback.counts(row.id)))
        if verdict == "down":
            await self._judging.followed_up(press.place, press.message_id, row, quoted, person)
