"""Store the content of dead events, and the sender for erasure."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dead_letters", sa.Column("peer", sa.String(255), nullable=True))
    op.add_column("dead_letters", sa.Column("content", sa.Text, nullable=True))
    op.create_index("ix_dead_letters_peer", "dead_letters", ["peer"])
