"""Draft tactic cards that were decided on, names of people who write, and who was told of a thumb down."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "draft_cards",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("draft_id", sa.String(16), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("draft_id"),
    )
    op.create_table(
        "usernames",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("user_id"),
        sa.UniqueConstraint("username"),
    )
    op.add_column("verdicts", sa.Column("told_to", sa.Text(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Back: what was decided on drafts is lost; the documents still propose them."""
    op.drop_column("verdicts", "told_to")
    op.drop_table("usernames")
    op.drop_table("draft_cards")
