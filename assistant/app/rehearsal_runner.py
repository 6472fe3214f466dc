"""Runs the rehearsals that leads ask for, one at a time, each in a process of its own."""

from __future__ import annotations

import asyncio
import json
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from assistant.app.settings import Settings
from assistant.domain.errors import Unavailable

if TYPE_CHECKING:
    from assistant.domain.rehearsals import StoredRehearsal
    from assistant.ports.clock import Clock
    from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

#: Customers of a rehearsal in the console; each is asked twice.
CONSOLE_CUSTOMERS = 40
LOOK_SECONDS = 1.0
#: A rehearsal whose process says nothing for so long has hung, or its machine is gone.
MAX_SILENT = timedelta(minutes=20)
MAX_LINE_BYTES = 32 * 1024 * 1024
MODULE = "assistant.app.rehearsal_child"


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalRunner:
    database: Database[Store]
    settings: Settings
    clock: Clock
    most: int = CONSOLE_CUSTOMERS
    #: What is run in the child.
    module: str = MODULE

    async def run(self) -> None:
        """Run what is wanted until cancelled."""
        while True:
            with suppress(Unavailable):  # the next round tries again
                await self.run_next()
            await asyncio.sleep(LOOK_SECONDS)

    async def run_next(self) -> bool:
        """Run the oldest one; whether there was one."""
        now = self.clock()
        wanted = await self.database.write(lambda store: store.rehearsals.claim_next(now, now - MAX_SILENT))
        if wanted is None:
            return False
        problem: str | None = "The process that rehearses has ended; look at the log, and try again."
        result = None
        child = await self._start_child(wanted)
        try:
            result, told = await self._follow_child(child, wanted.id)
            problem = told if told or result is not None else problem
        except TimeoutError:
            problem = "The rehearsal did not go on and was ended; try again when the machine is less busy."
        finally:
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    child.kill()
            await child.wait()
        if result is None:
            log.warning("a rehearsal failed", why=problem)
        ended = self.clock()
        await self.database.write(
            lambda store: store.rehearsals.finish(
                wanted.id, ended, result, None if result is not None else problem
            )
        )
        return True

    async def _start_child(self, wanted: StoredRehearsal) -> Process:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", self.module), stdin=PIPE, stdout=PIPE, limit=MAX_LINE_BYTES
        )
        assert child.stdin is not None
        child.stdin.write(pickle.dumps((self.settings, dict(wanted.changes), self.most)))
        with suppress(ConnectionError):  # it is gone already, which its output shows
            await child.stdin.drain()
        child.stdin.close()
        return child

    async def _follow_child(self, child: Process, rehearsal: str) -> tuple[dict[str, Any] | None, str | None]:
        """(result, problem); neither if it ended without a word. TimeoutError when it is silent."""
        assert child.stdout is not None
        while True:
            async with asyncio.timeout(MAX_SILENT.total_seconds() / 2):
                line = await child.stdout.readline()
            if not line:
                return None, None
            told: dict[str, Any] = json.loads(line)
            if "done" not in told:
                return told.get("result"), told.get("problem")
            await self._save_progress(rehearsal, told["done"], told["total"])

    async def _save_progress(self, rehearsal: str, done: int, total: int) -> None:
        now = self.clock()
        with suppress(Unavailable):  # the next one is stored
            await self.database.write(
                lambda store: store.rehearsals.save_progress(rehearsal, done, total, now)
            )
