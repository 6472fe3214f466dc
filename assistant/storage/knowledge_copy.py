"""Copies the knowledge base into another database, to try a change without touching what is served."""

from collections.abc import Sequence

import sqlalchemy as sa

from assistant.storage.article_tables import (
    articles,
    chunks,
    contradictions,
    knowledge,
    replacements,
    synonyms,
    vectors,
)

BATCH_SIZE = 500


def count_chunks(source: sa.Engine) -> int:
    with source.connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(chunks)).scalar_one())


def copy_knowledge(
    source: sa.Engine, target: sa.Engine, model: str, only: Sequence[str] | None = None
) -> None:
    """Copy every article, or those of *only*, with their chunks and the vectors of *model*.

    The tables of *target* are empty; chunks keep their ids. Contradictions that were found are copied, so
    that new ones tell apart.
    """
    named = articles.c.id.in_(only) if only is not None else sa.true()
    theirs = sa.select(articles.c.id).where(named)
    queries = {
        knowledge: sa.select(knowledge),
        synonyms: sa.select(synonyms),
        articles: sa.select(articles).where(named),
        replacements: sa.select(replacements).where(
            replacements.c.article.in_(theirs), replacements.c.by.in_(theirs)
        ),
        chunks: sa.select(chunks).where(chunks.c.article.in_(theirs)),
        vectors: sa.select(vectors)
        .join(chunks)
        .where(vectors.c.model == model, chunks.c.article.in_(theirs)),
        contradictions: sa.select(contradictions).where(
            contradictions.c.one_article.in_(theirs), contradictions.c.other_article.in_(theirs)
        ),
    }
    with (
        source.connect().execution_options(yield_per=BATCH_SIZE) as reading,
        target.execution_options(write=True).begin() as writing,
    ):
        for table, query in queries.items():
            for rows in reading.execute(query).mappings().partitions(BATCH_SIZE):
                writing.execute(table.insert(), [dict(row) for row in rows])
