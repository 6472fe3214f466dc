"""Two ends of a pipe in one process: what one asks, the other answers, until either ends."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from assistant.domain.errors import NotFound, Unavailable
from assistant.ipc.rpc import RpcChannel
from assistant.notifications.shared_notifier import SharedNotifier

Ends = tuple[RpcChannel, RpcChannel]


@pytest.fixture
async def ends() -> AsyncIterator[Ends]:
    """Open and listening."""
    here, there = RpcChannel(), RpcChannel()
    listening = []
    for pipe, end in zip((here, there), socket.socketpair(), strict=True):
        await pipe.attach_socket(end)
        listening.append(asyncio.create_task(pipe.receive_messages()))
    yield here, there
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)


async def test_what_is_asked_is_answered(ends: Ends) -> None:
    async def longer(text: str, by: int) -> str:
        return text * by

    ends[1].register(longer=longer)
    assert await ends[0].call("longer", "返品", 3) == "返品返品返品"


async def test_our_own_errors_come_back_whole(ends: Ends) -> None:
    async def nowhere() -> None:
        raise NotFound("There is no such shelf.", shelf=3)

    ends[1].register(nowhere=nowhere)
    with pytest.raises(NotFound, match="no such shelf") as raised:
        await ends[0].call("nowhere")
    assert raised.value.details == {"shelf": 3}


async def test_any_other_error_is_logged_there_and_told_in_one_line(ends: Ends) -> None:
    async def broken() -> None:
        raise ZeroDivisionError("a customer's words")

    ends[1].register(broken=broken)
    with pytest.raises(Unavailable, match="broken failed") as raised:
        await ends[0].call("broken")
    assert "words" not in str(raised.value)


async def test_who_does_not_answer_in_time_is_unavailable(ends: Ends) -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    ends[1].register(never=never)
    with pytest.raises(Unavailable, match="does not answer"):
        await ends[0].call("never", seconds=0.02)


async def test_an_end_that_dies_leaves_nobody_waiting() -> None:
    here, (ours, theirs) = RpcChannel(), socket.socketpair()
    await here.attach_socket(ours)
    listening = asyncio.create_task(here.receive_messages())
    asked = asyncio.create_task(here.call("health"))
    await asyncio.sleep(0)
    theirs.close()
    with pytest.raises(Unavailable, match="has ended"):
        await asked
    await listening
    with pytest.raises(Unavailable, match="is starting"):
        await here.call("health")


async def test_rings_reach_the_other_process(ends: Ends) -> None:
    wires = [SharedNotifier(end) for end in ends]
    listening = [asyncio.create_task(wire.run()) for wire in wires]
    await asyncio.sleep(0)
    wires[1].work_available.clear()
    with wires[1].subscribe("c") as follower:
        wires[0].notify("c")
        async with asyncio.timeout(1):
            assert await follower.next_events(60) == []
    assert wires[1].work_available.is_set()
    for task in listening:
        task.cancel()


async def test_whoever_follows_looks_again_when_a_new_process_has_come() -> None:
    pipe = RpcChannel()
    wire = SharedNotifier(pipe)
    listening = asyncio.create_task(wire.run())
    await asyncio.sleep(0)
    with wire.subscribe("c") as follower:
        ours, theirs = socket.socketpair()
        await pipe.attach_socket(ours)
        async with asyncio.timeout(1):
            assert await follower.next_events(60) == []
    theirs.close()
    await pipe.receive_messages()
    listening.cancel()
