"""The wire of several processes: what happens in one is heard in all."""

import asyncio
from collections.abc import Callable

import pytest

from assistant.domain.messages import Author
from assistant.notifications.journal_poller import JournalPoller
from assistant.notifications.notifier import LocalNotifier
from assistant.notifications.shared_notifier import SharedNotifier
from assistant.ports.notifications import Subscriber
from tests.harness import Harness


class LoopbackBus:
    """Two ends of a bus without a database: what one sends the other hears at once."""

    def __init__(self) -> None:
        self.other: LoopbackBus | None = None
        self.heard: Callable[[str], None] = lambda _text: None

    def send(self, key: str, text: str) -> None:
        if self.other:
            self.other.heard(text)

    async def run(self, heard: Callable[[str], None], missed: Callable[[], None]) -> None:
        self.heard = heard
        missed()


async def two() -> tuple[SharedNotifier, SharedNotifier, LoopbackBus]:
    here, there = LoopbackBus(), LoopbackBus()
    here.other, there.other = there, here
    wires = SharedNotifier(here), SharedNotifier(there)
    for wire in wires:
        await wire.run()
    return *wires, here


async def woken(follower: Subscriber) -> None:
    """Fails where the follower would have slept on."""
    async with asyncio.timeout(1):
        assert await follower.next_events(60) == []


async def test_a_ring_wakes_followers_and_workers_elsewhere() -> None:
    here, there, _ = await two()
    there.work_available.clear()
    with there.subscribe("c") as follower:
        here.notify("c")
        assert there.work_available.is_set()
        await woken(follower)


async def test_drafts_and_typing_are_seen_elsewhere() -> None:
    here, there, _ = await two()
    with there.subscribe("c") as follower:
        here.publish_draft("c", "返品の期限は")
        here.publish_typing("c", Author.CUSTOMER, True)
        assert await follower.next_events(1) == [
            ("c", "delta", {"text": "返品の期限は"}),
            ("c", "typing", {"author": "customer", "on": True, "name": None}),
        ]
    assert there.is_typing("c")


async def test_what_is_heard_is_not_sent_on() -> None:
    _, _, line = await two()
    sent = list[str]()
    line.send = lambda key, text: sent.append(text)  # type: ignore[method-assign]
    line.heard('["ring", "c", {}]')
    assert sent == []


async def test_followers_look_again_when_something_may_have_been_missed() -> None:
    wire = SharedNotifier(LoopbackBus())
    with wire.subscribe("c") as follower:
        await wire.run()
        await woken(follower)


async def test_words_of_another_version_are_passed_over() -> None:
    _, there, line = await two()
    assert line.other
    with there.subscribe("c") as follower:
        line.other.heard('["sing", "c", {"tune": "la"}]')
        assert await follower.next_events(0.01) is None


async def test_what_another_process_did_is_noticed_though_its_notice_was_lost(
    rig: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.notifications.journal_poller.POLL_SECONDS", 0.02)
    conversation = (await rig.open()).conversation.id
    wire = LocalNotifier()
    looking = asyncio.create_task(JournalPoller(rig.database, wire, rig.clock).run())
    await asyncio.sleep(0.05)
    with wire.subscribe(conversation) as follower:
        await rig.say(conversation, "返品したい")  # and nobody rings
        await woken(follower)
    looking.cancel()
