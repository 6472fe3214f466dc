"""One database transaction, and everything that it offers.

Synchronous on purpose: a step inside a transaction cannot await, so none is ever open while a model thinks.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from assistant.ports.storage.articles import KnowledgeStore
from assistant.ports.storage.conversations import Conversations, FeedbackStore, Handoffs, Messages, Turns
from assistant.ports.storage.jobs import DueRows, Journal
from assistant.ports.storage.knowledge import CollectionStore, LivingStore, SourceStore
from assistant.ports.storage.messaging import Deliveries, MediaStore, Threads
from assistant.ports.storage.metrics import Numbers, Spending
from assistant.ports.storage.people import Agents, Audit, Customers, Erasure, Links

T = TypeVar("T")

S_co = TypeVar("S_co", covariant=True)


class Database(Protocol[S_co]):
    """Runs a step in one transaction: committed when it returns, rolled back when it raises."""

    async def write(self, step: Callable[[S_co], T]) -> T: ...
    async def read(self, step: Callable[[S_co], T]) -> T: ...


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


class Store(Protocol):
    """Everything about conversations, inside one transaction."""

    def alone(self) -> AbstractContextManager[None]: ...  # kept or taken back by itself; Broken

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
    @property
    def erasure(self) -> Erasure: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def numbers(self) -> Numbers: ...
    @property
    def threads(self) -> Threads: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def media(self) -> MediaStore: ...
    @property
    def links(self) -> Links: ...
    @property
    def spending(self) -> Spending: ...
    @property
    def sources(self) -> SourceStore: ...
    @property
    def living(self) -> LivingStore: ...
