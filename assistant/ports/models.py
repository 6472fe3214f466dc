"""Models: texts to vectors, and words from a generative one."""

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

    #: Model and version; another name means another index.
    name: str
    dimensions: int

    async def passages(self, texts: Sequence[str]) -> Vectors: ...  # (len(texts), dimensions) float32
    def tokens(self, text: str) -> int: ...  # its length as the model counts
    async def query(self, text: str) -> Vectors: ...  # (dimensions,) float32


@dataclass(frozen=True, slots=True, eq=False)
class Fine:
    """A text as one vector, and as a small vector of each of its tokens."""

    whole: Vectors
    tokens: Tokens
    #: Of questions: how it is said, as a layer in the middle of the model has it; None where none tells.
    tone: Vectors | None = None


@runtime_checkable
class FineEmbedder(Protocol):
    """An Embedder that also tells tokens apart: slower to compare, much better at ranking."""

    async def fine_passages(self, texts: Sequence[str]) -> Sequence[Fine]: ...
    async def fine_query(self, text: str) -> Fine: ...
    def spans(self, text: str) -> Spans: ...  # characters of each of the tokens of fine_passages([text])


class ChatModel(Protocol):
    """A generative model, reduced to what we use."""

    name: str

    def stream(
        self, system: str, user: str
    ) -> AsyncIterator[str]: ...  # ModelUnavailable, also for half answers
