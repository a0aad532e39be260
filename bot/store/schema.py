"""The tables of the state, as the newest migration leaves them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

# SQLite numbers rows by itself only for INTEGER, other databases need the wider type.
RowNumber = BigInteger().with_variant(Integer(), "sqlite")


class Moment(TypeDecorator[datetime]):
    """An aware moment as fixed-width UTC text: sorts like time and reads the same in every database."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """UTC text; a naive moment is refused, because nobody could say when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; store aware moments only")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """The moment back, in UTC."""
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData()

people = Table(
    "people",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("role", String(16)),  # NULL: nothing granted; "barred": let in nowhere
    Column("changed_by", BigInteger),
    Column("changed_at", Moment),
)

chats = Table(
    "chats",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),  # private, group, supergroup
    Column("title", Text, nullable=False),
    Column("role", String(16)),  # NULL: not let in; unused in private chats
    Column("categories", Text, nullable=False, default="[]"),  # JSON; [] means all
    Column("gone", Integer, nullable=False, default=0),  # 1: the bot was removed or blocked
    Column("told_at", Moment),  # when it was last said how to be let in
    Column("changed_by", BigInteger),
    Column("changed_at", Moment),
)

requests = Table(
    "requests",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("kind", String(16), nullable=False),  # person or chat
    Column("subject_id", BigInteger, nullable=False),  # who or what asks to be let in
    Column("chat_id", BigInteger, nullable=False),  # where the decision is told
    Column("name", Text, nullable=False),  # of the person, or the title of the chat
    Column("asked_by", Text, nullable=False),  # name of who asked
    Column("language", String(2), nullable=False),
    Column("state", String(16), nullable=False),  # open, approved, declined
    Column("role", String(16)),
    Column("asked_at", Moment, nullable=False),
    Column("decided_by", BigInteger),
    Column("decided_at", Moment),
    Index("requests_subject", "kind", "subject_id", "state"),
)

answers = Table(
    "answers",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False),  # 0: no topic
    Column("asker_id", BigInteger),  # NULL: a digest that nobody asked for
    Column("update_key", String(64)),  # the update that it answers
    Column("question", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("buttons", Text, nullable=False),  # JSON list of requests, numbered as on the keyboard
    Column("citations", Text, nullable=False),  # JSON list of [document, section]
    Column("at", Moment, nullable=False),
    Index("answers_conversation", "chat_id", "thread_id", "asker_id", "id"),
    Index("answers_update", "update_key"),
)

answer_messages = Table(
    "answer_messages",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("answer_id", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("kind", String(24), nullable=False),  # answered, refused, digest, granted, revoked, declined, …
    Column("user_id", BigInteger),
    Column("chat_id", BigInteger),
    Column("role", String(16)),  # level at which it was decided
    Column("question", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("documents", Text, nullable=False),  # JSON list of document titles cited
    Column("sql", Text, nullable=False),  # JSON list of statements run
    Index("audit_at", "at"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),  # daily
    Column("local_time", String(5), nullable=False),  # HH:MM
    Column("zone", String(64), nullable=False),
    Column("state", String(16), nullable=False),  # on, off, paused
    Column("since", Moment, nullable=False),  # nothing is due before it was switched on
    Column("created_by", BigInteger),
    UniqueConstraint("chat_id", "thread_id", "kind"),
)

due_rows = Table(
    "due_rows",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("subscription_id", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("local_date", Date, nullable=False),
    Column("part", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("state", String(16), nullable=False),  # due, claimed, sending, sent, failed, unknown, skipped
    Column("worker", String(64)),
    Column("lease_until", Moment),
    Column("attempts", Integer, nullable=False, default=0),
    Column("finished_at", Moment),
    Column("message_id", BigInteger),
    Column("reason", Text, nullable=False, default=""),
    UniqueConstraint("subscription_id", "kind", "local_date", "part"),
    Index("due_rows_state", "state", "due_at"),
)

updates = Table(
    "updates",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("received_at", Moment, nullable=False),
    Column("payload", Text),  # JSON until it is handled, then NULL
    Column("done", Integer, nullable=False, default=0),
)

uploads = Table(
    "uploads",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("update_key", String(64), nullable=False, unique=True),  # the update that brought the file
    Column("chat_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),  # who sent it
    Column("token", String(32), nullable=False),  # name of the file in the quarantine
    Column("preview", Text, nullable=False),  # JSON: what was read, and the name that the file will have
    Column("audience", String(16), nullable=False),  # everyone, manager
    Column("state", String(16), nullable=False),  # waiting, working, added, cancelled, expired
    Column("at", Moment, nullable=False),
    Index("uploads_state", "state"),
)

quoted_answers = Table(
    "quoted_answers",
    metadata,
    Column("answer_id", BigInteger, primary_key=True, autoincrement=False),
    Column("html", Text, nullable=False),  # as sent
    Column("language", String(2), nullable=False),
    Column("passages", Text, nullable=False),  # JSON list of {id, document, file, section, quote, audience}
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("answer_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("verdict", String(4)),  # up, down; NULL: taken back
    Column("missing", Text, nullable=False),  # what the person said was missing
    Column("at", Moment, nullable=False),
    Column("told_at", Moment),  # when somebody was told
    Column("told_to", Text, nullable=False, default="[]", server_default="[]"),  # JSON list of user ids
    Index("verdicts_at", "verdict", "at"),
)

reply_prompts = Table(
    "reply_prompts",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, nullable=False),  # whose reply is waited for
    Column("kind", String(16), nullable=False),  # missing, pin_question, pin_text, draft
    Column("subject", BigInteger, nullable=False),  # the answer, pin or draft that the reply is about
    Column("at", Moment, nullable=False),
)

pins = Table(
    "pins",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("question", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("audience", String(16), nullable=False),  # everyone, manager
    Column("passages", Text, nullable=False),  # JSON, as in quoted_answers
    Column("state", String(16), nullable=False),  # draft, on, off
    Column("by", BigInteger),
    Column("role", String(16), nullable=False),  # of who verified it
    Column("at", Moment, nullable=False),
    Index("pins_state", "state"),
)

draft_cards = Table(
    "draft_cards",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("draft_id", String(16), nullable=False, unique=True),  # hash of file and sentence
    Column("card", Text, nullable=False),  # JSON
    Column("evidence", Text, nullable=False),  # the sentence
    Column("file", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("state", String(16), nullable=False),  # open, accepted, dismissed, withdrawn
    Column("by", BigInteger),
    Column("by_name", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

usernames = Table(
    "usernames",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("username", String(64), nullable=False, unique=True),  # lower case, without @
)

ledger = Table(
    "ledger",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),  # proposed, adopted, measured, kept, dropped, cancelled
    Column("language", String(2), nullable=False),
    Column("card", Text, nullable=False),  # JSON: the card as it stood when it was adopted
    Column("metric", String(64), nullable=False),
    Column("scope", Text, nullable=False),  # JSON
    Column("audience", String(16), nullable=False),  # everyone, manager
    Column("made_by", BigInteger),
    Column("made_at", Moment, nullable=False),
    Column("owner", Text, nullable=False),
    Column("owner_id", BigInteger),
    Column("start", Date),
    Column("review", Date),
    Column("baseline", Text, nullable=False),  # JSON
    Column("effect", Text, nullable=False),  # JSON of the newest measurement
    Column("measured_at", Moment),
    Index("ledger_chat", "chat_id", "state"),
)

ledger_history = Table(
    "ledger_history",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("entry_id", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", BigInteger),  # NULL: the bot itself
    Column("name", Text, nullable=False),
    Column("act", String(16), nullable=False),
    Column("detail", Text, nullable=False),
    Index("ledger_history_entry", "entry_id"),
)

watches = Table(
    "watches",
    metadata,
    Column("id", RowNumber, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),  # rule, anomalies
    Column("language", String(2), nullable=False),
    Column("wish", Text, nullable=False),
    Column("rule", Text, nullable=False),  # JSON
    Column("made_by", BigInteger),
    Column("made_at", Moment, nullable=False),
    Column("state", String(16), nullable=False),  # on, off
    Column("opened", Date),
    Column("checked", Date),
    Column("message_id", BigInteger),
    Column("snoozed_until", Moment),
    Column("seen_by", Text, nullable=False),
    Index("watches_chat", "chat_id", "state"),
)
