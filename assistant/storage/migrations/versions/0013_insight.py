"""Outcomes of conversations, and a due row that ends those that nobody writes in."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

#: Due at once: the first run ends what has been silent for long.
GIVE_A_DUE_ROW = """
    INSERT INTO due (conversation, kind, due_at, since, tries)
    SELECT id, 'idle', updated_at, updated_at, 0 FROM conversations WHERE state <> 'closed'
"""


def upgrade() -> None:
    op.create_table(
        "outcomes",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("ended_by", sa.String(80), nullable=False),
        sa.Column("why", sa.String(32), nullable=False),
        sa.Column("ended_at", sa.BigInteger, nullable=False),
        sa.Column("frustration_start", sa.Float),
        sa.Column("frustration_end", sa.Float),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.id"], name="fk_outcomes_conversation"
        ),
        sa.PrimaryKeyConstraint("conversation", name="pk_outcomes"),
    )
    op.create_index("ix_outcomes_ended_at", "outcomes", ["ended_at"])
    op.execute(GIVE_A_DUE_ROW)
