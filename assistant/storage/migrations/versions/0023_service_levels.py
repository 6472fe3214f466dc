"""Deadlines of service level agreements; what agents know and when they work."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("sla_metric", sa.String(16)))
    op.add_column("conversations", sa.Column("sla_warn_at", sa.BigInteger))
    op.add_column("conversations", sa.Column("sla_due_at", sa.BigInteger))
    op.create_index("ix_conversations_sla_due_at", "conversations", ["sla_due_at"])
    op.add_column("agents", sa.Column("skills", sa.Text))
    op.add_column("agents", sa.Column("working_hours", sa.Text))
    op.create_table(
        "sla_clocks",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("metric", sa.String(16), nullable=False),
        sa.Column("begun_at", sa.BigInteger, nullable=False),
        sa.Column("rule", sa.String(60), nullable=False),
        sa.Column("minutes", sa.Integer),
        sa.Column("warn_at", sa.BigInteger),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("is_dropped", sa.Boolean, nullable=False),
        sa.Column("warned_at", sa.BigInteger),
        sa.Column("breached_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("conversation", "metric", "begun_at", name="pk_sla_clocks"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_sla_clocks_conversation"),
    )
    op.create_index("ix_sla_clocks_ended_at", "sla_clocks", ["ended_at"])
