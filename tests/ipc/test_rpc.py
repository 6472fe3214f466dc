"""Two ends of a pipe in one process: what one asks, the other answers, until either ends."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from assistant.domain.errors import NotFound, Unavailable
from assistant.ipc.rpc import Pipe
from assistant.notifications.shared_notifier import SharedWire

Ends = tuple[Pipe, Pipe]


@pytest.fixture
async def ends() -> AsyncIterator[Ends]:
    """Open and listening."""
    here, there = Pipe(), Pipe()
    listening = []
    for pipe, end in zip((here, there), socket.socketpair(), strict=True):
        await pipe.open(end)
        listening.append(asyncio.create_task(pipe.listen()))
    yield here, there
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)


async def test_what_is_asked_is_answered(ends: Ends) -> None:
    async def longer(text: str, by: int) -> str:
        return text * by

    ends[1].offer(longer=longer)
    assert await ends[0].ask("longer", "返品", 3) == "返品返品返品"


async def test_our_own_errors_come_back_whole(ends: Ends) -> None:
    async def nowhere() -> None:
        raise NotFound("There is no such shelf.", shelf=3)

    ends[1].offer(nowhere=nowhere)
    with pytest.raises(NotFound, match="no such shelf") as raised:
        await ends[0].ask("nowhere")
    assert raised.value.details == {"shelf": 3}


async def test_any_other_error_is_logged_there_and_told_in_one_line(ends: Ends) -> None:
    async def broken() -> None:
        raise ZeroDivisionError("a customer's words")

    ends[1].offer(broken=broken)
    with pytest.raises(Unavailable, match="broken failed") as raised:
        await ends[0].ask("broken")
    assert "words" not in str(raised.value)


async def test_who_does_not_answer_in_time_is_unavailable(ends: Ends) -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    ends[1].offer(never=never)
    with pytest.raises(Unavailable, match="does not answer"):
        await ends[0].ask("never", seconds=0.02)


async def test_an_end_that_dies_leaves_nobody_waiting() -> None:
    here, (ours, theirs) = Pipe(), socket.socketpair()
    await here.open(ours)
    listening = asyncio.create_task(here.listen())
    asked = asyncio.create_task(here.ask("health"))
    await asyncio.sleep(0)
    theirs.close()
    with pytest.raises(Unavailable, match="has ended"):
        await asked
    await listening
    with pytest.raises(Unavailable, match="is starting"):
        await here.ask("health")


async def test_rings_reach_the_other_process(ends: Ends) -> None:
    wires = [SharedWire(end) for end in ends]
    listening = [asyncio.create_task(wire.run()) for wire in wires]
    await asyncio.sleep(0)
    wires[1].work.clear()
    with wires[1].subscribe("c") as follower:
        wires[0].notify("c")
        async with asyncio.timeout(1):
            assert await follower.next_events(60) == []
    assert wires[1].work.is_set()
    for task in listening:
        task.cancel()


async def test_whoever_follows_looks_again_when_a_new_process_has_come() -> None:
    pipe = Pipe()
    wire = SharedWire(pipe)
    listening = asyncio.create_task(wire.run())
    await asyncio.sleep(0)
    with wire.subscribe("c") as follower:
        ours, theirs = socket.socketpair()
        await pipe.open(ours)
        async with asyncio.timeout(1):
            assert await follower.next_events(60) == []
    theirs.close()
    await pipe.listen()
    listening.cancel()
