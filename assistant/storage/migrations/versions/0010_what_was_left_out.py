"""Store remarks about partly read documents beside the problems of unreadable ones."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("troubles", sa.Column("harmless", sa.Boolean, nullable=False, server_default=sa.false()))
