"""/ledger and the buttons of adopted tactics: who owns one, from when, when it is looked at, kept or dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from telegram import Update
from telegram.ext import ApplicationHandlerStop, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.access import Grant, Person, Refusal, at_least
from bot.assistant.gather import audience_of, may_see
from bot.assistant.types import Asker, Role
from bot.store.answers import AuditRow
from bot.store.feedback import Prompt
from bot.store.ledger_rows import LedgerRow
from bot.tactics.ledger.board import is_within
from bot.tactics.ledger.entry import Card, card_of, scope_of
from bot.tactics.ledger.ledger import Hand, Ledger, Proposal
from bot.tactics.ledger.request import AdoptRequest
from bot.tactics.ledger.room import Cards
from bot.telegram.addressing import text_of, without_name
from bot.telegram.delivery import Envelope
from bot.telegram.door import Door
from bot.telegram.editing import edit
from bot.telegram.handlers.buttons import Hands, answer_quietly
from bot.telegram.ledger_keyboards import PRESS, REVIEW_DAYS
from bot.telegram.ledger_pages import LedgerPages, Page
from bot.telegram.services import Pressed, Services, Spoken, pressed, spoken
from bot.telegram.types import App, Context
from knowledge.documents import Tactic
from metrics.checking import cuts_of
from metrics.model import Metric

LONGEST_OWNER = 60
MAY_ADOPT: Role = "operator"
MAY_CHANGE_ANY: Role = "manager"
FARTHEST_START = timedelta(days=365)
OWNER_PROMPT = "ledger_owner"
BEFORE_REPLIES = -2  # of other questions of the bot


class LedgerHandler:
    """Operators adopt; who adopted or owns an entry changes it, and managers any."""

    def __init__(self, services: Services, door: Door, ledger: Ledger, cards: Cards) -> None:
        self._services = services
        self._door = door
        self._ledger = ledger
        self._cards = cards
        self._pages = LedgerPages(ledger, services.wording, services.clock)

    def register(self, application: App) -> None:
        application.add_handler(CommandHandler("ledger", self.list))
        application.add_handler(CommandHandler("adopt", self.adopt))
        application.add_handler(CallbackQueryHandler(self.press, pattern=PRESS))
        names = filters.REPLY & filters.TEXT & ~filters.COMMAND
        application.add_handler(MessageHandler(names, self.reply), group=BEFORE_REPLIES)

    async def list(self, update: Update, context: Context) -> None:
        """What was adopted here."""
        said = spoken(update, self._services)
        grant = None if said is None else await self._door.admit(said)
        if said is not None and grant is not None:
            await self._send(said.envelope, self._pages.listed(grant.asker, said.person))

    async def adopt(self, update: Update, context: Context) -> None:
        """The same as the button under a tactic, written out."""
        said = spoken(update, self._services)
        grant = None if said is None else await self._door.admit(said)
        if said is None or grant is None:
            return
        hands = Hands(said.person, said.place, grant)
        objection = await self.propose(without_name(said.message, self._services.me), hands, said.envelope)
        if objection:
            await self._services.say(said.envelope, f"ledger/{objection}", said.person.language)

    async def propose(self, request: str, hands: Hands, envelope: Envelope) -> str:
        """Begins an adoption; the name of the template that says why not, "" when it has begun."""
        wanted, asker = AdoptRequest.parse(request), hands.grant.asker
        if wanted is None:
            return "usage"
        if not at_least(hands.grant.person_role, MAY_ADOPT):
            return "only_operators"
        card, metric = self._card(wanted.card, asker), self._metric(wanted, asker)
        if card is None or metric is None or not is_within(wanted.scope, asker.categories):
            return "card_gone"
        proposal = Proposal(
            card=Card.of(card),
            metric=metric.id,
            scope=wanted.scope,
            audience="manager" if "manager" in (card.audience, metric.audience) else "everyone",
            chat_id=hands.place.chat_id,
            thread_id=hands.place.thread_id,
            language=hands.person.language,
        )
        row = await self._ledger.propose(proposal, hands.at(self._services.now))
        sent = await self._send(envelope, self._pages.next(row, hands.person))
        await self._wait_for_owner(row, hands, sent[-1])
        return ""

    async def press(self, update: Update, context: Context) -> None:
        """One step of an adoption, a look at an entry, or a decision on it."""
        press = pressed(update, self._services)
        found = None if press is None else PRESS.match(press.data)
        if press is None or found is None:
            return
        grant = await self._services.access.decide(press.place, press.person)
        if isinstance(grant, Refusal):
            await self._alert(press, "access/alert")
            return
        if found["act"] == "list":
            await answer_quietly(press.query)
            await edit(press.query, *self._pages.listed(grant.asker, press.person))
            return
        row = await self._ledger.get(int(found["entry"]))
        if row is None or not self._is_seen(row, grant.asker):
            await self._alert(press, "chat/old_button")
        elif found["act"] == "show":
            await answer_quietly(press.query)
            await edit(press.query, *await self._pages.detail(row, press.person))
        elif not self._may_change(row, grant, press.person):
            await self._alert(press, "ledger/not_yours" if self._is_operator(grant) else "ledger/only_operators")
        else:
            await self._act(press, Hands(press.person, press.place, grant), row, found["act"], found["value"] or "")

    async def reply(self, update: Update, context: Context) -> None:
        """A reply to the question for the owner ends here; every other one goes on."""
        said = spoken(update, self._services)
        if said is None or said.message.reply_to_message is None:
            return
        asked = said.message.reply_to_message.message_id
        prompt = await self._services.store.feedback.prompt(said.place.chat_id, asked, said.person.id)
        grant = await self._services.access.decide(said.place, said.person)
        if prompt is None or prompt.kind != OWNER_PROMPT or isinstance(grant, Refusal):
            return
        row = await self._ledger.get(prompt.subject)
        if row is not None and self._may_change(row, grant, said.person):
            await self._hear(said, row)
        raise ApplicationHandlerStop

    async def _hear(self, said: Spoken, row: LedgerRow) -> None:
        hand = Hand(said.person.id, said.person.name, self._services.now)
        name = " ".join(text_of(said.message).split()).lstrip("@")[:LONGEST_OWNER]
        changed = await self._ledger.set_owner(row, name, None, hand) if name else None
        if changed is None:
            await self._services.say(said.envelope, "ledger/decided", said.person.language)
        else:
            await self._send(said.envelope, self._pages.next(changed, said.person))

    async def _act(self, press: Pressed, hands: Hands, row: LedgerRow, act: str, value: str) -> None:
        """Asks what is to be changed, or changes it and shows what comes next."""
        asked = self._pages.asked(row, act, hands.person)
        if asked is not None:
            await answer_quietly(press.query)
            await edit(press.query, *asked)
            if act == "owner":
                await self._wait_for_owner(row, hands, press.message_id)
            return
        changed = await self._changed(row, hands, act, value)
        if changed is None:
            await self._alert(press, "ledger/decided")
            return
        await answer_quietly(press.query)
        await edit(press.query, *self._pages.next(changed, hands.person))
        if changed.state != row.state:
            await self._log(changed, hands)

    async def _changed(self, row: LedgerRow, hands: Hands, act: str, value: str) -> LedgerRow | None:
        """The entry after a press; None when it is too late for it."""
        hand = hands.at(self._services.now)
        if act == "me":
            return await self._ledger.set_owner(row, hands.person.name, hands.person.id, hand)
        if act == "from":
            start = read_day(value, hand.at.date())
            return None if start is None else await self._ledger.set_start(row, start, hand)
        if act == "in":
            days = int(value or 0)
            if days not in REVIEW_DAYS:
                return None
            begun = row.start or hand.at.date()
            review = max(begun + timedelta(days=days), hand.at.date() + timedelta(days=1))
            return await self._ledger.set_review(row, review, hand)
        if act == "longer":
            return await self._ledger.longer(row, hand)
        if act == "keep":
            return await self._ledger.close(row, "kept", hand)
        is_proposed = row.state == "proposed"
        return await self._ledger.close(row, "cancelled" if is_proposed else "dropped", hand)

    def _card(self, card_id: str, asker: Asker) -> Tactic | None:
        cards = self._cards.tactics(audience=audience_of(asker))
        return next((card for card in cards if card.id == card_id), None)

    def _metric(self, wanted: AdoptRequest, asker: Asker) -> Metric | None:
        """None for what this asker may not see or what cannot be cut so: a request can be typed as well."""
        model = self._ledger.measuring.model
        metric = model.metrics.get(wanted.metric)
        if metric is None or not may_see(metric, audience_of(asker)):
            return None
        return metric if set(wanted.scope) <= set(cuts_of(metric, model)) else None

    def _is_seen(self, row: LedgerRow, asker: Asker) -> bool:
        is_here = row.chat_id == asker.chat_id or ((asker.chat_id or 0) > 0 and audience_of(asker) == "manager")
        is_shown = row.audience == "everyone" or audience_of(asker) == "manager"
        return is_here and is_shown and is_within(scope_of(row.scope), asker.categories)

    def _may_change(self, row: LedgerRow, grant: Grant, person: Person) -> bool:
        is_own = person.id in (row.made_by, row.owner_id) and self._is_operator(grant)
        return is_own or at_least(grant.person_role, MAY_CHANGE_ANY)

    def _is_operator(self, grant: Grant) -> bool:
        return at_least(grant.person_role, MAY_ADOPT)

    async def _wait_for_owner(self, row: LedgerRow, hands: Hands, message_id: int) -> None:
        prompt = Prompt(hands.person.id, OWNER_PROMPT, row.id)
        await self._services.store.feedback.wait_for(hands.place.chat_id, message_id, prompt, self._services.now)

    async def _send(self, envelope: Envelope, page: Page) -> tuple[int, ...]:
        return await self._services.delivery.text(replace(envelope, keyboard=page[1]), page[0])

    async def _alert(self, press: Pressed, template: str) -> None:
        await answer_quietly(press.query, self._services.wording.text(template, press.person.language), loud=True)

    async def _log(self, row: LedgerRow, hands: Hands) -> None:
        title = card_of(row.card).title
        role = hands.grant.person_role
        line = AuditRow(
            self._services.now, f"ledger {row.state}", hands.person.id, hands.place.chat_id, role, question=title
        )
        await self._services.store.answers.log(line)


def read_day(text: str, today: date) -> date | None:
    """`20261130`, of the year around today: a button may be old, and clients can send anything."""
    try:
        day = datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        return None
    return day if abs(day - today) <= FARTHEST_START else None
