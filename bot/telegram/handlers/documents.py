"""A file that an admin sends: looked into, shown, and added only on a word."""

from __future__ import annotations

import asyncio
import logging

from telegram import CallbackQuery, Document, InlineKeyboardMarkup, Update
from telegram.error import TelegramError
from telegram.ext import CallbackQueryHandler, MessageHandler, filters

from bot.access import Person, Place, Refusal
from bot.assistant.gather import audience_of
from bot.store.answers import AuditRow
from bot.store.uploads import UploadRow
from bot.telegram.delivery import Envelope
from bot.telegram.documents.desk import Added
from bot.telegram.documents.draft_keyboards import drafts_button
from bot.telegram.documents.keyboards import UPLOAD, upload_keyboard
from bot.telegram.documents.names import safe_name
from bot.telegram.documents.reading import Unread
from bot.telegram.documents.room import DocumentRoom
from bot.telegram.documents.withdrawals import Withdrawals
from bot.telegram.door import Door
from bot.telegram.editing import edit
from bot.telegram.handlers.buttons import answer_quietly
from bot.telegram.processor import key_of
from bot.telegram.services import Pressed, Services, Spoken, pressed, spoken
from bot.telegram.types import App, Context
from knowledge.documents import Audience
from knowledge.loading.registry import READERS, is_supported

log = logging.getLogger(__name__)

LARGEST_BYTES = 20 * 1024 * 1024  # what getFile gives to a bot, and what a sync reads
MOST_TWINS = 3
NEWS_SECONDS = 5.0  # a sync that takes longer says once how far it is


class DocumentHandler:
    """Files on their way into the documents."""

    def __init__(self, services: Services, door: Door, room: DocumentRoom, withdrawals: Withdrawals) -> None:
        self._services = services
        self._door = door
        self._desk = room.desk
        self._drafting = room.drafting
        self._withdrawals = withdrawals

    def register(self, application: App) -> None:
        application.add_handler(MessageHandler(filters.Document.ALL, self.file))
        application.add_handler(CallbackQueryHandler(self.press, pattern=UPLOAD))

    async def file(self, update: Update, context: Context) -> None:
        """Checks who, what and how large before a byte is fetched, then shows what is in it."""
        said = spoken(update, self._services)
        if said is None or said.message.document is None:
            return
        if await self._door.admit(said) is None:
            return
        objection = self._objection(said.person, said.message.document)
        if objection:
            name = safe_name(said.message.document.file_name or "")
            kinds = " ".join(kind.removeprefix(".") for kind in READERS)
            limit = LARGEST_BYTES // 1024 // 1024
            await self._say(said, objection, name=name, kinds=kinds, limit=limit)
        elif await self._services.store.uploads.of_update(key_of(update)) is None:
            await self._show(said, said.message.document, key_of(update))

    async def press(self, update: Update, context: Context) -> None:
        """Add, replace, cancel, or who may read it; for admins only, each file once."""
        press = pressed(update, self._services)
        found = None if press is None else UPLOAD.match(press.data)
        if press is None or found is None:
            return
        query, person, act = press.query, press.person, found[2]
        row = await self._services.store.uploads.get(int(found[1]))
        if not self._services.access.is_admin(person.id):
            await self._alert(query, "only_admins", person)
        elif row is None or row.chat_id != press.place.chat_id:
            await self._alert(query, "decided", person)
        elif act in ("everyone", "manager"):
            await self._let_read(press, row, act)
        elif act == "cancel":
            await self._cancel(query, row, person)
        else:
            await self._add(press, row, act == "replace")

    def _objection(self, person: Person, document: Document) -> str:
        if not self._services.access.is_admin(person.id):
            return "only_admins"
        if not self._desk.has_folder:
            return "no_folder"
        if not is_supported(safe_name(document.file_name or "")):
            return "unsupported"
        return "too_large" if (document.file_size or 0) > LARGEST_BYTES else ""

    async def _show(self, said: Spoken, document: Document, update_key: str) -> None:
        name = safe_name(document.file_name or "")
        data = await self._fetch(document)
        if data is None:
            await self._say(said, "not_fetched", name=name)
            return
        arrived = UploadRow(update_key, said.place.chat_id, said.person.id, "", {}, "", self._services.now)
        await self._desk.expire(self._services.now)
        row = await self._desk.look(arrived, data, name)
        if isinstance(row, Unread):
            await self._say(said, "unread", name=name, unread=row)
        elif row is not None:
            await self.offer(said.envelope, row, said.person)

    async def offer(self, envelope: Envelope, row: UploadRow, person: Person) -> None:
        """Shows a file that waits for a word, and what can be done with it."""
        markup, keyboard = await self._previewed(row, person, envelope.place)
        await self._services.delivery.text(Envelope(envelope.place, envelope.reply_to, keyboard), markup)

    async def _fetch(self, document: Document) -> bytes | None:
        """The bytes; None when Telegram does not give them."""
        try:
            file = await document.get_file()
            data = bytes(await file.download_as_bytearray())
        except TelegramError as error:
            log.warning("a file could not be fetched: %s", type(error).__name__)
            return None
        return data if len(data) <= LARGEST_BYTES else None

    async def _previewed(self, row: UploadRow, person: Person, place: Place) -> tuple[str, InlineKeyboardMarkup]:
        preview, twins, wording = self._desk.preview(row), await self._desk.twins(row), self._services.wording
        audience = await self._audience(person, place)
        markup = wording.render(
            "documents/preview",
            person.language,
            name=row.preview["name"],
            preview=preview,
            twins=[(twin, audience == "manager" or twin.audience == "everyone") for twin in twins[:MOST_TWINS]],
            audience=row.audience,
        )
        keyboard = upload_keyboard(
            wording,
            person.language,
            row,
            may_replace=any(not twin.is_bundled for twin in twins),
            is_everyones=preview.audience == "everyone",
        )
        return markup, keyboard

    async def _audience(self, person: Person, place: Place) -> Audience:
        """Of everyone who reads along there."""
        grant = await self._services.access.decide(place, person)
        return "everyone" if isinstance(grant, Refusal) else audience_of(grant.asker)

    async def _let_read(self, press: Pressed, row: UploadRow, audience: str) -> None:
        if self._desk.preview(row).audience == "manager":
            audience = "manager"  # a forged press must not loosen what the document says of itself
        changed = await self._services.store.uploads.set_audience(row.id, audience)
        if changed is None:
            await self._alert(press.query, "decided", press.person)
            return
        await answer_quietly(press.query)
        await edit(press.query, *await self._previewed(changed, press.person, press.place))

    async def _cancel(self, query: CallbackQuery, row: UploadRow, person: Person) -> None:
        if not await self._desk.cancel(row.id):
            await self._alert(query, "expired" if row.state == "expired" else "decided", person)
            return
        await answer_quietly(query)
        await edit(query, self._rendered("cancelled", person, name=row.preview["name"]))

    async def _add(self, press: Pressed, row: UploadRow, replaces: bool) -> None:
        query, person = press.query, press.person
        taken = await self._desk.take(row.id, self._services.now)
        if taken is None:
            now = await self._services.store.uploads.get(row.id)
            is_expired = now is not None and now.state == "expired"
            await self._alert(query, "expired" if is_expired else "decided", person)
            return
        await answer_quietly(query)
        name = str(taken.preview["name"])
        await edit(query, self._rendered("reading", person, name=name, done=0, total=0))
        news = _News(self, query, person)
        try:
            added = await self._desk.add(taken, replaces, news.hear, self._services.now)
        except Exception:
            news.close()
            await edit(query, *await self._previewed(taken, person, press.place))  # it waits again, with its buttons
            raise
        news.close()
        await self._log(added, press)
        await self._tell(press, taken, added)
        await self._withdrawals.tell()

    async def _log(self, added: Added, press: Pressed) -> None:
        if added.outcome in ("same", "unread"):
            return  # nothing was changed
        kind = "replaced" if added.replaced else "added"
        row = AuditRow(self._services.now, kind, press.person.id, press.place.chat_id, "admin", question=added.file)
        await self._services.store.answers.log(row)

    async def _tell(self, press: Pressed, row: UploadRow, added: Added) -> None:
        drafts = await self._drafting.waiting_in(added.file) if added.outcome == "read" else 0
        audience = await self._audience(press.person, press.place)
        replaced = [
            info.title if audience == "manager" or info.audience == "everyone" else "" for info in added.replaced
        ]
        values = {"added": added, "replaced": replaced, "audience": row.audience, "drafts": drafts}
        text = self._rendered("added", press.person, **values)
        button = (
            drafts_button(self._services.wording, press.person.language, drafts) if press.place.is_private else None
        )
        if not await edit(press.query, text, button):
            await self._services.delivery.text(Envelope(press.place, keyboard=button), text)

    async def tell_progress(self, query: CallbackQuery, person: Person, done: int, total: int) -> None:
        """How far the reading is."""
        await edit(query, self._rendered("reading", person, name="", done=done, total=total))

    def _rendered(self, template: str, person: Person, **values: object) -> str:
        return self._services.wording.render(f"documents/{template}", person.language, **values)

    async def _say(self, said: Spoken, template: str, **values: object) -> None:
        await self._services.say(said.envelope, f"documents/{template}", said.person.language, **values)

    async def _alert(self, query: CallbackQuery, template: str, person: Person) -> None:
        await answer_quietly(query, self._services.wording.text(f"documents/{template}", person.language), loud=True)


class _News:
    """Hears of progress in the syncing thread and tells of it once: Telegram counts edits as messages."""

    def __init__(self, handler: DocumentHandler, query: CallbackQuery, person: Person) -> None:
        self._handler, self._query, self._person = handler, query, person
        self._loop = asyncio.get_running_loop()
        self._since = self._loop.time()
        self._told: asyncio.Task[None] | None = None
        self._is_due = True

    def hear(self, done: int, total: int, _file: str) -> None:
        """Called by the sync for each file."""
        if self._is_due and done < total and self._loop.time() - self._since > NEWS_SECONDS:
            self._is_due = False
            self._loop.call_soon_threadsafe(self._tell, done, total)

    def close(self) -> None:
        """What comes now is the end."""
        if self._told is not None:
            self._told.cancel()

    def _tell(self, done: int, total: int) -> None:
        self._told = asyncio.create_task(
            self._handler.tell_progress(self._query, self._person, done, total), name="document progress"
        )
