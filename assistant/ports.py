"""The outside world in one page: what the product needs of it; async methods may wait for it.

What a database transaction offers is in `stores.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

from assistant.domain.budgets import Allowance
from assistant.domain.channels import Call, Event, Letter, Part, Sent, Thread
from assistant.domain.handoff import Facts
from assistant.domain.knowledge import Article, Chunk, ChunkWords, Origin, Passage, Terms
from assistant.domain.messages import Author, Citation
from assistant.domain.signals import Signals
from assistant.domain.turns import History, Meaning, Said, Withheld
from assistant.knowledge_stores import CollectionStore, LivingStore, SourceStore

if TYPE_CHECKING:
    from numpy import float32, int8, intp, uint8
    from numpy.typing import NDArray

    Vectors = NDArray[float32]
    Tokens = NDArray[int8]
    Spans = NDArray[intp]
    Packed = NDArray[uint8]

T = TypeVar("T")
S_co = TypeVar("S_co", covariant=True)

Clock = Callable[[], datetime]


# -- who is told ----------------------------------------------------------------------------------------


class Follower(Protocol):
    """One open stream."""

    #: The process is stopping: nothing more will come.
    over: bool

    # (conversation, event, data) of what passed; None: nothing happened
    async def news(self, timeout: float) -> list[tuple[str, str, dict[str, Any]]] | None: ...


class Wire(Protocol):
    """Wakes whoever follows a conversation, and carries what is worth seeing but not storing."""

    def follow(
        self, conversation: str = ""
    ) -> AbstractContextManager[Follower]: ...  # "": every conversation

    @property
    def streams(self) -> int: ...  # how many are open

    def ring(self, conversation: str) -> None: ...  # something about it was committed
    def wake(self, conversation: str) -> None: ...  # the same, but only in this process
    def draft(self, conversation: str, text: str) -> None: ...  # the reply so far; "" withdraws it
    def typing(self, conversation: str, author: Author, on: bool, name: str | None = None) -> None: ...
    def is_typing(self, conversation: str) -> bool: ...  # the customer, within the last seconds


class Bus(Protocol):
    """Carries short texts between processes; they may be lost."""

    def send(self, key: str, text: str) -> None: ...  # replaces what still waits under the same key
    async def run(self, heard: Callable[[str], None], missed: Callable[[], None]) -> None: ...


# -- messaging apps -------------------------------------------------------------------------------------


class Channel(Protocol):
    """One account in a messaging app: its webhook in, its calls out."""

    name: str
    account: str
    largest_call: int  # bytes that a webhook call of this app may have

    def greet(self, call: Call) -> str | None: ...  # the answer to the app's own test; None: no test
    def verify(self, call: Call) -> None: ...  # Unauthorized
    def parse(self, call: Call) -> Sequence[Event]: ...  # BadInput; unknown events yield none
    def parts(self, letter: Letter) -> Sequence[Part]: ...  # pure: the same on every try
    async def send(self, letter: Letter, part: Part) -> Sent: ...  # NotYet, Undeliverable
    async def typing(self, thread: Thread) -> None: ...  # shows that somebody is at it, if the app can
    async def fetch(self, source: str) -> bytes: ...  # a customer's file; NotYet, Undeliverable
    async def name_of(self, thread: Thread) -> str | None: ...  # what the person calls themselves
    async def check(self) -> Sequence[str]: ...  # what works, a line each; SetupError with the mend
    async def refresh(self, now: datetime) -> None: ...  # asks the app about its limits, where they change
    def standing(self, thread: Thread, now: datetime) -> Sequence[Mapping[str, Any]]: ...  # its limits now


# -- knowledge ------------------------------------------------------------------------------------------


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


@runtime_checkable
class FineEmbedder(Protocol):
    """An Embedder that also tells tokens apart: slower to compare, much better at ranking."""

    async def fine_passages(self, texts: Sequence[str]) -> Sequence[Fine]: ...
    async def fine_query(self, text: str) -> Fine: ...
    def spans(self, text: str) -> Spans: ...  # characters of each of the tokens of fine_passages([text])


@dataclass(frozen=True, slots=True, eq=False)
class PassageTokens:
    """The tokens of a passage, read in the context of the whole."""

    #: Characters of its text that each covers: (tokens, 2), from and to; below 0: of the headings above it.
    spans: Spans
    #: A small vector of each, of any length.
    tokens: Tokens


class KeptTokens(Protocol):
    """Tokens of passages, without embedding anything anew."""

    async def of(
        self, passages: Sequence[Passage]
    ) -> Sequence[PassageTokens | None]: ...  # None: none is kept


class VectorIndex(Protocol):
    """Nearest vectors; a cache that can be rebuilt. An id names a chunk and which of its vectors."""

    async def nearest(self, vector: Vectors, *, limit: int) -> list[tuple[int, float]]: ...  # (id, cosine)
    async def put(self, ids: Sequence[int], vectors: Vectors) -> None: ...
    async def remove(self, ids: Sequence[int]) -> None: ...
    async def among(self, ids: Sequence[int]) -> set[int]: ...  # those of them that it holds
    async def ids(self) -> set[int]: ...
    async def count(self) -> int: ...
    async def close(self) -> None: ...


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
    #: None: no budget, as on the command line.
    allowance: Allowance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An answer of which every sentence is supported; an empty text means there was nothing to say."""

    text: str
    citations: tuple[Citation, ...] = ()
    #: Model that wrote it, ``extractive`` for quotes.
    model: str = "extractive"
    prompt_version: str | None = None
    withheld: tuple[Withheld, ...] = ()
    tokens: int = 0  #: in and out together
    cost: float | None = None
    #: Why quotes stand in for a model's words; empty: they do not.
    instead: str = ""


#: Called with the whole text so far, each time a checked sentence is added.
Progress = Callable[[str], Awaitable[None]]
#: Turns a follow-up question into one that stands alone: (question, lines before it).
Rewrite = Callable[[str, Sequence[Said]], Awaitable[str]]


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

    # meaning: what the embedding model makes of it, if at hand
    def read(self, text: str, history: History, meaning: Meaning | None = None) -> Signals: ...


# -- storage --------------------------------------------------------------------------------------------


class Database(Protocol[S_co]):
    """Runs a step in one transaction: committed when it returns, rolled back when it raises."""

    async def write(self, step: Callable[[S_co], T]) -> T: ...
    async def read(self, step: Callable[[S_co], T]) -> T: ...


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


class HasCollections(Protocol):
    """A store whose transaction reaches the collections."""

    @property
    def collections(self) -> CollectionStore: ...


class HasArticles(Protocol):
    """A store whose transaction reaches the knowledge base."""

    @property
    def living(self) -> LivingStore: ...

    @property
    def sources(self) -> SourceStore: ...

    @property
    def articles(self) -> KnowledgeStore: ...
