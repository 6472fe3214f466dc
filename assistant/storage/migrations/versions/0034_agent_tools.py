"""Changes that agents propose: by whom, and with which message the customer was shown them."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("proposals", sa.Column("agent", sa.String(64)))
    op.add_column("proposals", sa.Column("shown_seq", sa.Integer))
    op.create_index("ix_proposals_agent", "proposals", ["agent"])
