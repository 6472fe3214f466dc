"""Search: the passages that answer a question, their tokens, the nearest vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from assistant.domain.knowledge import Passage

if TYPE_CHECKING:
    from assistant.ports.models import Spans, Tokens, Vectors


@dataclass(frozen=True, slots=True, eq=False)
class PassageTokens:
    """The tokens of a passage, read in the context of the whole."""

    #: Characters of its text that each covers: (tokens, 2), from and to; below 0: of the headings above it.
    spans: Spans
    #: A small vector of each, of any length.
    tokens: Tokens


class TokenVectors(Protocol):
    """Tokens of passages, without embedding anything anew."""

    async def load_passage_tokens(
        self, passages: Sequence[Passage]
    ) -> Sequence[PassageTokens | None]: ...  # None: none is kept


class VectorIndex(Protocol):
    """Nearest vectors; a cache that can be rebuilt. An id names a chunk and which of its vectors."""

    async def find_nearest(
        self, vector: Vectors, *, limit: int
    ) -> list[tuple[int, float]]: ...  # (id, cosine)
    async def upsert_vectors(self, ids: Sequence[int], vectors: Vectors) -> None: ...
    async def remove_vectors(self, ids: Sequence[int]) -> None: ...
    async def filter_stored(self, ids: Sequence[int]) -> set[int]: ...  # those of them that it holds
    async def list_ids(self) -> set[int]: ...
    async def count_vectors(self) -> int: ...
    async def close(self) -> None: ...


class Retriever(Protocol):
    """A question to the passages that answer it, best first."""

    async def search(
        self, question: str, *, language: str | None = None, limit: int = 5
    ) -> list[Passage]: ...
