"""/docs: which documents the answers come from; admins remove them here."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import CallbackQuery, InlineKeyboardMarkup, Update
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.access import Grant, Person, Place, Refusal
from bot.assistant.gather import audience_of
from bot.store.answers import AuditRow
from bot.telegram.delivery import Envelope
from bot.telegram.documents.desk import Desk
from bot.telegram.documents.keyboards import SHELF, mark_of, page_keyboard, removal_keyboard
from bot.telegram.documents.withdrawals import Withdrawals
from bot.telegram.door import Door
from bot.telegram.editing import edit
from bot.telegram.handlers.buttons import answer_quietly
from bot.telegram.services import Pressed, Services, pressed, spoken
from bot.telegram.types import App, Context
from knowledge.documents import DocumentInfo

PAGE = 8  # documents on one page: a screen of a phone


class ShelfHandler:
    """Lists and removes documents."""

    def __init__(self, services: Services, door: Door, desk: Desk, withdrawals: Withdrawals) -> None:
        self._services = services
        self._door = door
        self._desk = desk
        self._withdrawals = withdrawals

    def register(self, application: App) -> None:
        application.add_handler(CommandHandler("docs", self.docs))
        application.add_handler(CallbackQueryHandler(self.press, pattern=SHELF))

    async def docs(self, update: Update, context: Context) -> None:
        """The first page, as it may be read there."""
        said = spoken(update, self._services)
        grant = None if said is None else await self._door.admit(said)
        if said is None or grant is None:
            return
        markup, keyboard = await self._page(grant, said.person, 0)
        await self._services.delivery.text(Envelope(said.place, said.envelope.reply_to, keyboard), markup)

    async def press(self, update: Update, context: Context) -> None:
        """Another page, or for admins the removal of one document in two presses."""
        press = pressed(update, self._services)
        found = None if press is None else SHELF.match(press.data)
        if press is None or found is None:
            return
        query, person, act, page = press.query, press.person, found[1], int(found[2])
        grant = await self._services.access.decide(press.place, person)
        if isinstance(grant, Refusal):
            await answer_quietly(query, self._services.wording.text("access/alert", person.language), loud=True)
        elif act == "page":
            await answer_quietly(query)
            await edit(query, *await self._page(grant, person, page))
        elif not self._services.access.is_admin(person.id):
            await self._alert(query, "only_admins", person)
        else:
            await self._remove(press, grant, found[3], page, is_confirmed=act == "remove")

    async def _remove(self, press: Pressed, grant: Grant, mark: str, page: int, *, is_confirmed: bool) -> None:
        query, person = press.query, press.person
        info = next((info for info in await self._visible(grant) if mark and mark_of(info) == mark), None)
        if info is None:
            await self._alert(query, "gone", person)
        elif await self._desk.place(info) is None:
            await self._alert(query, "bundled", person)
        elif not is_confirmed:
            await answer_quietly(query)
            text = self._rendered("ask_removal", person, info=info, uses=await self._uses(info))
            await edit(query, text, removal_keyboard(self._services.wording, person.language, page, info))
        else:
            await answer_quietly(query)
            outcome = await self._desk.remove(info, self._services.now)
            await self._log(info, person, press.place)
            await edit(query, self._rendered("removed", person, info=info, is_later=outcome == "later"))
            await self._withdrawals.tell()

    async def _page(self, grant: Grant, person: Person, page: int) -> tuple[str, InlineKeyboardMarkup | None]:
        infos = await self._visible(grant)
        uses = await self._services.store.feedback.uses()
        pages = max(1, -(-len(infos) // PAGE))
        page = min(page, pages - 1)
        shown = list(enumerate(infos, 1))[page * PAGE : (page + 1) * PAGE]
        own = [one for one in shown if await self._desk.place(one[1]) is not None]
        values = {"uses": uses, "titles": {info.title for info in infos}, "count": len(infos)}
        text = self._rendered("list", person, shown=shown, own=own, page=page + 1, pages=pages, **values)
        removable = own if self._services.access.is_admin(person.id) else []
        return text, page_keyboard(self._services.wording, person.language, page, pages, removable)

    async def _visible(self, grant: Grant) -> Sequence[DocumentInfo]:
        """What everyone who reads along may know of."""
        audience = audience_of(grant.asker)
        return [info for info in await self._desk.documents() if audience == "manager" or info.audience == "everyone"]

    async def _uses(self, info: DocumentInfo) -> int:
        return (await self._services.store.feedback.uses()).get(info.title, 0)

    async def _log(self, info: DocumentInfo, person: Person, place: Place) -> None:
        row = AuditRow(self._services.now, "removed", person.id, place.chat_id, "admin", question=info.file)
        await self._services.store.answers.log(row)

    def _rendered(self, template: str, person: Person, **values: object) -> str:
        return self._services.wording.render(f"documents/{template}", person.language, **values)

    async def _alert(self, query: CallbackQuery, template: str, person: Person) -> None:
        await answer_quietly(query, self._services.wording.text(f"documents/{template}", person.language), loud=True)
