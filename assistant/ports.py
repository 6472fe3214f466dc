"""The outside world in one page: what the product needs from databases, models, indexes and channels.

Async methods may wait for the outside; the stores are synchronous on purpose: they are used only inside a
transaction, and a transaction that cannot await cannot be left open while a model thinks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from assistant.domain.conversation import Conversation
from assistant.domain.due import Due, Kind
from assistant.domain.handoff import Facts
from assistant.domain.knowledge import Article, Chunk, Passage
from assistant.domain.messages import Author, Citation, Message
from assistant.domain.people import Agent, Customer
from assistant.domain.signals import Signals
from assistant.domain.turns import History, Said, TurnRecord, Withheld

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]

T = TypeVar("T")
S_co = TypeVar("S_co", covariant=True)

Clock = Callable[[], datetime]


# -- who is told ----------------------------------------------------------------------------------------


class Wire(Protocol):
    """Wakes whoever follows a conversation, and carries what is worth seeing but not storing."""

    def ring(self, conversation: str) -> None: ...  # something about it was committed
    def draft(self, conversation: str, text: str) -> None: ...  # the reply so far; "" withdraws it
    def typing(self, conversation: str, author: Author, on: bool, name: str | None = None) -> None: ...
    def is_typing(self, conversation: str) -> bool: ...  # the customer, within the last seconds


# -- knowledge ------------------------------------------------------------------------------------------


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

    async def search(
        self, question: str, *, language: str | None = None, limit: int = 5
    ) -> list[Passage]: ...


# -- language models ------------------------------------------------------------------------------------


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

    def stream(
        self, system: str, user: str
    ) -> AsyncIterator[str]: ...  # ModelUnavailable, also for half answers


# -- signals --------------------------------------------------------------------------------------------


#: Everything said so far to what the customer wants and claims.
FactPicker = Callable[[Sequence[Said]], Facts]


class SignalReader(Protocol):
    """What a customer's turn tells besides its words."""

    def read(self, text: str, history: History) -> Signals: ...


# -- storage --------------------------------------------------------------------------------------------


class Database(Protocol[S_co]):
    """Runs a step in one transaction: committed when it returns, rolled back when it raises."""

    async def write(self, step: Callable[[S_co], T]) -> T: ...
    async def read(self, step: Callable[[S_co], T]) -> T: ...


class Conversations(Protocol):
    def get(self, conversation: str) -> Conversation: ...  # NotFound
    def by_token(self, conversation: str, token_hash: str) -> Conversation | None: ...
    def add(self, conversation: Conversation, token_hash: str | None) -> None: ...
    def save(self, conversation: Conversation) -> None: ...
    def of_customer(self, customer: str, *, before: str) -> Sequence[Conversation]: ...  # newest first
    def waiting_before(self, conversation: Conversation) -> int: ...


class Messages(Protocol):
    def add(self, message: Message) -> None: ...
    def get(self, conversation: str, message: str) -> Message | None: ...
    def public(
        self, conversation: str, *, after: int = 0
    ) -> Sequence[Message]: ...  # what a customer may see
    def all(self, conversation: str) -> Sequence[Message]: ...  # private notes too


class Customers(Protocol):
    def get(self, customer: str) -> Customer: ...  # NotFound
    def by_identity(self, channel: str, identity: str) -> Customer | None: ...
    def add(self, customer: Customer) -> None: ...
    def set_familiarity(self, customer: str, familiarity: float) -> None: ...


class Agents(Protocol):
    def get(self, agent: str) -> Agent | None: ...


class Turns(Protocol):
    def add(self, conversation: str, seq: int, record: TurnRecord, now: datetime) -> None: ...
    def all(self, conversation: str, *, after: int = 0) -> Sequence[TurnRecord]: ...
    def count(self, conversation: str) -> int: ...
    def answered_up_to(self, conversation: str) -> int: ...  # seq of the last customer message in a turn


class Handoffs(Protocol):
    def add(
        self, conversation: str, epoch: int, reason: str, packet: dict[str, Any], now: datetime
    ) -> None: ...
    def last(self, conversation: str) -> dict[str, Any] | None: ...
    def claimed(self, conversation: str, now: datetime) -> None: ...
    def recent_waits(self, *, limit: int) -> Sequence[float]: ...  # seconds


class FeedbackStore(Protocol):
    def add(self, values: dict[str, Any]) -> None: ...
    def csat(self, conversations: Sequence[str]) -> Mapping[str, int]: ...


class DueRows(Protocol):
    """Work with a due time; one row of a kind per conversation."""

    def put(self, kind: Kind, conversation: str, due_at: datetime, now: datetime) -> None: ...
    def get(self, kind: Kind, conversation: str) -> Due | None: ...
    def claim(self, now: datetime, lease: timedelta, limit: int) -> Sequence[Due]: ...
    def done(self, kind: Kind, conversation: str, lease: str | None = None) -> bool: ...
    def retry(self, item: Due, due_at: datetime) -> None: ...
    def postpone(self, item: Due, due_at: datetime) -> None: ...
    def next_time(self) -> datetime | None: ...


class Journal(Protocol):
    """Tells agents' screens what changed."""

    def note(self, conversation: str, message: str | None, now: datetime) -> None: ...


class Store(Protocol):
    """Everything about conversations, inside one transaction."""

    @property
    def conversations(self) -> Conversations: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def customers(self) -> Customers: ...
    @property
    def agents(self) -> Agents: ...
    @property
    def turns(self) -> Turns: ...
    @property
    def handoffs(self) -> Handoffs: ...
    @property
    def feedback(self) -> FeedbackStore: ...
    @property
    def due(self) -> DueRows: ...
    @property
    def journal(self) -> Journal: ...


class ArticleStore(Protocol):
    """Articles and chunks, the truth behind every index."""

    def hashes(self) -> Mapping[str, str]: ...  # article id -> content hash
    def put(self, article: Article, chunks: Sequence[Chunk], vectors: Vectors) -> None: ...  # replaces
    def remove(self, articles: Sequence[str]) -> None: ...
    def article(self, article: str) -> Article | None: ...
