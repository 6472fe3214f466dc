"""Teams, who is given waiting conversations, and when agents were at the desk."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agents", sa.Column("availability", sa.String(16), nullable=False, server_default="online"))
    op.add_column("agents", sa.Column("capacity", sa.Integer, nullable=False, server_default="5"))
    op.create_table(
        "teams",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("assignment", sa.String(16), nullable=False),
        sa.Column("language", sa.String(35)),
        sa.Column("channel", sa.String(32)),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_teams"),
        sa.UniqueConstraint("name", name="uq_teams_name"),
    )
    op.create_table(
        "team_members",
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(64), nullable=False),
        sa.Column("assigned_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("team", "agent", name="pk_team_members"),
        sa.ForeignKeyConstraint(["team"], ["teams.id"], name="fk_team_members_team"),
        sa.ForeignKeyConstraint(["agent"], ["agents.id"], name="fk_team_members_agent"),
    )
    op.create_index("ix_team_members_agent", "team_members", ["agent"])
    op.create_table(
        "presence_intervals",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("agent", sa.String(64), nullable=False),
        sa.Column("availability", sa.String(16), nullable=False),
        sa.Column("begun_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_presence_intervals"),
        sa.ForeignKeyConstraint(["agent"], ["agents.id"], name="fk_presence_intervals_agent"),
    )
    op.create_index("ix_presence_intervals_agent", "presence_intervals", ["agent", "begun_at"])
