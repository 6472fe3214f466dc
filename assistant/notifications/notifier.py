"""Notifies the streams of this process, and forwards drafts and typing; it stores nothing."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from assistant.domain.messages import Author

#: Seconds for which a customer counts as typing after a key press.
TYPING_SECONDS = 2.0

#: Key of subscribers to every conversation.
EVERYTHING = ""


class LocalSubscriber:
    """One open stream: woken after commits; holds only the newest of what is not stored.

    A stream that is never read holds one entry per conversation, kind and author.
    """

    def __init__(self, *, over: bool = False) -> None:
        self.is_closed = over
        self._woken = asyncio.Event()
        self._passing: dict[tuple[str, str, str | None], dict[str, Any]] = {}

    def wake_up(self) -> None:
        self._woken.set()

    def close(self) -> None:
        self.is_closed = True
        self._woken.set()

    def push_event(self, conversation: str, event: str, data: dict[str, Any]) -> None:
        # By author: the customer's typing must not hide that the agent has stopped.
        self._passing[conversation, event, data.get("author") or data.get("agent")] = data
        self._woken.set()

    async def next_events(self, timeout: float) -> list[tuple[str, str, dict[str, Any]]] | None:
        """Wait for events: (conversation, event, data) of what is not stored; None after *timeout*
        seconds.
        """
        if self.is_closed:
            return []
        try:
            async with asyncio.timeout(timeout):
                await self._woken.wait()
        except TimeoutError:
            return None
        self._woken.clear()
        passing, self._passing = self._passing, {}
        return [(conversation, event, data) for (conversation, event, _), data in passing.items()]


class LocalNotifier:
    """The notifier of a single process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._followers: dict[str, set[LocalSubscriber]] = defaultdict(set)
        #: Conversation -> (until when its customer counts as typing, when that was last forwarded).
        self._typing: dict[str, tuple[float, float]] = {}
        self._clock = clock
        self._over = False
        #: Set whenever a job may have become due.
        self.work_available = asyncio.Event()

    async def run(self) -> None:
        """Nothing to do: a single process has no bus."""

    @contextmanager
    def subscribe(self, conversation: str = EVERYTHING) -> Iterator[LocalSubscriber]:
        follower = LocalSubscriber(over=self._over)
        self._followers[conversation].add(follower)
        try:
            yield follower
        finally:
            self._followers[conversation].discard(follower)
            if not self._followers[conversation]:
                del self._followers[conversation]

    def notify(self, conversation: str) -> None:
        self.notify_local(conversation)

    def notify_local(self, conversation: str) -> None:
        """Notify the subscribers in this process."""
        self.work_available.set()
        for follower in self._list_subscribers(conversation):
            follower.wake_up()

    def notify_all(self) -> None:
        """Notify all subscribers: notifications may have been lost."""
        self.work_available.set()
        for followers in self._followers.values():
            for follower in followers:
                follower.wake_up()

    def close_all(self) -> None:
        """End every stream; clients reconnect to the next process."""
        self._over = True
        for followers in self._followers.values():
            for follower in followers:
                follower.close()

    def publish_draft(self, conversation: str, text: str) -> None:
        self._push_event(conversation, "delta", {"text": text})

    def publish_typing(self, conversation: str, author: Author, on: bool, name: str | None = None) -> None:
        if author is Author.CUSTOMER and not self._update_typing(conversation, on):
            return  # throttled: a widget reports every key press, which would wake each agent's stream
        self._push_event(conversation, "typing", {"author": author.value, "on": on, "name": name})

    def publish_activity(self, conversation: str, agent: str, name: str, activity: str) -> None:
        self._push_event(conversation, "colleague", {"agent": agent, "name": name, "activity": activity})

    def is_typing(self, conversation: str) -> bool:
        return self._typing.get(conversation, (0.0, 0.0))[0] > self._clock()

    @property
    def stream_count(self) -> int:
        return sum(map(len, self._followers.values()))

    def _update_typing(self, conversation: str, on: bool) -> bool:
        """Whether typing must be forwarded: it changed, or its display would expire."""
        now = self._clock()
        self._typing = {key: (until, said) for key, (until, said) in self._typing.items() if until > now}
        _, said = self._typing.pop(conversation, (None, None))
        if not on:
            return said is not None
        changed = said is None or now - said >= TYPING_SECONDS / 2
        self._typing[conversation] = (now + TYPING_SECONDS, now if said is None or changed else said)
        return changed

    def _push_event(self, conversation: str, event: str, data: dict[str, Any]) -> None:
        for follower in self._list_subscribers(conversation):
            follower.push_event(conversation, event, data)

    def _list_subscribers(self, conversation: str) -> list[LocalSubscriber]:
        return [*self._followers.get(conversation, ()), *self._followers.get(EVERYTHING, ())]
