"""Supervises the worker process from the web process."""

import asyncio
import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import structlog

from assistant.domain.errors import SetupError, Unavailable
from assistant.ipc.rpc import RpcChannel

log = structlog.get_logger()

#: The command; the socket's file descriptor is appended.
COMMAND: Sequence[str] = (sys.executable, "-m", "assistant.cli.worker")
#: Seconds until a restart: the first pause, and the longest.
FIRST_BACKOFF_SECONDS = 0.2
MAX_BACKOFF_SECONDS = 5.0
#: Interval of heartbeats, and missed heartbeats after which the process is killed.
HEARTBEAT_SECONDS = 10.0
MAX_MISSED_HEARTBEATS = 3
#: Seconds for the start: loading libraries and building an index take long on a busy machine.
MAX_MISSED_HEARTBEATS_STARTING = 18
#: Seconds after which a run counts as successful, which resets the pause.
WELL_SECONDS = 60.0


class LaunchedWorker(NamedTuple):
    process: "subprocess.Popen[bytes]"
    end: socket.socket


def launch_worker() -> LaunchedWorker:
    """Launch a worker process; it waits for `start`."""
    ours, theirs = socket.socketpair()
    with theirs:
        command = [*COMMAND, str(theirs.fileno())]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
    return LaunchedWorker(process, ours)


class WorkerSupervisor:
    def __init__(self, rpc: RpcChannel, start: Callable[[], Awaitable[None]]) -> None:
        """*start* starts the service in a new process; it raises SetupError or Unavailable on failure."""
        self._rpc, self._start = rpc, start
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False
        #: Set while the worker is running.
        self.ready = asyncio.Event()

    async def run(self, launched: LaunchedWorker) -> None:
        """Run until `stop`; SetupError when the first worker cannot start."""
        pause, proved = FIRST_BACKOFF_SECONDS, False
        while True:
            began = time.monotonic()
            why = await self._supervise_process(launched)
            proved = proved or self.ready.is_set()
            self.ready.clear()
            if self._stopping:
                return
            if not proved:
                raise SetupError(why)
            log.error("worker ended", why=why)
            pause = (
                FIRST_BACKOFF_SECONDS
                if time.monotonic() - began > WELL_SECONDS
                else min(pause * 2, MAX_BACKOFF_SECONDS)
            )
            await asyncio.sleep(pause)
            launched = await self._relaunch_worker()

    async def stop(self, seconds: float) -> None:
        """Stop the worker, which has *seconds* to finish its jobs."""
        self._stopping = True
        with contextlib.suppress(Unavailable):
            await self._rpc.call("stop", seconds=seconds)
        if self._process is not None:
            self._process.kill()

    async def _relaunch_worker(self) -> LaunchedWorker:
        """Launch again until it succeeds: a lack of memory or processes may be temporary."""
        while True:
            try:
                return launch_worker()
            except OSError as exc:
                log.error("worker not started", why=str(exc))
                await asyncio.sleep(MAX_BACKOFF_SECONDS)

    async def _supervise_process(self, launched: LaunchedWorker) -> str:
        """Supervise one process until it ends; returns why it ended."""
        self._process, end = launched
        await self._rpc.attach_socket(end)
        listening = asyncio.create_task(self._rpc.receive_messages())
        tasks = [
            asyncio.create_task(self._serve_worker(listening)),
            asyncio.create_task(self._watch_heartbeat()),
        ]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (listening, *tasks):
                task.cancel()
            await asyncio.gather(listening, *tasks, return_exceptions=True)
            if not self._stopping:
                self._process.kill()
        code, last = await self._wait_for_exit(), next(iter(ended))
        if exc := last.exception():
            log.error("worker not understood", exc_info=exc)
        why = None if exc else last.result()
        return why or f"The assistant's process ended ({code}) before it was told to; see above."

    async def _serve_worker(self, listening: "asyncio.Task[None]") -> str | None:
        """Serve RPC until the worker is gone; returns the SetupError of its start, if any."""
        try:
            await self._start()
            self.ready.set()
            await listening
        except SetupError as exc:
            return str(exc)
        except Unavailable:
            return None
        return None

    async def _watch_heartbeat(self) -> str:
        """Return when several heartbeats were missed: a hanging process still holds its locks."""
        missed = 0
        while missed < (MAX_MISSED_HEARTBEATS if self.ready.is_set() else MAX_MISSED_HEARTBEATS_STARTING):
            await asyncio.sleep(HEARTBEAT_SECONDS)
            try:
                await self._rpc.call("beat", seconds=HEARTBEAT_SECONDS)
            except Unavailable:
                missed += 1
            else:
                missed = 0
        return "The assistant's process hung, and was ended."

    async def _wait_for_exit(self) -> int:
        assert self._process is not None
        while (code := self._process.poll()) is None:
            await asyncio.sleep(0.02)
        return code
