"""Articles, chunks and their vectors, inside a transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from assistant.domain.knowledge import Article, Chunk, ChunkWords, Origin, Passage, Terms
from assistant.ports.models import Fine

if TYPE_CHECKING:
    from assistant.ports.models import Packed, Tokens, Vectors


class ArticleStore(Protocol):
    """Articles and chunks, the truth behind every index."""

    def hashes(self) -> Mapping[str, str]: ...  # article id -> content hash
    def origins(self) -> Mapping[str, Origin]: ...
    def relocate(self, origins: Mapping[str, Origin]) -> None: ...
    def article(self, article: str) -> Article | None: ...
    def all(self) -> Sequence[Article]: ...
    def put(self, article: Article, parts: Sequence[tuple[Chunk, Terms]]) -> None: ...  # replaces
    def remove(self, gone: Sequence[str]) -> None: ...


class PassageStore(Protocol):
    """What search reads of the knowledge base, and the vectors that it is given."""

    def version(self) -> int: ...  # another number after every change
    def chunk_ids(self) -> Sequence[int]: ...
    def words(self, some: Sequence[int]) -> Iterator[ChunkWords]: ...
    def matching(self, words: Sequence[str], *, limit: int) -> Sequence[int]: ...  # best first
    def passages(self, some: Sequence[int]) -> Mapping[int, Passage]: ...  # scored 0
    def unembedded(self, model: str, *, limit: int) -> Sequence[tuple[int, str, Chunk]]: ...  # id, title
    def count_unembedded(self, model: str) -> int: ...
    def embedded(self, model: str) -> Sequence[int]: ...
    def vectors(self, model: str, some: Sequence[int]) -> Iterator[tuple[int, Vectors]]: ...
    def tokens(self, model: str, some: Sequence[int]) -> Mapping[int, Sequence[Tokens]]: ...  # by slot
    def packed_tokens(self, model: str, some: Sequence[int]) -> Mapping[int, Sequence[Packed]]: ...
    def put_vectors(self, model: str, found: Mapping[int, Sequence[Fine]]) -> None: ...  # by slot
    def forget_vectors(self, *, except_model: str) -> None: ...


class KnowledgeStore(ArticleStore, PassageStore, Protocol):
    """The whole knowledge base in one transaction."""
