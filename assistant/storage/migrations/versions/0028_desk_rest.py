"""Notes on people, and what agents did with each draft."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_notes",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("customer", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(64), nullable=False),
        sa.Column("agent_name", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customer_notes"),
        sa.ForeignKeyConstraint(["customer"], ["customers.id"], name="fk_customer_notes_customer"),
    )
    op.create_index("ix_customer_notes_customer", "customer_notes", ["customer", "created_at"])
    op.create_table(
        "draft_uses",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("draft", sa.String(64), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("agent", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("conversation", "draft", "step", name="pk_draft_uses"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_draft_uses_conversation"),
    )
    op.create_index("ix_draft_uses_created_at", "draft_uses", ["created_at"])
