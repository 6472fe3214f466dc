"""Outcomes of conversations, and a due row that ends those that nobody writes in."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

#: Due at once: the first run ends what has been silent for long.
GIVE_A_DUE_ROW = """
    INSERT INTO due (conversation, kind, due_at, since, tries)
    SELECT id, 'idle', updated_at, updated_at, 0 FROM conversations WHERE state <> 'closed'
"""

#: What was asked before this table was there.
QUESTIONS_OF_TURNS = {
    "sqlite": """
        INSERT INTO questions (conversation, turn, asked_at, language, decision, text)
        SELECT conversation, turn, created_at, coalesce(json_extract(record, '$.signals.language'), 'ja'),
            decision, substr(json_extract(record, '$.query'), 1, 500)
        FROM turns WHERE trim(coalesce(json_extract(record, '$.query'), '')) <> ''
            AND coalesce(json_extract(record, '$.signals.reaction'), '') NOT IN
                ('accepted', 'rejected', 'declined')
    """,
    "postgresql": """
        INSERT INTO questions (conversation, turn, asked_at, language, decision, text)
        SELECT conversation, turn, created_at, coalesce(record::json #>> '{signals,language}', 'ja'),
            decision, substr(record::json ->> 'query', 1, 500)
        FROM turns WHERE trim(coalesce(record::json ->> 'query', '')) <> ''
            AND coalesce(record::json #>> '{signals,reaction}', '') NOT IN
                ('accepted', 'rejected', 'declined')
    """,
}


def upgrade() -> None:
    op.create_table(
        "outcomes",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("ended_by", sa.String(80), nullable=False),
        sa.Column("why", sa.String(32), nullable=False),
        sa.Column("ended_at", sa.BigInteger, nullable=False),
        sa.Column("frustration_start", sa.Float),
        sa.Column("frustration_end", sa.Float),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_outcomes_conversation"),
        sa.PrimaryKeyConstraint("conversation", name="pk_outcomes"),
    )
    op.create_index("ix_outcomes_ended_at", "outcomes", ["ended_at"])
    _create_theme_tables()
    _create_gap_tables()
    op.execute(GIVE_A_DUE_ROW)
    op.execute(QUESTIONS_OF_TURNS[op.get_bind().dialect.name])


def _create_theme_tables() -> None:
    op.create_table(
        "questions",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("model", sa.String(120)),
        sa.Column("vector", sa.LargeBinary),
        sa.Column("theme", sa.String(64)),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_questions_conversation"),
        sa.PrimaryKeyConstraint("conversation", "turn", name="pk_questions"),
    )
    for column in ("asked_at", "model", "theme"):
        op.create_index(f"ix_questions_{column}", "questions", [column])
    op.create_table(
        "themes",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("conversation", sa.String(64)),
        sa.Column("turn", sa.Integer),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("pinned", sa.Boolean, nullable=False),
        sa.Column("merged_into", sa.String(64)),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_themes"),
    )
    op.create_table(
        "theme_events",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("theme", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("other", sa.String(64)),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["theme"], ["themes.id"], name="fk_theme_events_theme"),
        sa.PrimaryKeyConstraint("id", name="pk_theme_events"),
    )
    op.create_index("ix_theme_events_theme", "theme_events", ["theme"])
    op.create_table(
        "theme_runs",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("kind", name="pk_theme_runs"),
    )


def _create_gap_tables() -> None:
    op.create_table(
        "gaps",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("owner", sa.String(64)),
        sa.Column("due_at", sa.BigInteger),
        *(sa.Column(name, sa.Text) for name in ("reason", "title", "text", "proof", "article")),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("published_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_gaps"),
    )
    op.create_index("ix_gaps_state", "gaps", ["state"])
    op.create_table(
        "gap_evidence",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("gap", sa.String(64), nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_gap_evidence_conversation"),
        sa.ForeignKeyConstraint(["gap"], ["gaps.id"], name="fk_gap_evidence_gap"),
        sa.PrimaryKeyConstraint("conversation", "turn", name="pk_gap_evidence"),
    )
    op.create_index("ix_gap_evidence_gap", "gap_evidence", ["gap"])
    op.create_table(
        "gap_sentences",
        sa.Column("gap", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("message", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("personal", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["gap"], ["gaps.id"], name="fk_gap_sentences_gap"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_gap_sentences_conversation"),
        sa.PrimaryKeyConstraint("gap", "position", name="pk_gap_sentences"),
    )
    op.create_index("ix_gap_sentences_conversation", "gap_sentences", ["conversation"])
