"""Wakes the streams of this process and carries drafts and typing to them; nothing here is the truth."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from assistant.domain.messages import Author

#: A customer who pressed a key this recently is still writing.
TYPING_SECONDS = 2.0

#: Key of those who follow every conversation.
EVERYTHING = ""


class LocalSubscriber:
    """One open stream: woken when something was committed, holding only the newest of what is not stored.

    A reader that never reads costs one entry per conversation, kind and author, however much happens.
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
        self._passing[conversation, event, data.get("author")] = data
        self._woken.set()

    async def next_events(self, timeout: float) -> list[tuple[str, str, dict[str, Any]]] | None:
        """Wait to be woken: (conversation, event, data) of what is not stored; None: *timeout* seconds passed
        and nothing happened."""
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
    """The wire of a single process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._followers: dict[str, set[LocalSubscriber]] = defaultdict(set)
        #: Conversation -> until when its customer counts as writing, and when that was last passed on.
        self._typing: dict[str, tuple[float, float]] = {}
        self._clock = clock
        self._over = False
        #: Set whenever something may have become due.
        self.work_available = asyncio.Event()

    async def run(self) -> None:
        """Nothing to listen to: whatever happens, happens here."""

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
        """Let whoever follows it, here, look again."""
        self.work_available.set()
        for follower in self._list_subscribers(conversation):
            follower.wake_up()

    def notify_all(self) -> None:
        """Let everybody look: something may have happened that was not heard of."""
        self.work_available.set()
        for followers in self._followers.values():
            for follower in followers:
                follower.wake_up()

    def close_all(self) -> None:
        """End every stream; clients come back to whoever serves then."""
        self._over = True
        for followers in self._followers.values():
            for follower in followers:
                follower.close()

    def publish_draft(self, conversation: str, text: str) -> None:
        self._push_event(conversation, "delta", {"text": text})

    def publish_typing(self, conversation: str, author: Author, on: bool, name: str | None = None) -> None:
        if author is Author.CUSTOMER and not self._update_typing(conversation, on):
            return  # nothing new: a widget says it with every key, and each agent's stream would be woken
        self._push_event(conversation, "typing", {"author": author.value, "on": on, "name": name})

    def is_typing(self, conversation: str) -> bool:
        return self._typing.get(conversation, (0.0, 0.0))[0] > self._clock()

    @property
    def stream_count(self) -> int:
        return sum(map(len, self._followers.values()))

    def _update_typing(self, conversation: str, on: bool) -> bool:
        """Whether that is news: a change, or as much as is needed to go on showing it."""
        now = self._clock()
        self._typing = {key: (until, said) for key, (until, said) in self._typing.items() if until > now}
        _, said = self._typing.pop(conversation, (None, None))
        if not on:
            return said is not None
        news = said is None or now - said >= TYPING_SECONDS / 2
        self._typing[conversation] = (now + TYPING_SECONDS, now if said is None or news else said)
        return news

    def _push_event(self, conversation: str, event: str, data: dict[str, Any]) -> None:
        for follower in self._list_subscribers(conversation):
            follower.push_event(conversation, event, data)

    def _list_subscribers(self, conversation: str) -> list[LocalSubscriber]:
        return [*self._followers.get(conversation, ()), *self._followers.get(EVERYTHING, ())]
