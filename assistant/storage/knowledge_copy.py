"""Copies the knowledge base into another database, to try a change without touching what is served."""

import sqlalchemy as sa

from assistant.storage.article_tables import articles, chunks, knowledge, replacements, synonyms, vectors

TABLES = (articles, chunks, vectors, knowledge, replacements, synonyms)
BATCH = 500


def copy_knowledge(source: sa.Engine, target: sa.Engine) -> None:
    """Copy articles, passages and vectors into *target*, whose tables are empty."""
    with source.connect() as reading, target.begin() as writing:
        for table in TABLES:
            rows = reading.execution_options(yield_per=BATCH).execute(sa.select(table)).mappings()
            for batch in rows.partitions(BATCH):
                writing.execute(sa.insert(table), [dict(row) for row in batch])
