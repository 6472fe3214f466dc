"""Facts about customers from other systems, and their imports."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_facts",
        sa.Column("identity_type", sa.String(32), primary_key=True),
        sa.Column("identity", sa.String(255), primary_key=True),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("as_of", sa.BigInteger, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "fact_imports",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("undone_at", sa.BigInteger),
    )
    op.create_table(
        "fact_import_changes",
        sa.Column("import_id", sa.String(64), sa.ForeignKey("fact_imports.id"), primary_key=True),
        sa.Column("identity_type", sa.String(32), primary_key=True),
        sa.Column("identity", sa.String(255), primary_key=True),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("before", sa.Text),
    )
