"""Rows of reports by UTC day, kept in this process: a page of a busy month is counted, not read again.

A day is read again at once when a conversation of it ended, was erased or was rated, or when themes changed.
What no mark tells of, that somebody came back or a question was sorted, is at most `RECENT_SECONDS` old.
"""

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from assistant.conversation.report import LoadRows, ProfiledRows, load_profiled_rows
from assistant.conversation.report_profiles import RowProfile
from assistant.domain.errors import Unavailable
from assistant.ports.clock import Clock
from assistant.ports.storage.store import Database, Store

T = TypeVar("T")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
#: Whether an answer lasts is known after so many days: until then a day's rows change by themselves.
RECENT_DAYS = 8
RECENT_SECONDS = 60.0
OLD_SECONDS = 3600.0
LOOK_SECONDS = 5.0
#: Rows kept, some 600 bytes each; the days that were asked for last stay.
MAX_ROWS = 150_000


@dataclass(slots=True)
class DayBlock:
    rows: ProfiledRows
    #: Conversations that ended on the day when it was read, and when that was.
    ended: int
    read_at: float


class ReportCache:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._blocks: OrderedDict[int, DayBlock] = OrderedDict()
        self._profiles: dict[RowProfile, RowProfile] = {}
        self._feedback = 0
        self._events = 0
        self._lock = threading.Lock()
        self._one_at_a_time = asyncio.Lock()

    async def read(self, database: Database[Store], step: Callable[[Store, LoadRows], T]) -> T:
        """Run *step* with the kept rows; one report at a time, so that nothing is read twice."""
        async with self._one_at_a_time:
            return await database.read(lambda store: step(store, self.load_rows))

    async def run_refresh(self, database: Database[Store], clock: Clock) -> None:
        """Read days anew that have grown old, one at a time, so that no page waits for it."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            with suppress(Unavailable):
                await self.refresh_stale(database, clock)

    async def refresh_stale(self, database: Database[Store], clock: Clock) -> None:
        for day in self._list_stale(clock()):
            await self.read(database, partial(self._refresh_day, day=day, now=clock()))

    def _refresh_day(self, store: Store, _load_rows: LoadRows, *, day: int, now: datetime) -> None:
        with self._lock:
            place = list(self._blocks).index(day)
            self._read_days(store, [day], now)
            # Being read anew is no use of it.
            if place < len(self._blocks) // 2:
                self._blocks.move_to_end(day, last=False)

    def load_rows(self, store: Store, start: datetime, end: datetime, now: datetime) -> ProfiledRows:
        """As `load_profiled_rows`, from what is kept where nothing has changed."""
        days = range((start - EPOCH) // DAY, -((EPOCH - end) // DAY))
        with self._lock:
            self._drop_rated(store)
            ended = store.report.count_by_utc_day(_begin(days[0]), _begin(days[-1] + 1)) if days else {}
            missing = [
                day
                for day in days
                if ended.get(day, 0) != self._count(day)
                and not self._add_latest(store, day, ended.get(day, 0), now)
            ]
            for run in _split_runs(missing):
                self._read_days(store, run, now)
            rows = [pair for day in days if day in self._blocks for pair in self._use(day).rows]
            self._forget_oldest()
        return [pair for pair in rows if start <= pair[0].ended_at < end]

    def _count(self, day: int) -> int:
        return self._blocks[day].ended if day in self._blocks else 0

    def _add_latest(self, store: Store, day: int, ended: int, now: datetime) -> bool:
        """Read only what ended after the last row that is kept; False: that is not all that is new."""
        block = self._blocks.get(day)
        if block is None:
            return False
        after = block.rows[-1][0].ended_at + timedelta(microseconds=1)
        new = load_profiled_rows(store, after, _begin(day + 1), now)
        if block.ended + len(new) != ended:
            return False
        block.rows, block.ended = [*block.rows, *new], ended
        return True

    def _use(self, day: int) -> DayBlock:
        self._blocks.move_to_end(day)
        return self._blocks[day]

    def _drop_rated(self, store: Store) -> None:
        """Forget the days of conversations that were rated since; all, if themes changed."""
        feedback, events = store.report.load_last_ids()
        if events != self._events or feedback < self._feedback:
            self._blocks.clear()
        elif self._blocks and feedback > self._feedback:
            for ended_at in store.report.list_rated_ends(self._feedback):
                self._blocks.pop((ended_at - EPOCH) // DAY, None)
        self._feedback, self._events = feedback, events

    def _read_days(self, store: Store, days: Sequence[int], now: datetime) -> None:
        """Days in a row."""
        found: dict[int, list[Any]] = {day: [] for day in days}
        for row, profile in load_profiled_rows(store, _begin(days[0]), _begin(days[-1] + 1), now):
            known = self._profiles.setdefault(profile, profile)
            found[(row.ended_at - EPOCH) // DAY].append((row, known))
        for day, rows in found.items():
            self._blocks.pop(day, None)
            if rows:
                self._blocks[day] = DayBlock(rows=rows, ended=len(rows), read_at=self._clock())

    def _list_stale(self, now: datetime) -> list[int]:
        recent = (now - EPOCH) // DAY - RECENT_DAYS
        return [
            day
            for day, block in list(self._blocks.items())
            if self._clock() - block.read_at >= (RECENT_SECONDS if day >= recent else OLD_SECONDS)
        ]

    def _forget_oldest(self) -> None:
        total = sum(len(block.rows) for block in self._blocks.values())
        while total > MAX_ROWS and self._blocks:
            _, block = self._blocks.popitem(last=False)
            total -= len(block.rows)


def _begin(day: int) -> datetime:
    return EPOCH + day * DAY


def _split_runs(days: Sequence[int]) -> Iterator[list[int]]:
    """Days that follow each other, together."""
    run: list[int] = []
    for day in days:
        if run and day != run[-1] + 1:
            yield run
            run = []
        run.append(day)
    if run:
        yield run
