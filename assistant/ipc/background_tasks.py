"""Supervises background tasks: one that fails is logged, reported, and restarted."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from typing import Any

import structlog

log = structlog.get_logger()

#: Starts a task; a task that returns is finished.
Start = Callable[[], Coroutine[Any, Any, None]]

#: Seconds until a restart: the first pause, and the longest.
FIRST_BACKOFF_SECONDS = 0.2
MAX_BACKOFF_SECONDS = 10.0
#: Seconds after which a run counts as successful, which resets the pause.
WELL_SECONDS = 60.0
#: Seconds for which `readyz` reports a failure, at least.
SHOWN_SECONDS = 10.0


class TaskSupervisor:
    def __init__(self) -> None:
        #: Running tasks by name.
        self.tasks: dict[str, asyncio.Task[None]] = {}
        #: Number of restarts of each task.
        self.restarts: Counter[str] = Counter()
        #: Time and reason of each task's last failure.
        self._failed: dict[str, tuple[float, str]] = {}

    @contextlib.asynccontextmanager
    async def run_tasks(self, work: Mapping[str, Start]) -> AsyncIterator[None]:
        """Run *work* within this context; cancelled on exit."""
        keepers = [asyncio.create_task(self._keep_running(name, start)) for name, start in work.items()]
        try:
            yield
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)

    def list_recent_failures(self) -> dict[str, str]:
        """Recent failures by task name."""
        since = time.monotonic() - SHOWN_SECONDS
        return {name: why for name, (moment, why) in self._failed.items() if moment > since}

    async def _keep_running(self, name: str, start: Start) -> None:
        pause = FIRST_BACKOFF_SECONDS
        while True:
            began = time.monotonic()
            task = self.tasks[name] = asyncio.create_task(start(), name=name)
            try:
                await asyncio.wait([task])
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            exc = asyncio.CancelledError() if task.cancelled() else task.exception()
            if exc is None:
                del self.tasks[name]
                return
            log.error("task ended", task=name, exc_info=exc)
            self.restarts[name] += 1
            self._failed[name] = time.monotonic(), f"It ended ({type(exc).__name__}) and is started again."
            pause = (
                FIRST_BACKOFF_SECONDS
                if time.monotonic() - began > WELL_SECONDS
                else min(pause * 2, MAX_BACKOFF_SECONDS)
            )
            await asyncio.sleep(pause)
