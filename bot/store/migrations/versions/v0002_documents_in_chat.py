"""Files on their way into the documents, verdicts on answers, and pinned answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forward."""
    _uploads()
    _verdicts()
    _pins()


def downgrade() -> None:
    """Back: what the chat said about documents is lost, the documents themselves are files."""
    for table in ("pins", "reply_prompts", "verdicts", "quoted_answers", "uploads"):
        op.drop_table(table)


def _uploads() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("update_key", sa.String(64), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("preview", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("update_key"),
    )
    op.create_index("uploads_state", "uploads", ["state"])


def _verdicts() -> None:
    op.create_table(
        "quoted_answers",
        sa.Column("answer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("passages", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("answer_id"),
    )
    op.create_table(
        "verdicts",
        sa.Column("answer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("verdict", sa.String(4), nullable=True),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("told_at", sa.String(32), nullable=True),
        sa.PrimaryKeyConstraint("answer_id", "user_id"),
    )
    op.create_index("verdicts_at", "verdicts", ["verdict", "at"])
    op.create_table(
        "reply_prompts",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "message_id"),
    )


def _pins() -> None:
    op.create_table(
        "pins",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("audience", sa.String(16), nullable=False),
        sa.Column("passages", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("pins_state", "pins", ["state"])
