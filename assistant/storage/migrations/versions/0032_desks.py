"""Handoffs to foreign desks."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "foreign_desks",
        sa.Column("desk", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("is_target", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("desk", name="pk_foreign_desks"),
    )
    op.create_table(
        "desk_links",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("desk", sa.String(64), nullable=False),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("remote", sa.String(255)),
        *(sa.Column(name, sa.Text) for name in ("remote_url", "label")),
        sa.Column("context", sa.Text, nullable=False),
        sa.Column("sent_seq", sa.Integer, nullable=False),
        sa.Column("sending", sa.Text),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("failing_since", sa.BigInteger),
        sa.Column("why", sa.Text),
        *(sa.Column(name, sa.BigInteger) for name in ("retry_at", "polled_at")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("cursor", "loss")),
        sa.Column("fields", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_desk_links_conversation"),
        sa.PrimaryKeyConstraint("id", name="pk_desk_links"),
    )
    op.create_index("ix_desk_links_conversation", "desk_links", ["conversation"])
    op.create_index("ix_desk_links_desk_remote", "desk_links", ["desk", "remote"])
    op.create_index("ix_desk_links_state_polled", "desk_links", ["state", "polled_at"])
    op.create_table(
        "desk_events",
        sa.Column("link", sa.String(64), nullable=False),
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("position", sa.Text, nullable=False),
        sa.Column("content", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("applied_at", sa.BigInteger),
        sa.Column("why", sa.Text),
        sa.ForeignKeyConstraint(["link"], ["desk_links.id"], name="fk_desk_events_link"),
        sa.PrimaryKeyConstraint("link", "id", name="pk_desk_events"),
    )
