"""The dashboard at volume: what its calls compute, from 100,000 conversations with 1,000,000 messages.

Ranges and filters change with each call, and conversations go on ending meanwhile; beside it the same figures
from the raw rows.
"""

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from assistant.api.insight import load_themes
from assistant.api.live_figures import load_counts
from assistant.api.report_cache import ReportCache
from assistant.api.report_schemas import ReportOut
from assistant.conversation.report import ReportRange, load_report
from assistant.domain.policy import Policy
from assistant.storage import tables as t
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from evals.bench.desk import open_filled
from evals.bench.figures import compute_percentile
from evals.bench.insight_data import fill_outcomes

CONVERSATIONS = 100_000
CALLS = 100
#: Days that leads look at, the usual one most often.
RANGES = (7, 28, 28, 28)
FILTERS: tuple[dict[str, str], ...] = ({}, {}, {"channel": "line"}, {"language": "ja"}, {"theme": "theme3"})
#: Every so many calls a conversation ends.
ENDS_EVERY = 2


class DashboardLoad:
    def __init__(self, database: SqlDatabase[SqlStore], seed: int = 19) -> None:
        self.database, self.chance, self.cache = database, random.Random(seed), ReportCache()
        with database.engine.connect() as connection:
            latest = sa.select(sa.func.max(t.outcomes.c.ended_at))
            last: datetime = connection.execute(latest).scalar_one()
            still = sa.select(t.conversations.c.id).where(t.conversations.c.state != "closed")
            self.open = list(connection.execute(still.order_by(t.conversations.c.id)).scalars())
        self.now = last.astimezone(UTC) + timedelta(minutes=1)
        self.ended = 0

    async def load_page(self, days: int, **filters: str) -> None:
        """The report, the themes and the live figures, as the page asks for them."""
        wanted = ReportRange(start=self.now - timedelta(days=days), end=self.now, **filters)
        step = partial(_load_kept, wanted=wanted, now=self.now)
        found = await self.cache.read(self.database, lambda store, rows: step(store, load_rows=rows))
        ReportOut.model_validate(found).model_dump_json()
        await self.database.read(partial(load_themes, now=self.now, span=timedelta(days=days)))
        await self.database.read(
            partial(load_counts, presence_seconds=Policy().presence_seconds, now=self.now)
        )

    async def load_raw(self, days: int) -> None:
        wanted = ReportRange(start=self.now - timedelta(days=days), end=self.now)
        await self.database.read(lambda store: load_report(store, wanted, self.now))

    async def end_conversation(self) -> None:
        """Its day is read again with the next page."""
        self.now += timedelta(seconds=10)
        self.ended += 1
        end = {"kind": "answered", "ended_by": "customer", "why": "nothing_more_said", "ended_at": self.now}
        row = {"conversation": self.open[-self.ended], **end}

        def add_end(store: SqlStore) -> None:
            store.report._connection.execute(sa.insert(t.outcomes), row)

        await self.database.write(add_end)

    async def take_back(self) -> None:
        """The database is kept for other figures: what was ended is open again."""
        still = sa.select(t.conversations.c.id).where(t.conversations.c.state != "closed")
        ended = t.outcomes.c.conversation.in_(still)
        await self.database.write(
            lambda store: store.report._connection.execute(sa.delete(t.outcomes).where(ended))
        )


def _load_kept(store: Any, *, wanted: ReportRange, now: datetime, load_rows: Any) -> dict[str, Any]:
    return load_report(store, wanted, now, load_rows=load_rows) | {"zone": "Asia/Tokyo"}


async def measure_dashboard(calls: int = CALLS, url: str | None = None) -> list[str]:
    database = open_filled(url, CONVERSATIONS)
    fill_outcomes(database)
    load, seconds, busy = DashboardLoad(database), list[float](), list[float]()
    await load.take_back()  # of a run that was broken off
    first = await _time(load.load_page(28))
    for number in range(calls):
        if number % ENDS_EVERY == 0:
            await load.end_conversation()
        cpu = time.process_time()
        seconds.append(await _time(load.load_page(load.chance.choice(RANGES), **load.chance.choice(FILTERS))))
        busy.append(time.process_time() - cpu)
    raw = await _time(load.load_raw(28))
    await load.take_back()
    database.close()
    return [
        f"dashboard page at 1,000,000 messages: p50 {_format(seconds, 50)}, p95 {_format(seconds, 95)} "
        f"(processor time p95 {_format(busy, 95)}), most {_format(seconds, 100)}, the first after a start "
        f"{first:.1f} s, from raw rows {raw:.1f} s; {calls} calls"
    ]


async def _time(call: Any) -> float:
    started = time.perf_counter()
    await call
    return time.perf_counter() - started


def _format(seconds: list[float], share: float) -> str:
    return f"{compute_percentile(seconds, share) * 1000:.0f} ms"


def run_dashboard(calls: int, url: str | None) -> list[str]:
    return asyncio.run(measure_dashboard(calls, url))
