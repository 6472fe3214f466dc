"""Articles, chunks and their vectors, inside a transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from assistant.domain.knowledge import Article, Chunk, ChunkWords, Origin, Passage, Terms
from assistant.ports.models import MultiVector

if TYPE_CHECKING:
    from assistant.ports.models import Packed, Tokens, Vectors


class ArticleStore(Protocol):
    """Articles and chunks: the source of truth for every index."""

    def load_content_hashes(self) -> Mapping[str, str]: ...  # article id -> content hash
    def load_origins(self) -> Mapping[str, Origin]: ...
    def update_origins(self, origins: Mapping[str, Origin]) -> None: ...
    def find_article(self, article: str) -> Article | None: ...
    def list_articles(self) -> Sequence[Article]: ...
    # inserts or replaces
    def save_article(self, article: Article, parts: Sequence[tuple[Chunk, Terms]]) -> None: ...
    def remove_articles(self, gone: Sequence[str]) -> None: ...


class ChunkStore(Protocol):
    """What retrieval reads of the chunks."""

    def load_version(self) -> int: ...  # another number after every change
    def list_chunk_ids(self) -> Sequence[int]: ...
    def load_chunk_words(self, some: Sequence[int]) -> Iterator[ChunkWords]: ...
    def search_words(self, words: Sequence[str], *, limit: int) -> Sequence[int]: ...  # best first
    def load_passages(self, some: Sequence[int]) -> Mapping[int, Passage]: ...  # scored 0


class VectorStore(Protocol):
    """The vectors of chunks.

    Eight members because search reads them in three forms, and an index asks which exist.
    """

    def list_unembedded(self, model: str, *, limit: int) -> Sequence[tuple[int, str, Chunk]]: ...  # id, title
    def count_unembedded(self, model: str) -> int: ...
    def list_embedded(self, model: str) -> Sequence[int]: ...
    def load_vectors(self, model: str, some: Sequence[int]) -> Iterator[tuple[int, Vectors]]: ...
    def load_tokens(self, model: str, some: Sequence[int]) -> Mapping[int, Sequence[Tokens]]: ...  # by slot
    def load_packed_tokens(self, model: str, some: Sequence[int]) -> Mapping[int, Sequence[Packed]]: ...
    def save_vectors(self, model: str, found: Mapping[int, Sequence[MultiVector]]) -> None: ...  # by slot
    def delete_vectors(self, *, except_model: str) -> None: ...


class PassageStore(ChunkStore, VectorStore, Protocol):
    """Everything that retrieval reads."""


class KnowledgeStore(ArticleStore, PassageStore, Protocol):
    """The whole knowledge base in one transaction."""
