"""Keyed hash of the address from which a conversation was opened, for rate limits."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("origin", sa.String(64)))
