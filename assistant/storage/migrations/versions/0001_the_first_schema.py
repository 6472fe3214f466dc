"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: Full-text search: FTS5 over the tokenized terms, kept in sync by triggers (storage/fulltext.py).
SQLITE_WORDS = (
    """CREATE VIRTUAL TABLE chunk_words USING fts5(
    title_terms, heading_terms, body_terms, content='chunks', content_rowid='id', tokenize="ascii tokenchars '-_./:+#'"
)""",
    """CREATE TRIGGER chunk_words_added AFTER INSERT ON chunks BEGIN INSERT INTO chunk_words(rowid, title_terms, heading_terms, body_terms) VALUES (new.id, new.title_terms, new.heading_terms, new.body_terms); END""",
    """CREATE TRIGGER chunk_words_removed AFTER DELETE ON chunks BEGIN INSERT INTO chunk_words(chunk_words, rowid, title_terms, heading_terms, body_terms) VALUES ('delete', old.id, old.title_terms, old.heading_terms, old.body_terms); END""",
    """CREATE TRIGGER chunk_words_changed AFTER UPDATE OF title_terms, heading_terms, body_terms ON chunks BEGIN INSERT INTO chunk_words(chunk_words, rowid, title_terms, heading_terms, body_terms) VALUES ('delete', old.id, old.title_terms, old.heading_terms, old.body_terms); INSERT INTO chunk_words(rowid, title_terms, heading_terms, body_terms) VALUES (new.id, new.title_terms, new.heading_terms, new.body_terms); END""",
)
#: The same as a generated tsvector.
POSTGRES_WORDS = (
    r"""CREATE FUNCTION yorisoi_words(terms text, weight text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(string_agg('''' || replace(replace(word, '\', '\\'), '''', '''''') || '''' || ':' || least(place, 16383) || weight, ' '), '')::tsvector
    FROM string_to_table(terms, ' ') WITH ORDINALITY AS found(word, place)
    WHERE word <> '' AND octet_length(word) < 2000
$$""",
    """ALTER TABLE chunks ADD COLUMN words tsvector GENERATED ALWAYS AS (
    yorisoi_words(title_terms, 'A') || yorisoi_words(heading_terms, 'B') || yorisoi_words(body_terms, 'D')
) STORED""",
    "CREATE INDEX ix_chunks_words ON chunks USING gin (words)",
)


def upgrade() -> None:
    op.create_table(
        "agents",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("admin", sa.Boolean(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agents"),
        sa.UniqueConstraint("email", name="uq_agents_email"),
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("updated", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("locale", sa.String(length=35), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("familiarity", sa.Float(), nullable=True),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customers"),
    )
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("message", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "knowledge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_knowledge"),
    )
    op.create_table(
        "chunks",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("headings", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("title_terms", sa.Text(), nullable=False),
        sa.Column("heading_terms", sa.Text(), nullable=False),
        sa.Column("body_terms", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name="fk_chunks_article", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_chunks"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("chunks", schema=None) as batch_op:
        batch_op.create_index("ix_chunks_article", ["article"], unique=False)

    op.create_table(
        "conversations",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("customer", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("episode_from", sa.Integer(), nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=True),
        sa.Column("priority", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("waiting_since", sa.BigInteger(), nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("previous", sa.String(length=64), nullable=True),
        sa.Column("carried", sa.Text(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["agent"], ["agents.id"], name="fk_conversations_agent"),
        sa.ForeignKeyConstraint(["customer"], ["customers.id"], name="fk_conversations_customer"),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.create_index("ix_conversations_customer", ["customer"], unique=False)
        batch_op.create_index("ix_conversations_state_waiting", ["state", "waiting_since"], unique=False)

    op.create_table(
        "credentials",
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agent"], ["agents.id"], name="fk_credentials_agent"),
        sa.PrimaryKeyConstraint("secret_hash", name="pk_credentials"),
    )
    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.create_index("ix_credentials_agent", ["agent"], unique=False)

    op.create_table(
        "identities",
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("customer", sa.String(length=64), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customers.id"], name="fk_identities_customer"),
        sa.PrimaryKeyConstraint("channel", "id", name="pk_identities"),
    )
    with op.batch_alter_table("identities", schema=None) as batch_op:
        batch_op.create_index("ix_identities_customer", ["customer"], unique=False)

    op.create_table(
        "due",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_due_conversation"),
        sa.PrimaryKeyConstraint("conversation", "kind", name="pk_due"),
    )
    with op.batch_alter_table("due", schema=None) as batch_op:
        batch_op.create_index("ix_due_due_at", ["due_at"], unique=False)

    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(length=64), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_feedback_conversation"),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index("ix_feedback_conversation", ["conversation"], unique=False)

    op.create_table(
        "handoffs",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("packet", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_handoffs_conversation"),
        sa.PrimaryKeyConstraint("conversation", "epoch", name="pk_handoffs"),
    )
    op.create_table(
        "messages",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("citations", sa.Text(), nullable=False),
        sa.Column("buttons", sa.Text(), nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=True),
        sa.Column("agent_name", sa.Text(), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_messages_conversation"),
        sa.PrimaryKeyConstraint("position", name="pk_messages"),
        sa.UniqueConstraint("conversation", "id", name="uq_messages_conversation"),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index("ix_messages_conversation_seq", ["conversation", "seq"], unique=False)

    op.create_table(
        "turns",
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], name="fk_turns_conversation"),
        sa.PrimaryKeyConstraint("conversation", "turn", name="pk_turns"),
    )
    op.create_table(
        "vectors",
        sa.Column("chunk", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=255), nullable=False),
        sa.Column("dimensions", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("tokens", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["chunk"], ["chunks.id"], name="fk_vectors_chunk", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chunk", "model", name="pk_vectors"),
    )
    connection = op.get_bind()
    for statement in SQLITE_WORDS if connection.dialect.name == "sqlite" else POSTGRES_WORDS:
        connection.exec_driver_sql(statement)
