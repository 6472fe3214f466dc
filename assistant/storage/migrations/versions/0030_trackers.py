"""What is done about an improvement and by when, and its issue in another system's tracker."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("improvements", sa.Column("action", sa.Text))
    op.add_column("improvements", sa.Column("due_at", sa.BigInteger))
    op.create_table(
        "tracked_issues",
        sa.Column("improvement", sa.String(64), nullable=False),
        sa.Column("tracker", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("trouble", sa.String(16)),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["improvement"], ["improvements.id"], name="fk_tracked_issues_improvement"),
        sa.PrimaryKeyConstraint("improvement", name="pk_tracked_issues"),
    )
    op.create_index("ix_tracked_issues_state_due", "tracked_issues", ["state", "due_at"])
