"""/review and its plain words: writes a review, hands it over as files, and lets an admin add it to the documents."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

from telegram import InlineKeyboardMarkup, Message, Update
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.access import Grant, at_least
from bot.assistant.types import Plan, Role
from bot.reviews.desk import ReviewDesk, Written
from bot.reviews.errors import ReviewError
from bot.reviews.review import ReviewRequest
from bot.store.answers import AnswerRow, AuditRow
from bot.store.uploads import UploadRow
from bot.telegram.addressing import text_of, without_name
from bot.telegram.conversation import Conversation
from bot.telegram.delivery import Envelope, Paper
from bot.telegram.documents.desk import Desk
from bot.telegram.documents.keyboards import REVIEW, review_keyboard
from bot.telegram.door import Door
from bot.telegram.editing import edit_own
from bot.telegram.handlers.buttons import answer_quietly
from bot.telegram.handlers.documents import DocumentHandler
from bot.telegram.limiter import Sending
from bot.telegram.processor import key_of
from bot.telegram.services import Services, Spoken, pressed, spoken
from bot.telegram.types import App, Context

log = logging.getLogger(__name__)

MAY_WRITE: Role = "operator"  # a viewer reads figures, the team's papers are others' work
WRITE_SECONDS = 300.0
MOST_WAITING = 4  # reviews at once, one of them being written: each keeps a core busy for some seconds
LONGEST_REQUEST = 100  # characters: no longer sentence only asks for a review


class ReviewHandler:
    """Reviews on demand."""

    def __init__(
        self,
        services: Services,
        door: Door,
        conversation: Conversation,
        reviews: ReviewDesk,
        shelf: tuple[Desk, DocumentHandler] | None,
    ) -> None:
        self._services = services
        self._door = door
        self._conversation = conversation
        self._reviews = reviews
        self._shelf = shelf  # None: there are no documents to add a review to
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="review")
        self._under_way = 0

    def register(self, application: App) -> None:
        application.add_handler(CommandHandler("review", self.command))
        application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND & _Asks(self), self.plain))
        application.add_handler(CallbackQueryHandler(self.press, pattern=REVIEW))

    async def command(self, update: Update, context: Context) -> None:
        """`/review week`, `/review 10月 母婴`; anything else gets the usage."""
        said = spoken(update, self._services)
        grant = None if said is None else await self._door.admit(said)
        if said is None or grant is None:
            return
        _, _, words = without_name(said.message, self._services.me).partition(" ")
        request = self._reviews.command(words, self._services.now, said.person.language)
        if request == "unclear":
            await self._say(said, "usage")
        else:
            await self._write(update, said, grant, request)

    async def plain(self, update: Update, context: Context) -> None:
        """A sentence that asks for a review and nothing else."""
        said = spoken(update, self._services)
        grant = None if said is None else await self._door.admit(said)
        request = None if said is None else self.asked(said.message)
        if said is not None and grant is not None and request is not None:
            await self._write(update, said, grant, request)

    def asked(self, message: Message) -> ReviewRequest | None:
        """The review that a message asks for, if it does."""
        text = without_name(message, self._services.me)
        if len(text) > LONGEST_REQUEST:
            return None
        return self._reviews.plain(text, self._services.now, self._services.settings.language)

    async def press(self, update: Update, context: Context) -> None:
        """Shows an admin the review as a document that waits to be added, with what can be done with it."""
        press = pressed(update, self._services)
        found = None if press is None else REVIEW.match(press.data)
        if press is None or found is None or self._shelf is None:
            return
        query, person, wording = press.query, press.person, self._services.wording
        row = await self._services.store.uploads.get(int(found[1]))
        if not self._services.access.is_admin(person.id):
            await answer_quietly(query, wording.text("documents/only_admins", person.language), loud=True)
        elif row is None or row.chat_id != press.place.chat_id or row.state != "waiting":
            await answer_quietly(query, wording.text("documents/decided", person.language), loud=True)
        else:
            await answer_quietly(query)
            await self._shelf[1].offer(Envelope(press.place), row, person)

    async def _write(self, update: Update, said: Spoken, grant: Grant, request: ReviewRequest) -> None:
        if not at_least(grant.person_role, MAY_WRITE):
            await self._say(said, "not_allowed")
            return
        if await self._services.store.answers.of_update(key_of(update)) is not None:
            return  # its files were being sent when the bot stopped
        if self._under_way >= MOST_WAITING:
            await self._say(said, "busy")
            return
        self._under_way += 1
        try:
            await self._give(update, said, grant, request)
        finally:
            self._under_way -= 1

    async def _give(self, update: Update, said: Spoken, grant: Grant, request: ReviewRequest) -> None:
        """A line that it is being written, which becomes the summary; then the files."""
        wording, language = self._services.wording, request.language
        begun = await self._services.delivery.text(said.envelope, wording.render("review/writing", language))
        try:
            async with self._conversation.typing(said.place):
                written = await self._written(request, grant)
        except ReviewError as error:
            await self._settle(said, begun[-1], wording.render("review/none", language, reason=error.reason), None)
            return
        except TimeoutError:
            log.error("no review within %s s", WRITE_SECONDS)
            await self._settle(said, begun[-1], wording.render("errors/too_slow", language), None)
            return
        markup = self._reviews.summary(written.review)
        await self._settle(said, begun[-1], markup, await self._keyboard(update, said, written))
        await self._send(update, said, grant, written, begun)

    async def _written(self, request: ReviewRequest, grant: Grant) -> Written:
        """Written in a thread of its own, which ends soon after nobody waits any more. Raises TimeoutError."""
        stop = threading.Event()
        loop, now = asyncio.get_running_loop(), self._services.now
        try:
            async with asyncio.timeout(WRITE_SECONDS):
                return await loop.run_in_executor(
                    self._pool, self._reviews.write, request, grant.asker, now, lambda: not stop.is_set()
                )
        finally:
            stop.set()

    async def _settle(self, said: Spoken, message_id: int, markup: str, keyboard: InlineKeyboardMarkup | None) -> None:
        """Puts the outcome where the progress stood."""
        if not await edit_own(self._conversation.bot, said.place.chat_id, message_id, markup, keyboard):
            await self._services.delivery.text(Envelope(said.place, said.envelope.reply_to, keyboard), markup)

    async def _keyboard(self, update: Update, said: Spoken, written: Written) -> InlineKeyboardMarkup | None:
        """For an admin: into the documents; the file waits there like one that was sent."""
        if self._shelf is None or not self._services.access.is_admin(said.person.id) or not self._shelf[0].has_folder:
            return None
        arrived = UploadRow(
            key_of(update), said.place.chat_id, said.person.id, "", {}, written.review.audience, self._services.now
        )
        row = await self._shelf[0].look(arrived, written.markdown.encode(), f"{written.name}.md")
        if not isinstance(row, UploadRow):
            return None
        return review_keyboard(self._services.wording, written.review.request.language, row)

    async def _send(self, update: Update, said: Spoken, grant: Grant, written: Written, begun: tuple[int, ...]) -> None:
        """DOCX, then Markdown; never twice."""
        store = self._services.store
        answer_id = await self._keep(said, grant, written)
        await store.answers.sent_as(answer_id, said.place.chat_id, begun)

        async def mark(is_leaving: bool) -> None:
            await store.answers.mark(answer_id, key_of(update) if is_leaving else None)

        first = Envelope(said.place, said.envelope.reply_to, sending=Sending(mark=mark))
        docx = Paper(f"{written.name}.docx", written.docx)
        markdown = Paper(f"{written.name}.md", written.markdown.encode())
        sent = [
            await self._services.delivery.document(first, docx),
            await self._services.delivery.document(Envelope(said.place), markdown),
        ]
        await store.answers.sent_as(answer_id, said.place.chat_id, tuple(sent))

    async def _keep(self, said: Spoken, grant: Grant, written: Written) -> int:
        """Remembers it as an answer about its headline, so that "why" can follow; and writes it down in the log."""
        review, services = written.review, self._services
        headline = review.results[0]
        plan = services.assistant.pack(Plan("kpi", review.request.language, text_of(said.message), headline.query))
        await services.store.answers.log(
            AuditRow(
                services.now,
                "review",
                said.person.id,
                said.place.chat_id,
                grant.asker.role,
                text_of(said.message),
                plan,
                sql=tuple(statement for result in review.results for statement in result.sql),
            )
        )
        row = AnswerRow(
            said.place.chat_id, said.place.thread_id, said.person.id, text_of(said.message), plan, services.now
        )
        return await services.store.answers.keep(row)

    async def _say(self, said: Spoken, template: Literal["usage", "not_allowed", "busy"]) -> None:
        await self._services.say(said.envelope, f"review/{template}", said.person.language)


class _Asks(filters.MessageFilter):
    """Messages that ask for a review."""

    def __init__(self, handler: ReviewHandler) -> None:
        super().__init__(name="asks for a review")
        self._handler = handler

    def filter(self, message: Message) -> bool:
        return self._handler.asked(message) is not None
