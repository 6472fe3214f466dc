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
from assistant.work.pipe import Pipe

log = structlog.get_logger()

#: What is started; the number of the socket is added.
COMMAND: Sequence[str] = (sys.executable, "-m", "assistant.cli.worker")
#: Seconds between two starts: the first pause, and the longest.
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
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
            launched = launch()

    async def stop(self, seconds: float) -> None:
        """Let it finish what it has in hand within *seconds*."""
        self._stopping = True
        with contextlib.suppress(Unavailable):
            await self._pipe.ask("stop", seconds=seconds)
        if self._process is not None:
            self._process.kill()

    async def _live(self, launched: Launched) -> str:
        """The life of one process; how it ended."""
        self._process, end = launched
        await self._pipe.open(end)
        connected = asyncio.create_task(self._pipe.listen())
        why = None
        try:
            await self._start()
            self.ready.set()
            await connected
        except (SetupError, Unavailable) as exc:
            why = str(exc) if isinstance(exc, SetupError) else None
        finally:
            connected.cancel()
            if not self._stopping:
                self._process.kill()
        code = await asyncio.to_thread(self._process.wait)
        return why or f"The assistant's process ended ({code}) before it was told to; see above."
