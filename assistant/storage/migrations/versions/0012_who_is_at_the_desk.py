"""Presence of agents, and a due job per waiting customer for news about the wait."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

#: Due at once: the first run tells the state and schedules the next.
GIVE_A_DUE_ROW = """
    INSERT INTO due (conversation, kind, due_at, since, tries)
    SELECT c.id, 'deadline', c.updated_at, c.updated_at, 0 FROM conversations AS c
    WHERE c.state = 'queued' AND NOT EXISTS
        (SELECT 1 FROM due AS d WHERE d.conversation = c.id AND d.kind = 'deadline')
"""


def upgrade() -> None:
    op.add_column("agents", sa.Column("seen_at", sa.BigInteger))
    op.execute(GIVE_A_DUE_ROW)
