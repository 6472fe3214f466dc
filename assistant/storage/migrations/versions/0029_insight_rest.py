"""Weekly digests and their mails; the audit log by time."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digests",
        sa.Column("week", sa.String(10), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("week", name="pk_digests"),
    )
    op.create_table(
        "digest_mails",
        sa.Column("week", sa.String(10), nullable=False),
        sa.Column("recipient", sa.String(255), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("why", sa.Text),
        sa.ForeignKeyConstraint(["week"], ["digests.week"], name="fk_digest_mails_week"),
        sa.PrimaryKeyConstraint("week", "recipient", name="pk_digest_mails"),
    )
    op.create_index("ix_digest_mails_state", "digest_mails", ["state"])
    op.create_index("ix_audit_created_at", "audit", ["created_at"])
