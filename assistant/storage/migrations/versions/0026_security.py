"""Whom sign-in providers know an agent as, and who was removed."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_subjects",
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("agent", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["agent"], ["agents.id"], name="fk_provider_subjects_agent"),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_provider_subjects"),
        sa.UniqueConstraint("agent", "issuer", name="uq_provider_subjects_agent"),
    )
    op.create_table(
        "removed_people",
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("removed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_removed_people"),
    )
