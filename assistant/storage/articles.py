"""The knowledge base in SQL: articles, chunks, vectors. Full-text search is in fulltext.py."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from assistant.domain.knowledge import Article, Chunk, ChunkWords, HelpEntry, Origin, Passage, Terms
from assistant.ports.models import MultiVector
from assistant.storage import fulltext
from assistant.storage.article_tables import articles, chunks, knowledge, replacements, vectors
from assistant.storage.vector_codec import (
    decode_packed,
    decode_pooled,
    encode_pooled,
    encode_tokens,
    unpack_tokens,
)

if TYPE_CHECKING:
    from numpy import float32, int8, uint8
    from numpy.typing import NDArray

    Vectors = NDArray[float32]
    Tokens = NDArray[int8]
    Packed = NDArray[uint8]

#: Ids per statement: SQLite takes 32,766 parameters, PostgreSQL 65,535.
MAX_IDS_PER_STATEMENT = 5_000


class SqlArticles:
    """Articles and chunks: the source of truth for every index."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    # -- articles

    def load_content_hashes(self) -> Mapping[str, str]:
        return {
            row.id: row.content_hash
            for row in self._execute_statement(sa.select(articles.c.id, articles.c.content_hash))
        }

    def load_origins(self) -> Mapping[str, Origin]:
        rows = self._execute_statement(
            sa.select(articles.c.id, articles.c.origin).where(articles.c.origin.is_not(None))
        )
        return {row.id: Origin(**row.origin) for row in rows}

    def update_origins(self, origins: Mapping[str, Origin]) -> None:
        """Update where articles were read; their content is unchanged."""
        for article, origin in origins.items():
            self._execute_statement(
                articles.update().where(articles.c.id == article).values(origin=asdict(origin))
            )

    def find_article(self, article: str) -> Article | None:
        row = self._execute_statement(sa.select(articles).where(articles.c.id == article)).mappings().first()
        return _parse_article(row) if row else None

    def list_articles(self) -> Sequence[Article]:
        return [
            _parse_article(row)
            for row in self._execute_statement(sa.select(articles).order_by(articles.c.id)).mappings()
        ]

    def list_titles(self, today: date) -> Sequence[tuple[str, str, str]]:
        """(id, title, language) of every article that is valid *today*."""
        return [(one.id, one.title, one.language) for one in self.list_help_entries(today)]

    def list_help_entries(self, today: date) -> Sequence[HelpEntry]:
        """Every article that is valid *today*, by id."""
        c = articles.c
        ends = sa.or_(c.valid_until.is_(None), c.valid_until >= today)
        begun = sa.or_(c.valid_from.is_(None), c.valid_from <= today)
        holds = sa.and_(begun, ends, c.id.not_in(sa.select(replacements.c.article)))
        query = sa.select(c.id, c.title, c.language, c.tags).where(holds).order_by(c.id)
        return [
            HelpEntry(id=row.id, title=row.title, language=row.language, tags=tuple(row.tags))
            for row in self._execute_statement(query)
        ]

    def save_article(self, article: Article, parts: Sequence[tuple[Chunk, Terms]]) -> None:
        """Insert or replace an article with its chunks; vectors are stored later."""
        self.remove_articles([article.id])
        self._execute_statement(articles.insert().values(_build_article_row(article)))
        rows = [_build_chunk_row(article.id, chunk, terms) for chunk, terms in parts]
        if rows:
            self._execute_statement(chunks.insert(), rows)
        self._bump_version()

    def remove_articles(self, gone: Sequence[str]) -> None:
        for some in _batch_ids(gone):
            self._execute_statement(chunks.delete().where(chunks.c.article.in_(some)))
            self._execute_statement(articles.delete().where(articles.c.id.in_(some)))
        if gone:
            self._bump_version()

    # -- passages

    def load_version(self) -> int:
        """Version counter of the knowledge base, raised by every change."""
        return int(self._execute_statement(sa.select(knowledge.c.version)).scalar() or 0)

    def list_chunk_ids(self) -> Sequence[int]:
        return self._execute_statement(sa.select(chunks.c.id).order_by(chunks.c.id)).scalars().all()

    def load_chunk_words(self, some: Sequence[int]) -> Iterator[ChunkWords]:
        """The terms and metadata that ranking needs of *chunks*."""
        columns = (chunks.c.id, chunks.c.title_terms, chunks.c.heading_terms, chunks.c.body_terms)
        query = sa.select(*columns, chunks.c.article, articles.c.language, articles.c.valid_until).join(
            articles
        )
        for group in _batch_ids(some):
            for row in self._execute_statement(query.where(chunks.c.id.in_(group))):
                yield ChunkWords(
                    chunk=row.id,
                    article=row.article,
                    language=row.language,
                    valid_until=row.valid_until,
                    terms=Terms(title=row.title_terms, headings=row.heading_terms, body=row.body_terms),
                )

    def search_words(self, words: Sequence[str], *, limit: int) -> Sequence[int]:
        """Chunks that contain any of *words*, best match first."""
        return fulltext.search_chunks(self._connection, words, limit=limit)

    def check_word_index(self) -> str | None:
        """Why the full-text index does not work, or None when it does."""
        c = chunks.c
        row = self._execute_statement(
            sa.select(c.id, c.body_terms).where(c.body_terms != "").limit(1)
        ).first()
        if row is None:
            return None
        rarest = sorted(set(row.body_terms.split()), key=len)[-1:]
        found = fulltext.search_chunks(self._connection, rarest, limit=1)
        return None if found else "The index of words finds nothing; restore a backup, or ingest again."

    def load_passages(self, some: Sequence[int]) -> Mapping[int, Passage]:
        """The passages of *chunks*, with score 0; chunks that no longer exist are left out."""
        rows = self._execute_statement(
            sa.select(chunks, articles.c.title, articles.c.url, articles.c.language)
            .join(articles)
            .where(chunks.c.id.in_(some))
        )
        return {row.id: _parse_passage(row) for row in rows}

    # -- vectors

    def list_unembedded(self, model: str, *, limit: int) -> Sequence[tuple[int, str, Chunk]]:
        """Chunks without vectors of *model*, oldest first: (id, article's title, chunk)."""
        has = sa.exists().where(vectors.c.chunk == chunks.c.id, vectors.c.model == model)
        rows = self._execute_statement(
            sa.select(chunks, articles.c.title).join(articles).where(~has).order_by(chunks.c.id).limit(limit)
        )
        return [(row.id, row.title, _parse_chunk(row)) for row in rows]

    def count_unembedded(self, model: str) -> int:
        has = sa.exists().where(vectors.c.chunk == chunks.c.id, vectors.c.model == model)
        return int(
            self._execute_statement(sa.select(sa.func.count()).select_from(chunks).where(~has)).scalar_one()
        )

    def save_vectors(self, model: str, found: Mapping[int, Sequence[MultiVector]]) -> None:
        """Store each chunk's vectors, one per slot; chunks deleted meanwhile are skipped."""
        there = set(
            self._execute_statement(sa.select(chunks.c.id).where(chunks.c.id.in_(list(found)))).scalars()
        )
        rows = [
            {
                "chunk": chunk,
                "model": model,
                "dimensions": len(slots[0].pooled),
                "data": encode_pooled(slots),
                "tokens": encode_tokens(slots),
            }
            for chunk, slots in found.items()
            if chunk in there
        ]
        if rows:
            self._execute_statement(
                vectors.delete().where(vectors.c.chunk.in_(there), vectors.c.model == model)
            )
            self._execute_statement(vectors.insert(), rows)
            self._bump_version()

    def delete_vectors(self, *, except_model: str) -> None:
        """Delete the vectors of all models but *model*."""
        self._execute_statement(vectors.delete().where(vectors.c.model != except_model))

    def load_vectors(self, model: str, some: Sequence[int]) -> Iterator[tuple[int, "Vectors"]]:
        """Chunk -> pooled vectors, (slots, dimensions) float32; chunks without vectors are left out."""
        for group in _batch_ids(some):
            query = sa.select(vectors.c.chunk, vectors.c.dimensions, vectors.c.data)
            for row in self._execute_statement(
                query.where(vectors.c.model == model, vectors.c.chunk.in_(group))
            ):
                yield row.chunk, decode_pooled(row.data, row.dimensions)

    def load_tokens(self, model: str, some: Sequence[int]) -> Mapping[int, Sequence["Tokens"]]:
        """Chunk -> token vectors by slot, each (tokens, dimensions) int8.

        Chunks without vectors are left out.
        """
        packed = self.load_packed_tokens(model, some)
        return {chunk: [unpack_tokens(tokens) for tokens in slots] for chunk, slots in packed.items()}

    def load_packed_tokens(self, model: str, some: Sequence[int]) -> Mapping[int, Sequence["Packed"]]:
        """As `load_tokens`, but still packed, two numbers a byte: (tokens, dimensions / 2) uint8."""
        query = sa.select(vectors.c.chunk, vectors.c.tokens)
        rows = self._execute_statement(query.where(vectors.c.model == model, vectors.c.chunk.in_(some)))
        return {row.chunk: decode_packed(row.tokens) for row in rows}

    def list_embedded(self, model: str) -> Sequence[int]:
        """Ids of the chunks that have vectors of *model*."""
        return (
            self._execute_statement(sa.select(vectors.c.chunk).where(vectors.c.model == model))
            .scalars()
            .all()
        )

    def _bump_version(self) -> None:
        if not self._execute_statement(knowledge.update().values(version=knowledge.c.version + 1)).rowcount:
            self._execute_statement(knowledge.insert().values(id=1, version=1))

    def _execute_statement(
        self, statement: Any, rows: Sequence[dict[str, Any]] | None = None
    ) -> sa.CursorResult[Any]:
        return self._connection.execute(statement, rows)


def _batch_ids(ids: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (ids[start : start + MAX_IDS_PER_STATEMENT] for start in range(0, len(ids), MAX_IDS_PER_STATEMENT))


def _build_article_row(article: Article) -> dict[str, Any]:
    values = asdict(article)
    return values | {"tags": list(article.tags), "supersedes": list(article.supersedes)}


def _parse_article(row: sa.RowMapping) -> Article:
    values = dict(row)
    origin = values["origin"]
    lists = {name: tuple(values[name]) for name in ("tags", "supersedes")}
    return Article(**values | lists | {"origin": Origin(**origin) if origin else None})


def _build_chunk_row(article: str, chunk: Chunk, terms: Terms) -> dict[str, Any]:
    return {
        "article": article,
        "position": chunk.position,
        "headings": list(chunk.headings),
        "text": chunk.text,
        "tokens": chunk.tokens,
        "title_terms": terms.title,
        "heading_terms": terms.headings,
        "body_terms": terms.body,
    }


def _parse_chunk(row: Any) -> Chunk:
    return Chunk(position=row.position, headings=tuple(row.headings), text=row.text, tokens=row.tokens)


def _parse_passage(row: Any) -> Passage:
    return Passage(
        chunk=row.id,
        article=row.article,
        title=row.title,
        url=row.url or "",
        language=row.language,
        headings=tuple(row.headings),
        text=row.text,
        score=0.0,
    )
