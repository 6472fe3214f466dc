"""Colleagues whom notes name, followers of conversations, what is done to many at once, calls."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_followers()
    _create_mentions()
    _create_bulk_changes()
    _create_callbacks()


def _create_followers() -> None:
    op.create_table(
        "followers",
        sa.Column("agent", sa.String(64), nullable=False),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("agent", "conversation", name="pk_followers"),
        sa.ForeignKeyConstraint(["agent"], ["agents.id"], name="fk_followers_agent"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_followers_conversation"),
    )
    op.create_index("ix_followers_conversation", "followers", ["conversation"])


def _create_mentions() -> None:
    op.create_table(
        "mentions",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("message", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("read_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("conversation", "message", "agent", name="pk_mentions"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_mentions_conversation"),
        sa.ForeignKeyConstraint(["agent"], ["agents.id"], name="fk_mentions_agent"),
    )
    op.create_index("ix_mentions_agent", "mentions", ["agent", "read_at"])


def _create_bulk_changes() -> None:
    op.create_table(
        "bulk_changes",
        sa.Column("batch", sa.String(64), nullable=False),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(64), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("batch", "conversation", name="pk_bulk_changes"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_bulk_changes_conversation"),
        sa.ForeignKeyConstraint(["agent"], ["agents.id"], name="fk_bulk_changes_agent"),
    )
    op.create_index("ix_bulk_changes_conversation", "bulk_changes", ["conversation"])


def _create_callbacks() -> None:
    op.create_table(
        "callbacks",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("slot_from", sa.BigInteger, nullable=False),
        sa.Column("slot_to", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16)),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_callbacks"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_callbacks_conversation"),
    )
    op.create_index("ix_callbacks_conversation", "callbacks", ["conversation", "slot_from"])
    op.create_index("ix_callbacks_state", "callbacks", ["state", "slot_from"])
