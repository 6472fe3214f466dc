"""The process that thinks is started again, whether it died or only hangs."""

import asyncio
import os
import signal
import sys

import pytest

from assistant.ipc import worker_supervisor
from assistant.ipc.rpc import RpcChannel
from assistant.ipc.worker_supervisor import WorkerSupervisor, launch_worker

#: A worker that does nothing but run.
LIVES = """
import asyncio, socket, sys
from assistant.ipc.rpc import RpcChannel

async def nothing():
    pass

async def live():
    pipe = RpcChannel()
    pipe.register(start=nothing, beat=nothing, stop=nothing)
    await pipe.attach_socket(socket.socket(fileno=int(sys.argv[1])))
    await pipe.receive_messages()

asyncio.run(live())
"""


@pytest.mark.parametrize("sign", [signal.SIGSTOP, signal.SIGKILL])
async def test_one_that_hangs_or_dies_is_followed_by_another(
    sign: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_supervisor, "COMMAND", (sys.executable, "-c", LIVES))
    monkeypatch.setattr(worker_supervisor, "HEARTBEAT_SECONDS", 0.3)
    monkeypatch.setattr(worker_supervisor, "MAX_MISSED_HEARTBEATS_STARTING", 1_000)
    pipe = RpcChannel()

    async def start() -> None:
        await pipe.call("start")

    kept, first = WorkerSupervisor(pipe, start), launch_worker()
    running = asyncio.create_task(kept.run(first))
    async with asyncio.timeout(60):
        await kept.ready.wait()
        os.kill(first.process.pid, sign)
        while kept.ready.is_set():
            await asyncio.sleep(0.01)
        await kept.ready.wait()
    assert first.process.poll() is not None
    await kept.stop(1)
    await running
