"""The wire: who follows is woken, passing news stays small, typing does not last."""

import asyncio

import pytest

from assistant.domain.messages import Author
from assistant.notifications.notifier import TYPING_SECONDS, LocalNotifier


class SecondsClock:
    """A clock that is moved by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> SecondsClock:
    return SecondsClock()


@pytest.fixture
def wire(seconds: SecondsClock) -> LocalNotifier:
    return LocalNotifier(seconds)


async def test_a_ring_wakes_who_follows_the_conversation_or_everything_and_nobody_else(
    wire: LocalNotifier,
) -> None:
    with wire.subscribe("a") as of_a, wire.subscribe("b") as of_b, wire.subscribe() as of_all:
        wire.notify("a")
        async with asyncio.timeout(1):
            assert await of_a.next_events(5) == []
            assert await of_all.next_events(5) == []
        assert not await _is_woken(of_b.next_events(5))


async def _is_woken(news: object) -> bool:
    try:
        await asyncio.wait_for(news, 0.02)  # type: ignore[arg-type]
    except TimeoutError:
        return False
    return True


async def test_a_ring_between_two_looks_is_not_lost(wire: LocalNotifier) -> None:
    with wire.subscribe("a") as follower:
        wire.notify("a")
        assert await _is_woken(follower.next_events(5))
        wire.notify("a")
        assert await _is_woken(follower.next_events(5))
        assert not await _is_woken(follower.next_events(5))


async def test_news_gives_up_after_its_time(wire: LocalNotifier) -> None:
    with wire.subscribe("a") as follower:
        assert await follower.next_events(0.01) is None


async def test_a_follower_that_never_reads_holds_only_the_newest_of_each_kind(wire: LocalNotifier) -> None:
    with wire.subscribe() as follower:
        for number in range(5_000):
            wire.publish_draft("a", f"draft {number}")
            wire.publish_typing("a", Author.CUSTOMER, number % 2 == 0)
            wire.publish_typing("a", Author.ASSISTANT, True)
        news = await follower.next_events(1) or []
    assert len(news) == 3
    assert ("a", "delta", {"text": "draft 4999"}) in news


async def test_a_customer_who_types_does_not_hide_that_the_agent_stopped(wire: LocalNotifier) -> None:
    with wire.subscribe("a") as follower:
        wire.publish_typing("a", Author.AGENT, False, "Mori")
        wire.publish_typing("a", Author.CUSTOMER, True)
        told = {data["author"]: data["on"] for _, _, data in await follower.next_events(1) or []}
    assert told == {"agent": False, "customer": True}


async def test_what_is_said_in_one_conversation_is_not_passed_to_another(wire: LocalNotifier) -> None:
    with wire.subscribe("b") as follower:
        wire.publish_draft("a", "another customer's answer")
        wire.publish_typing("a", Author.AGENT, True, "Mori")
        assert await follower.next_events(0.01) is None


async def test_who_has_left_is_followed_no_more(wire: LocalNotifier) -> None:
    with wire.subscribe("a"), wire.subscribe("a"), wire.subscribe():
        assert wire.stream_count == 3
    assert wire.stream_count == 0
    wire.publish_draft("a", "to nobody")


async def test_at_a_stop_every_stream_ends_those_that_begin_later_too(wire: LocalNotifier) -> None:
    with wire.subscribe("a") as of_a, wire.subscribe() as of_all:
        waiting = asyncio.create_task(of_a.next_events(60))
        await asyncio.sleep(0)
        wire.close_all()
        async with asyncio.timeout(1):
            assert await waiting == []
            assert await of_all.next_events(60) == []
        with wire.subscribe("b") as late:
            assert await asyncio.wait_for(late.next_events(60), 1) == []
            assert (of_a.is_closed, of_all.is_closed, late.is_closed) == (True, True, True)


def test_typing_expires(wire: LocalNotifier, seconds: SecondsClock) -> None:
    wire.publish_typing("a", Author.CUSTOMER, True)
    seconds.now += TYPING_SECONDS - 0.01
    assert wire.is_typing("a")
    seconds.now += 0.02
    assert not wire.is_typing("a")


def test_a_customer_who_stopped_is_not_typing(wire: LocalNotifier) -> None:
    wire.publish_typing("a", Author.CUSTOMER, True)
    wire.publish_typing("a", Author.CUSTOMER, False)
    assert not wire.is_typing("a")


def test_only_the_customers_own_typing_holds_the_answer_back(wire: LocalNotifier) -> None:
    wire.publish_typing("a", Author.AGENT, True)
    wire.publish_typing("a", Author.ASSISTANT, True)
    assert not wire.is_typing("a")
    assert not wire.is_typing("b")


def test_a_ring_tells_the_loop_that_something_may_be_due(wire: LocalNotifier) -> None:
    wire.notify("a")
    assert wire.work_available.is_set()


async def test_keys_that_are_pressed_all_the_time_wake_nobody_all_the_time() -> None:
    """Every agent's stream would be woken by every key of every customer."""
    now = 0.0
    wire, passed = LocalNotifier(clock=lambda: now), []
    with wire.subscribe() as follower:
        for _ in range(40):  # four seconds of writing
            wire.publish_typing("a", Author.CUSTOMER, True)
            passed += await follower.next_events(0) or []
            assert wire.is_typing("a")
            now += 0.1
        wire.publish_typing("a", Author.CUSTOMER, False)
        wire.publish_typing("a", Author.CUSTOMER, False)
        passed += await follower.next_events(0) or []
    assert [data["on"] for _, _, data in passed] == [True] * 4 + [False]


async def test_what_each_colleague_did_last_is_kept(wire: LocalNotifier) -> None:
    with wire.subscribe() as follower:
        for agent, activity in (("mori", "viewing"), ("sato", "typing"), ("mori", "left")):
            wire.publish_activity("a", agent, agent.title(), activity)
        news = await follower.next_events(5)
    assert news is not None
    assert {data["agent"]: data["activity"] for _, _, data in news} == {"mori": "left", "sato": "typing"}
