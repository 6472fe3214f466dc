"""Article validity, supersessions, contradictions, source problems."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("valid_from", sa.Date),
        sa.Column("supersedes", sa.Text, nullable=False, server_default="[]"),
        sa.Column("superseded_by", sa.Text, nullable=False, server_default=""),
    ):
        op.add_column("articles", column)
    op.add_column("knowledge", sa.Column("compared", sa.Integer, nullable=False, server_default="0"))
    op.create_table(
        "replacements",
        sa.Column("article", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        _build_article_key("replacements", "article"),
        _build_article_key("replacements", "by"),
        sa.PrimaryKeyConstraint("article", name="pk_replacements"),
    )
    op.create_table(
        "contradictions",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("one_article", sa.Text, nullable=False),
        sa.Column("other_article", sa.Text, nullable=False),
        sa.Column("one_text", sa.Text, nullable=False),
        sa.Column("other_text", sa.Text, nullable=False),
        sa.Column("measure", sa.String(40), nullable=False),
        sa.Column("found_at", sa.BigInteger, nullable=False),
        _build_article_key("contradictions", "one_article"),
        _build_article_key("contradictions", "other_article"),
        sa.PrimaryKeyConstraint("id", name="pk_contradictions"),
    )
    _create_dismissals_and_troubles()


def _create_dismissals_and_troubles() -> None:
    op.create_table(
        "dismissals",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dismissals"),
    )
    op.create_table(
        "troubles",
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_troubles"),
    )


def _build_article_key(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}"
    return sa.ForeignKeyConstraint([column], ["articles.id"], name=name, ondelete="CASCADE")
