"""Matching words in SQL: FTS5, kept in step with the chunks by triggers. All vendor-specific SQL is here."""

from collections.abc import Sequence

import sqlalchemy as sa

from assistant.storage.article_tables import chunks

COLUMNS = ("title_terms", "heading_terms", "body_terms")
#: How much a word in the title, in a heading, in the text counts.
WEIGHTS = (3.0, 2.0, 1.0)

# The words are segmented already, so everything but ASCII punctuation belongs to a word.
_FTS = f"""
CREATE VIRTUAL TABLE chunk_words USING fts5(
    {", ".join(COLUMNS)}, content='chunks', content_rowid='id', tokenize="ascii tokenchars '-_./:+#'"
)"""
_NEW, _OLD = (", ".join(f"{row}.{name}" for name in COLUMNS) for row in ("new", "old"))
_INSERT = f"INSERT INTO chunk_words(rowid, {', '.join(COLUMNS)}) VALUES (new.id, {_NEW})"
_DELETE = (
    f"INSERT INTO chunk_words(chunk_words, rowid, {', '.join(COLUMNS)}) VALUES ('delete', old.id, {_OLD})"
)
TRIGGERS = {
    "chunk_words_added": f"AFTER INSERT ON chunks BEGIN {_INSERT}; END",
    "chunk_words_removed": f"AFTER DELETE ON chunks BEGIN {_DELETE}; END",
    "chunk_words_changed": f"AFTER UPDATE OF {', '.join(COLUMNS)} ON chunks BEGIN {_DELETE}; {_INSERT}; END",
}
#: Everything that migrations must create on SQLite besides the tables.
SQLITE_DDL = (_FTS, *(f"CREATE TRIGGER {name} {body}" for name, body in TRIGGERS.items()))


@sa.event.listens_for(chunks, "after_create")
def _create(_table: sa.Table, connection: sa.Connection, **_: object) -> None:
    if connection.dialect.name == "sqlite":
        for statement in SQLITE_DDL:
            connection.exec_driver_sql(statement)


@sa.event.listens_for(chunks, "before_drop")
def _drop(_table: sa.Table, connection: sa.Connection, **_: object) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TABLE IF EXISTS chunk_words")


def matching(connection: sa.Connection, words: Sequence[str], *, limit: int) -> Sequence[int]:
    """Chunks that hold any of the *words*, best BM25 first."""
    if not words:
        return []
    weights = ", ".join(map(str, WEIGHTS))
    statement = sa.text(
        f"SELECT rowid FROM chunk_words WHERE chunk_words MATCH :words "
        f"ORDER BY bm25(chunk_words, {weights}) LIMIT :limit"
    )
    return connection.execute(statement, {"words": any_of(words), "limit": limit}).scalars().all()


def any_of(words: Sequence[str]) -> str:
    """An FTS5 expression; every word is a quoted string, so nothing in it is an operator."""
    return " OR ".join('"' + word.replace('"', '""').replace("\0", "") + '"' for word in words)
