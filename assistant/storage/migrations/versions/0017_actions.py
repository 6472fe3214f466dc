"""Unfinished requests, proposals of changes, proofs of identity."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.String(64)


def upgrade() -> None:
    op.create_table(
        "action_flows",
        sa.Column("conversation", ID, sa.ForeignKey("conversations.id"), primary_key=True),
        sa.Column("flow", sa.Text, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "proposals",
        sa.Column("id", ID, primary_key=True),
        sa.Column("conversation", ID, sa.ForeignKey("conversations.id"), nullable=False),
        sa.Column("customer", ID, sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("tool", sa.String(64), nullable=False),
        sa.Column("arguments", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("effect", sa.Text, nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("approved_by", ID),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("decided_at", sa.BigInteger),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("result", sa.Text, nullable=False),
    )
    op.create_index("ix_proposals_conversation", "proposals", ["conversation"])
    op.create_index("ix_proposals_customer", "proposals", ["customer"])
    op.create_table(
        "identity_grants",
        sa.Column("conversation", ID, sa.ForeignKey("conversations.id"), primary_key=True),
        sa.Column("subject", ID, primary_key=True),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "attempts",
        sa.Column("key", ID, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_attempts_expires_at", "attempts", ["expires_at"])
    op.create_table(
        "one_time_codes",
        sa.Column("conversation", ID, sa.ForeignKey("conversations.id"), primary_key=True),
        sa.Column("subject", ID, nullable=False),
        sa.Column("code_hash", ID, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
