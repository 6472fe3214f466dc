"""The outside world in one page: what the product needs from databases, models, indexes and channels.

Async methods may wait for the outside; the stores are synchronous on purpose: they are used only inside a
transaction, and a transaction that cannot await cannot be left open while a model thinks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from assistant.domain.knowledge import Article, Chunk, Passage
from assistant.domain.messages import Citation
from assistant.domain.signals import Signals
from assistant.domain.turns import History, Said, Withheld

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]

T = TypeVar("T")
S_co = TypeVar("S_co", covariant=True)

Clock = Callable[[], datetime]


# -- knowledge ---------------------------------------------------------------------------------------------------


class Embedder(Protocol):
    """Texts to unit vectors."""

    #: Model and version; another name means another index.
    name: str
    dimensions: int

    async def passages(self, texts: Sequence[str]) -> Vectors: ...  # (len(texts), dimensions) float32
    async def query(self, text: str) -> Vectors: ...  # (dimensions,) float32


class VectorIndex(Protocol):
    """Nearest chunks by vector; a cache that can be rebuilt from the articles."""

    async def nearest(self, vector: Vectors, *, limit: int) -> list[tuple[int, float]]: ...  # (chunk, cosine)
    async def put(self, chunks: Sequence[int], vectors: Vectors) -> None: ...
    async def remove(self, chunks: Sequence[int]) -> None: ...
    async def ids(self) -> set[int]: ...


class Retriever(Protocol):
    """A question to the passages that answer it, best first."""

    async def search(self, question: str, *, language: str | None = None, limit: int = 5) -> list[Passage]: ...


# -- language models ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What an answer is to be written from."""

    question: str
    #: Language to answer in.
    language: str
    #: Best first.
    passages: Sequence[Passage]
    #: Everything said before, oldest first.
    lines: Sequence[Said] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An answer of which every sentence is supported; an empty text means there was nothing to say."""

    text: str
    citations: tuple[Citation, ...] = ()
    #: Model that wrote it, ``extractive`` for quotes.
    model: str = "extractive"
    prompt_version: str | None = None
    withheld: tuple[Withheld, ...] = ()
    tokens: int = 0


#: Called with the whole text so far, each time a checked sentence is added.
Progress = Callable[[str], Awaitable[None]]


class Answerer(Protocol):
    """A question and its passages to an answer that says only what the passages say."""

    async def answer(self, ask: Ask, progress: Progress) -> Draft: ...


class ChatModel(Protocol):
    """A generative model, reduced to what we use."""

    name: str

    def stream(self, system: str, user: str) -> AsyncIterator[str]: ...  # ModelUnavailable, also for half answers


# -- signals -----------------------------------------------------------------------------------------------------


class SignalReader(Protocol):
    """What a customer's turn tells besides its words."""

    def read(self, text: str, history: History) -> Signals: ...


# -- storage -----------------------------------------------------------------------------------------------------


class Database(Protocol[S_co]):
    """Runs a step in one transaction: committed when it returns, rolled back when it raises."""

    async def write(self, step: Callable[[S_co], T]) -> T: ...
    async def read(self, step: Callable[[S_co], T]) -> T: ...


class ArticleStore(Protocol):
    """Articles and chunks, the truth behind every index."""

    def hashes(self) -> Mapping[str, str]: ...  # article id -> content hash
    def put(self, article: Article, chunks: Sequence[Chunk], vectors: Vectors) -> None: ...  # replaces
    def remove(self, articles: Sequence[str]) -> None: ...
    def article(self, article: str) -> Article | None: ...
