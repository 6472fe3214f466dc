"""Search over all messages, tags, snoozing, saved views and replies, what agents have read."""

import json

import sqlalchemy as sa
from alembic import op

from assistant.domain.confidential import mask_secrets
from assistant.storage.fulltext import ENTRY_DDL
from assistant.text.search_terms import extract_search_terms

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

#: Rows read at a time.
BATCH_ROWS = 1_000
INDEXES = {
    "ix_conversations_state_updated": ("state", "updated_at", "id"),
    "ix_conversations_agent_updated": ("agent", "updated_at", "id"),
    "ix_conversations_updated": ("updated_at", "id"),
    "ix_conversations_counts": ("state", "agent", "snoozed_until"),
}


def upgrade() -> None:
    op.add_column("conversations", sa.Column("snoozed_until", sa.BigInteger))
    op.add_column("agents", sa.Column("preferences", sa.Text))
    for name, columns in INDEXES.items():
        op.create_index(name, "conversations", list(columns))
    _create_search()
    _create_tags()
    _create_views_and_replies()
    _create_read_marks()
    _index_messages()
    _index_conversations()


def _create_search() -> None:
    op.create_table(
        "search_entries",
        sa.Column("position", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("message", sa.String(64)),
        sa.Column("words", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_search_entries"),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.id"], name="fk_search_entries_conversation"
        ),
    )
    op.create_index("ix_search_entries_conversation_message", "search_entries", ["conversation", "message"])
    for statement in ENTRY_DDL[op.get_bind().dialect.name]:
        op.execute(sa.text(statement.replace(":", r"\:")))


def _create_tags() -> None:
    op.create_table(
        "tags",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tags"),
        sa.UniqueConstraint("name", name="uq_tags_name"),
    )
    op.create_table(
        "conversation_tags",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("tag", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("conversation", "tag", name="pk_conversation_tags"),
        sa.ForeignKeyConstraint(
            ["conversation"], ["conversations.id"], name="fk_conversation_tags_conversation"
        ),
        sa.ForeignKeyConstraint(["tag"], ["tags.id"], name="fk_conversation_tags_tag"),
    )
    op.create_index("ix_conversation_tags_tag", "conversation_tags", ["tag"])


def _create_views_and_replies() -> None:
    op.create_table(
        "views",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(64)),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("filters", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_views"),
        sa.ForeignKeyConstraint(["agent"], ["agents.id"], name="fk_views_agent"),
    )
    op.create_index("ix_views_agent", "views", ["agent"])
    op.create_table(
        "saved_replies",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(64)),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("language", sa.String(35)),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("actions", sa.Text, nullable=False),
        sa.Column("used", sa.Integer, nullable=False),
        sa.Column("used_at", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_replies"),
        sa.ForeignKeyConstraint(["agent"], ["agents.id"], name="fk_saved_replies_agent"),
    )
    op.create_index("ix_saved_replies_agent", "saved_replies", ["agent"])


def _create_read_marks() -> None:
    op.create_table(
        "read_marks",
        sa.Column("agent", sa.String(64), nullable=False),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("agent", "conversation", name="pk_read_marks"),
        sa.ForeignKeyConstraint(["agent"], ["agents.id"], name="fk_read_marks_agent"),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_read_marks_conversation"),
    )
    op.create_index("ix_read_marks_conversation", "read_marks", ["conversation"])


def _index_messages() -> None:
    connection, last = op.get_bind(), 0
    query = sa.text(
        "SELECT position, conversation, id AS message, text FROM messages WHERE position > :last"
        " ORDER BY position LIMIT :batch"
    )
    while rows := connection.execute(query, {"last": last, "batch": BATCH_ROWS}).all():
        _insert_entries(
            {"conversation": row.conversation, "message": row.message, "text": mask_secrets(row.text)}
            for row in rows
        )
        last = rows[-1].position


def _index_conversations() -> None:
    connection, last = op.get_bind(), ""
    query = sa.text(
        "SELECT c.id, c.customer, p.name, p.email, p.attributes FROM conversations AS c"
        " JOIN customers AS p ON p.id = c.customer WHERE c.id > :last ORDER BY c.id LIMIT :batch"
    )
    names = sa.text("SELECT id FROM identities WHERE customer = :customer AND id NOT LIKE 'visitor:%'")
    while rows := connection.execute(query, {"last": last, "batch": BATCH_ROWS}).all():
        _insert_entries(
            {
                "conversation": row.id,
                "message": None,
                "text": "\n".join(
                    [
                        *filter(None, (row.id, row.name, row.email)),
                        *map(str, json.loads(row.attributes).values()),
                        *connection.execute(names, {"customer": row.customer}).scalars(),
                    ]
                ),
            }
            for row in rows
        )
        last = rows[-1].id


def _insert_entries(found) -> None:  # type: ignore[no-untyped-def]
    rows = [
        {"c": one["conversation"], "m": one["message"], "w": extract_search_terms(one["text"])}
        for one in found
    ]
    query = sa.text("INSERT INTO search_entries (conversation, message, words) VALUES (:c, :m, :w)")
    op.get_bind().execute(query, rows)
