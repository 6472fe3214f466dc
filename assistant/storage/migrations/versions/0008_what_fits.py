"""Bounded columns for foreign ids; indexes for erasure; unique files; the write probe's row."""

import json

import sqlalchemy as sa
from alembic import op

from assistant.storage.values import fit_id

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

#: Columns with ids of other systems, and their maximum length.
FOREIGN = (
    ("messages", "id", 64),
    ("media", "message", 64),
    ("journal", "message", 64),
    ("feedback", "message", 64),
    ("deliveries", "message", 64),
    ("identities", "id", 255),
    ("threads", "peer", 255),
    ("threads", "thread", 255),
)


def upgrade() -> None:
    op.create_table(
        "proofs",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_proofs"),
    )
    op.add_column("threads", sa.Column("whole", sa.Text))
    op.execute("UPDATE media SET source = '' WHERE data IS NOT NULL")
    op.create_index("ix_threads_customer", "threads", ["customer"])
    op.create_index("ix_deliveries_thread", "deliveries", ["thread"])
    op.create_index("ix_receipts_delivery", "receipts", ["delivery"])
    op.create_index("ix_conversations_closed_at", "conversations", ["closed_at"])
    for table, column, length in FOREIGN:
        _hash_long_ids(table, column, length)


def _hash_long_ids(table: str, column: str, length: int) -> None:
    """SQLite accepted ids of any length; replace long ones by the hash that lookups now use."""
    connection = op.get_bind()
    too_long = sa.text(f"SELECT DISTINCT {column} FROM {table} WHERE length({column}) > :length")
    for before in connection.execute(too_long, {"length": length}).scalars().all():
        values = {"before": before, "after": fit_id(before, length)}
        if table == "threads":
            _save_whole_address(connection, column, before)
        connection.execute(sa.text(f"UPDATE {table} SET {column} = :after WHERE {column} = :before"), values)


def _save_whole_address(connection: sa.Connection, column: str, before: str) -> None:
    rows = connection.execute(
        sa.text(f"SELECT id, whole FROM threads WHERE {column} = :before"), {"before": before}
    )
    for id_, whole in rows.all():
        kept = json.dumps({**json.loads(whole or "{}"), column: before}, ensure_ascii=False)
        connection.execute(
            sa.text("UPDATE threads SET whole = :whole WHERE id = :id"), {"whole": kept, "id": id_}
        )
