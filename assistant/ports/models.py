"""Models: embeddings and chat."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from numpy import float32, int8, intp, uint8
    from numpy.typing import NDArray

    Vectors = NDArray[float32]
    Tokens = NDArray[int8]
    Spans = NDArray[intp]
    Packed = NDArray[uint8]


class Embedder(Protocol):
    """Texts to unit vectors."""

    #: Model and version; another name needs another index.
    name: str
    dimensions: int

    async def embed_passages(self, texts: Sequence[str]) -> Vectors: ...  # (len(texts), dimensions) float32
    def count_tokens(self, text: str) -> int: ...  # length in the model's tokens
    async def embed_query(self, text: str) -> Vectors: ...  # (dimensions,) float32


@dataclass(frozen=True, slots=True, eq=False)
class MultiVector:
    """A text as a pooled vector and a small vector per token."""

    pooled: Vectors
    tokens: Tokens


@runtime_checkable
class MultiVectorEmbedder(Protocol):
    """An Embedder with token vectors for late interaction."""

    async def embed_passage_tokens(self, texts: Sequence[str]) -> Sequence[MultiVector]: ...
    async def embed_query_tokens(self, text: str) -> MultiVector: ...
    def compute_token_spans(
        self, text: str
    ) -> Spans: ...  # (tokens, 2): spans of the tokens of embed_passage_tokens


@dataclass(slots=True)
class TokenUsage:
    """Tokens as the provider counted them; 0 where it did not."""

    input_tokens: int = 0
    output_tokens: int = 0

    def add_counts(self, input_tokens: int, output_tokens: int) -> None:
        self.input_tokens += input_tokens
        self.output_tokens += output_tokens


class ChatModel(Protocol):
    """A chat model with the one operation that we use."""

    name: str

    def stream_completion(
        self, system: str, user: str, usage: TokenUsage | None = None
    ) -> AsyncIterator[str]: ...  # ModelUnavailable, also for incomplete answers
