"""What was left out of documents that could be read stands beside what could not be."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("troubles", sa.Column("harmless", sa.Boolean, nullable=False, server_default=sa.false()))
