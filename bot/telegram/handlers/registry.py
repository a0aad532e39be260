"""Every handler, in the order in which they are offered an update; the first that fits gets it."""

from __future__ import annotations

from bot.reviews.desk import ReviewDesk
from bot.telegram.conversation import Conversation
from bot.telegram.documents.judging import Judging
from bot.telegram.documents.room import DocumentRoom
from bot.telegram.documents.withdrawals import Withdrawals
from bot.telegram.door import Door
from bot.telegram.handlers.approval import ApprovalHandler
from bot.telegram.handlers.ask import AskHandler
from bot.telegram.handlers.buttons import ButtonHandler
from bot.telegram.handlers.digest import DigestHandler
from bot.telegram.handlers.documents import DocumentHandler
from bot.telegram.handlers.drafts import DraftHandler
from bot.telegram.handlers.failure import FailureHandler
from bot.telegram.handlers.feedback import FeedbackHandler
from bot.telegram.handlers.ledger import LedgerHandler
from bot.telegram.handlers.membership import MembershipHandler
from bot.telegram.handlers.pins import PinHandler
from bot.telegram.handlers.reactions import ReactionHandler
from bot.telegram.handlers.replies import ReplyHandler
from bot.telegram.handlers.review import ReviewHandler
from bot.telegram.handlers.shelf import ShelfHandler
from bot.telegram.handlers.start import StartHandler
from bot.telegram.handlers.watch import WatchHandler
from bot.telegram.services import Services
from bot.telegram.types import App


def register_all(
    application: App,
    services: Services,
    door: Door,
    conversation: Conversation,
    room: DocumentRoom | None,
    ledger: LedgerHandler | None,
    reviews: ReviewDesk | None,
    watch: WatchHandler | None = None,
) -> None:
    """Puts every handler into the application; without a room there are no documents to work on."""
    MembershipHandler(services, door).register(application)
    StartHandler(services, door).register(application)
    DigestHandler(services, door, conversation).register(application)
    ApprovalHandler(services).register(application)
    documents = None if room is None else _register_documents(application, services, door, room)
    if reviews is not None:
        shelf = None if room is None or documents is None else (room.desk, documents)
        ReviewHandler(services, door, conversation, reviews, shelf).register(application)
    if ledger is not None:
        ledger.register(application)
    if watch is not None:
        watch.register(application)
    ButtonHandler(services, conversation, ledger, watch).register(application)  # has a catch-all for presses
    AskHandler(services, door, conversation).register(application)  # has a catch-all for messages
    FailureHandler(services).register(application)


def _register_documents(application: App, services: Services, door: Door, room: DocumentRoom) -> DocumentHandler:
    judging = Judging(services, room.documents)
    feedback, pins = FeedbackHandler(services, door, judging), PinHandler(services, door, room.pins)
    drafts = DraftHandler(services, door, room.drafting)
    ReplyHandler(services, feedback, pins, drafts).register(application)
    withdrawals = Withdrawals(services, room.drafting)
    documents = DocumentHandler(services, door, room, withdrawals)
    documents.register(application)
    ShelfHandler(services, door, room.desk, withdrawals).register(application)
    drafts.register(application)
    feedback.register(application)
    ReactionHandler(services, judging).register(application)
    pins.register(application)
    return documents
