"""Sources for resync, reasons for dismissed contradictions, the setting of each embedding model."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sources",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("prune", sa.Boolean, nullable=False),
        sa.Column("looked_at", sa.BigInteger, nullable=False),
        sa.Column("read_at", sa.BigInteger),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("wanted", sa.Boolean, nullable=False),
        sa.Column("lease", sa.String(32)),
        sa.Column("lease_until", sa.BigInteger),
        sa.PrimaryKeyConstraint("source", name="pk_sources"),
    )
    op.add_column("dismissals", sa.Column("why", sa.Text, nullable=False, server_default=""))
    op.add_column("collections", sa.Column("spec", sa.Text, nullable=False, server_default=""))
    op.add_column("collections", sa.Column("maker", sa.String(32)))
    op.add_column("collections", sa.Column("maker_until", sa.BigInteger))
    _insert_known_sources()


def _insert_known_sources() -> None:
    """Insert web addresses that were ingested before; their last check is unknown, so they are due."""
    articles = sa.table("articles", sa.column("origin", sa.Text))
    origins = op.get_bind().execute(sa.select(articles.c.origin).where(articles.c.origin.is_not(None)))
    named = sorted({json.loads(origin)["source"] for origin in origins.scalars()})
    sources = sa.table(
        "sources",
        sa.column("source", sa.Text),
        sa.column("prune", sa.Boolean),
        sa.column("looked_at", sa.BigInteger),
        sa.column("failures", sa.Integer),
        sa.column("wanted", sa.Boolean),
    )
    rows = [
        {"source": source, "prune": False, "looked_at": 0, "failures": 0, "wanted": False}
        for source in named
        if "://" in source
    ]
    if rows:
        op.bulk_insert(sources, rows)
