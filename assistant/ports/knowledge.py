"""Retrieval: passages for a question, their token vectors, nearest vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from assistant.domain.knowledge import Passage

if TYPE_CHECKING:
    from assistant.ports.models import Spans, Tokens, Vectors


@dataclass(frozen=True, slots=True, eq=False)
class PassageTokens:
    """Token vectors of a passage, computed in its context."""

    #: Spans in the passage's text: (tokens, 2), start and end; negative in the headings above it.
    spans: Spans
    #: (tokens, dimensions) int8, not normalized.
    tokens: Tokens


class TokenVectors(Protocol):
    """Token vectors of passages, without a new embedding."""

    async def load_passage_tokens(
        self, passages: Sequence[Passage]
    ) -> Sequence[PassageTokens | None]: ...  # None: not stored


class VectorIndex(Protocol):
    """Nearest neighbours; a rebuildable cache. An id names a chunk and one of its slots."""

    async def find_nearest(
        self, vector: Vectors, *, limit: int
    ) -> list[tuple[int, float]]: ...  # (id, cosine)
    async def upsert_vectors(self, ids: Sequence[int], vectors: Vectors) -> None: ...
    async def remove_vectors(self, ids: Sequence[int]) -> None: ...
    async def filter_stored(self, ids: Sequence[int]) -> set[int]: ...  # those of them that it contains
    async def list_ids(self) -> set[int]: ...
    async def count_vectors(self) -> int: ...
    async def close(self) -> None: ...


class Retriever(Protocol):
    """A question to passages that answer it, best first."""

    async def search(
        self, question: str, *, language: str | None = None, limit: int = 5
    ) -> list[Passage]: ...
