"""Notifications to the subscribers of a conversation, in this process and in others."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from assistant.domain.messages import Author


class Subscriber(Protocol):
    """One open stream."""

    #: Set when the process stops: no more events.
    is_closed: bool

    # (conversation, event, data) of what is not stored; None: timeout
    async def next_events(self, timeout: float) -> list[tuple[str, str, dict[str, Any]]] | None: ...


class Notifier(Protocol):
    """Notifies the subscribers of a conversation, and carries what is not stored.

    Eight members because drafts, typing and colleagues' activity have different readers.
    """

    def subscribe(
        self, conversation: str = ""
    ) -> AbstractContextManager[Subscriber]: ...  # "": every conversation

    @property
    def stream_count(self) -> int: ...  # open streams

    def notify(self, conversation: str) -> None: ...  # something about it was committed
    def notify_local(self, conversation: str) -> None: ...  # the same, only in this process
    def publish_draft(self, conversation: str, text: str) -> None: ...  # the reply so far; "" withdraws it
    def publish_typing(
        self, conversation: str, author: Author, on: bool, name: str | None = None
    ) -> None: ...
    def publish_activity(
        self, conversation: str, agent: str, name: str, activity: str
    ) -> None: ...  # what an agent does there, for colleagues
    def is_typing(self, conversation: str) -> bool: ...  # the customer typed within the last seconds


class MessageBus(Protocol):
    """Carries short texts between processes; they may be lost."""

    def send(self, key: str, text: str) -> None: ...  # replaces an unsent one of the same key
    async def run(self, on_message: Callable[[str], None], on_missed: Callable[[], None]) -> None: ...
