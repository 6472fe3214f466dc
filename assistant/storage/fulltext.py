"""Full-text search: FTS5 on SQLite, tsvector on PostgreSQL. All such vendor-specific SQL is here."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from assistant.storage.article_tables import chunks
from assistant.storage.desk_tables import search_entries
from assistant.text.search_terms import SearchPhrase

COLUMNS = ("title_terms", "heading_terms", "body_terms")
#: BM25 weights of a word in the title, in a heading, in the text.
WEIGHTS = (3.0, 2.0, 1.0)

# The terms are tokenized already, so every character but ASCII punctuation belongs to a term.
_FTS = f"""
CREATE VIRTUAL TABLE chunk_words USING fts5(
    {", ".join(COLUMNS)}, content='chunks', content_rowid='id', tokenize="ascii tokenchars '-_./:+#'"
)"""
_NEW = ", ".join(f"new.{name}" for name in COLUMNS)
_OLD = ", ".join(f"old.{name}" for name in COLUMNS)
_INSERT = f"INSERT INTO chunk_words(rowid, {', '.join(COLUMNS)}) VALUES (new.id, {_NEW})"
_DELETE = (
    f"INSERT INTO chunk_words(chunk_words, rowid, {', '.join(COLUMNS)}) VALUES ('delete', old.id, {_OLD})"
)
TRIGGERS = {
    "chunk_words_added": f"AFTER INSERT ON chunks BEGIN {_INSERT}; END",
    "chunk_words_removed": f"AFTER DELETE ON chunks BEGIN {_DELETE}; END",
    "chunk_words_changed": f"AFTER UPDATE OF {', '.join(COLUMNS)} ON chunks BEGIN {_DELETE}; {_INSERT}; END",
}

# Terms go into the tsvector as they are, without PostgreSQL's own parser, which would split e-1042.
_QUOTED = r"""'''' || replace(replace(word, '\', '\\'), '''', '''''') || ''''"""
_LEXEMES = f"""
CREATE FUNCTION yorisoi_words(terms text, weight text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(string_agg({_QUOTED} || ':' || least(place, 16383) || weight, ' '), '')::tsvector
    FROM string_to_table(terms, ' ') WITH ORDINALITY AS found(word, place)
    WHERE word <> '' AND octet_length(word) < 2000
$$"""
_COLUMN = """
ALTER TABLE chunks ADD COLUMN words tsvector GENERATED ALWAYS AS (
    yorisoi_words(title_terms, 'A') || yorisoi_words(heading_terms, 'B') || yorisoi_words(body_terms, 'D')
) STORED"""
_INDEX = "CREATE INDEX ix_chunks_words ON chunks USING gin (words)"

# What agents search, newest first, so no ranking: sizes of columns are not kept.
_ENTRY_FTS = """
CREATE VIRTUAL TABLE search_words USING fts5(
    words, content='search_entries', content_rowid='position', columnsize=0, tokenize="ascii"
)"""
_ADD_ENTRY = "INSERT INTO search_words(rowid, words) VALUES (new.position, new.words)"
_DROP_ENTRY = (
    "INSERT INTO search_words(search_words, rowid, words) VALUES ('delete', old.position, old.words)"
)
ENTRY_TRIGGERS = {
    "search_words_added": f"AFTER INSERT ON search_entries BEGIN {_ADD_ENTRY}; END",
    "search_words_removed": f"AFTER DELETE ON search_entries BEGIN {_DROP_ENTRY}; END",
    "search_words_changed": (
        f"AFTER UPDATE OF words ON search_entries BEGIN {_DROP_ENTRY}; {_ADD_ENTRY}; END"
    ),
}
#: The same for the agents' search.
ENTRY_DDL = {
    "sqlite": (_ENTRY_FTS, *(f"CREATE TRIGGER {name} {body}" for name, body in ENTRY_TRIGGERS.items())),
    "postgresql": (
        "ALTER TABLE search_entries ADD COLUMN vector tsvector"
        " GENERATED ALWAYS AS (yorisoi_words(words, 'D')) STORED",
        "CREATE INDEX ix_search_entries_vector ON search_entries USING gin (vector)",
    ),
}
#: Database objects that migrations must create besides the tables.
DDL = {
    "sqlite": (_FTS, *(f"CREATE TRIGGER {name} {body}" for name, body in TRIGGERS.items())),
    "postgresql": (_LEXEMES, _COLUMN, _INDEX),
}

_BM25 = f"""
SELECT rowid FROM chunk_words WHERE chunk_words MATCH :words
ORDER BY bm25(chunk_words, {", ".join(map(str, WEIGHTS))}) LIMIT :limit"""
# ts_rank ignores inverse document frequency, so each word's rank is weighted by it here. Its weights are
# given for D, C, B, A; 1 divides by the length of the text.
_BODY = WEIGHTS[2] / WEIGHTS[0]
_HEADING = WEIGHTS[1] / WEIGHTS[0]
_RANK = f"""
SELECT id FROM (
    SELECT chunks.id,
        ts_rank('{{{_BODY}, 0, {_HEADING}, 1}}', words, asked.word, 1)
        * ln(1 + (SELECT count(*) FROM chunks) / count(*) OVER (PARTITION BY asked.word)::float) AS gain
    FROM unnest(CAST(:words AS tsquery[])) AS asked(word) JOIN chunks ON words @@ asked.word
) AS hits
GROUP BY id ORDER BY sum(gain) DESC, id LIMIT :limit"""


@sa.event.listens_for(chunks, "after_create")
def _create_word_index(_table: sa.Table, connection: sa.Connection, **_: object) -> None:
    for statement in DDL[connection.dialect.name]:
        connection.exec_driver_sql(statement)


@sa.event.listens_for(search_entries, "after_create")
def _create_entry_index(_table: sa.Table, connection: sa.Connection, **_: object) -> None:
    for statement in ENTRY_DDL[connection.dialect.name]:
        connection.exec_driver_sql(statement)


@sa.event.listens_for(chunks, "before_drop")
def _drop_word_index(_table: sa.Table, connection: sa.Connection, **_: object) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TABLE IF EXISTS chunk_words")


def search_chunks(connection: sa.Connection, words: Sequence[str], *, limit: int) -> Sequence[int]:
    """Chunks that contain any of *words*, best match first."""
    asked: str | list[str]
    words = [clean for word in words if (clean := word.replace("\0", "").strip())]
    if not words:
        return []
    if connection.dialect.name == "sqlite":
        query, asked = _BM25, build_fts_query(words)
    else:
        query, asked = _RANK, [build_tsquery(word) for word in words]
    return connection.execute(sa.text(query), {"words": asked, "limit": limit}).scalars().all()


def build_fts_query(words: Sequence[str]) -> str:
    """An FTS5 expression; every word is a quoted string, so no character of it is an operator."""
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in words)


def build_tsquery(word: str) -> str:
    """A tsquery of one word, quoted, so that no character of it is an operator."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def build_entry_match(connection: sa.Connection, phrases: Sequence[SearchPhrase]) -> sa.Select[tuple[int]]:
    """Select the positions of entries that have all *phrases*."""
    if connection.dialect.name == "sqlite":
        words = sa.table("search_words", sa.column("rowid", sa.Integer), sa.column("search_words"))
        asked = " AND ".join(_quote_fts_phrase(phrase) for phrase in phrases)
        return sa.select(words.c.rowid.label("position")).where(words.c.search_words.op("MATCH")(asked))
    vector: sa.ColumnElement[Any] = sa.literal_column("search_entries.vector")
    query = sa.cast(sa.literal(" & ".join(map(_quote_tsquery_phrase, phrases))), postgresql.TSQUERY)
    return sa.select(search_entries.c.position).where(vector.op("@@")(query))


def _quote_fts_phrase(phrase: SearchPhrase) -> str:
    """Terms are letters and digits only, so nothing in them is an operator."""
    return f'"{" ".join(phrase.terms)}"{" *" if phrase.is_prefix else ""}'


def _quote_tsquery_phrase(phrase: SearchPhrase) -> str:
    terms = " <-> ".join(build_tsquery(term) for term in phrase.terms)
    return f"({terms}{':*' if phrase.is_prefix else ''})"
