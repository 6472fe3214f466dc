"""Keeps the process alive that thinks for the one that answers calls."""

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
from assistant.ipc.rpc import Pipe

log = structlog.get_logger()

#: What is started; the number of the socket is added.
COMMAND: Sequence[str] = (sys.executable, "-m", "assistant.cli.worker")
#: Seconds between two starts: the first pause, and the longest.
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
#: It is asked so often whether it is alive, and given up after so many silences.
BEAT_SECONDS, MISSED_BEATS = 10.0, 3
#: Loading libraries and making an index on a busy machine may keep it from answering.
MISSED_STARTING = 18
#: One that lived for so long had started well.
WELL_SECONDS = 60.0


class Launched(NamedTuple):
    process: "subprocess.Popen[bytes]"
    end: socket.socket


def launch() -> Launched:
    """Start one; it waits to be asked to `start`."""
    ours, theirs = socket.socketpair()
    with theirs:
        command = [*COMMAND, str(theirs.fileno())]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
    return Launched(process, ours)


class Companion:
    def __init__(self, pipe: Pipe, start: Callable[[], Awaitable[None]]) -> None:
        """*start* asks a new process to begin; it raises SetupError or Unavailable when that fails."""
        self._pipe, self._start = pipe, start
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False
        #: Set while it works.
        self.ready = asyncio.Event()

    async def run(self, launched: Launched) -> None:
        """Until `stop`; SetupError when the very first one cannot work."""
        pause, proved = FIRST_PAUSE, False
        while True:
            began = time.monotonic()
            why = await self._live(launched)
            proved = proved or self.ready.is_set()
            self.ready.clear()
            if self._stopping:
                return
            if not proved:
                raise SetupError(why)
            log.error("worker ended", why=why)
            pause = FIRST_PAUSE if time.monotonic() - began > WELL_SECONDS else min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(pause)
            launched = await self._launch_again()

    async def stop(self, seconds: float) -> None:
        """Let it finish what it has in hand within *seconds*."""
        self._stopping = True
        with contextlib.suppress(Unavailable):
            await self._pipe.ask("stop", seconds=seconds)
        if self._process is not None:
            self._process.kill()

    async def _launch_again(self) -> Launched:
        """A machine that is short of memory or processes may have some later."""
        while True:
            try:
                return launch()
            except OSError as exc:
                log.error("worker not started", why=str(exc))
                await asyncio.sleep(LONGEST_PAUSE)

    async def _live(self, launched: Launched) -> str:
        """The life of one process; how it ended."""
        self._process, end = launched
        await self._pipe.open(end)
        listening = asyncio.create_task(self._pipe.listen())
        tasks = [asyncio.create_task(self._work(listening)), asyncio.create_task(self._miss_beats())]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (listening, *tasks):
                task.cancel()
            await asyncio.gather(listening, *tasks, return_exceptions=True)
            if not self._stopping:
                self._process.kill()
        code, last = await self._ended(), next(iter(ended))
        if exc := last.exception():
            log.error("worker not understood", exc_info=exc)
        why = None if exc else last.result()
        return why or f"The assistant's process ended ({code}) before it was told to; see above."

    async def _work(self, listening: "asyncio.Task[None]") -> str | None:
        """Until the other end is gone; what is to be mended first, if anything is."""
        try:
            await self._start()
            self.ready.set()
            await listening
        except SetupError as exc:
            return str(exc)
        except Unavailable:
            return None
        return None

    async def _miss_beats(self) -> str:
        """Until it has not answered for long: a process that hangs holds what nobody else may do."""
        missed = 0
        while missed < (MISSED_BEATS if self.ready.is_set() else MISSED_STARTING):
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await self._pipe.ask("beat", seconds=BEAT_SECONDS)
            except Unavailable:
                missed += 1
            else:
                missed = 0
        return "The assistant's process hung, and was ended."

    async def _ended(self) -> int:
        assert self._process is not None
        while (code := self._process.poll()) is None:
            await asyncio.sleep(0.02)
        return code
