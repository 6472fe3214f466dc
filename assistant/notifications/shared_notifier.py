"""A notifier for several processes, connected by a message bus; messages may be lost."""

import json
from collections.abc import Callable
from typing import Any

from assistant.domain.messages import Author
from assistant.notifications.notifier import LocalNotifier
from assistant.ports.notifications import MessageBus


class SharedNotifier(LocalNotifier):
    """Notifies the subscribers in this process directly, and those in other processes through *bus*."""

    def __init__(self, bus: MessageBus) -> None:
        super().__init__()
        self._bus = bus

    async def run(self) -> None:
        """Receive messages until cancelled."""
        await self._bus.run(self._dispatch_notice, self.notify_all)

    def notify(self, conversation: str) -> None:
        super().notify(conversation)
        self._broadcast_event("ring", conversation)

    def publish_draft(self, conversation: str, text: str) -> None:
        super().publish_draft(conversation, text)
        self._broadcast_event("draft", conversation, text=text)

    def publish_typing(self, conversation: str, author: Author, on: bool, name: str | None = None) -> None:
        super().publish_typing(conversation, author, on, name)
        self._broadcast_event("typing", conversation, author=author.value, on=on, name=name)

    def publish_activity(self, conversation: str, agent: str, name: str, activity: str) -> None:
        super().publish_activity(conversation, agent, name, activity)
        self._broadcast_event("activity", conversation, agent=agent, name=name, activity=activity)

    def _broadcast_event(self, what: str, conversation: str, **more: Any) -> None:
        key = f"{what} {conversation} {more.get('author') or more.get('agent', '')}"
        self._bus.send(key, json.dumps([what, conversation, more], ensure_ascii=False))

    def _dispatch_notice(self, notice: str) -> None:
        what, conversation, more = json.loads(notice)
        told: dict[str, Callable[[], None]] = {
            "ring": lambda: self.notify_local(conversation),
            "draft": lambda: super(SharedNotifier, self).publish_draft(conversation, more["text"]),
            "typing": lambda: super(SharedNotifier, self).publish_typing(
                conversation, Author(more["author"]), more["on"], more["name"]
            ),
            "activity": lambda: super(SharedNotifier, self).publish_activity(
                conversation, more["agent"], more["name"], more["activity"]
            ),
        }
        if what in told:  # another version of the program may send other kinds
            told[what]()
