"""Opening a conversation as the console does: all that is shown with it, and what is related to it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

from assistant.api.agent import load_conversation_view
from assistant.api.context import ApiContext
from assistant.api.related import load_related
from assistant.conversation.contacts import ContactFinder
from assistant.domain.policy import Policy
from assistant.signals.facts import WordFactPicker
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from evals.bench.desk_data import LONGEST
from evals.bench.figures import Figure, compute_percentile

AGENT = "agent1"
ROUNDS = 20
#: The conversation with LONGEST messages, and usual ones.
LONG = "c0000000"
USUAL = tuple(f"c{number:07}" for number in range(90_000, 90_000 + ROUNDS))
PICK = WordFactPicker()
#: As much of the context as a view reads.
CONTEXT = cast(
    ApiContext,
    SimpleNamespace(
        hosts=("shop.example",),
        policy=Policy(),
        channels={},
        clock=lambda: datetime.now(UTC),
        build_contact_finder=lambda: ContactFinder(pick_facts=PICK, channels=()),
    ),
)


async def measure_opening(database: SqlDatabase[SqlStore]) -> list[Figure]:
    long = [_build_view_step(LONG)] * ROUNDS
    existing = await database.read(lambda store: store.conversations.list_existing(USUAL))
    usual = [one.id for one in existing] or [LONG]
    return [
        *await _measure_steps(database, f"opening a conversation of {LONGEST:,} messages", long, 80),
        *await _measure_steps(database, "opening a usual one", [_build_view_step(one) for one in usual], 50),
        *await _measure_steps(
            database, "what is related to it", [_build_related_step(one) for one in usual], 150
        ),
    ]


def _build_view_step(conversation: str) -> Callable[[SqlStore], object]:
    return lambda store: load_conversation_view(store, conversation, AGENT, CONTEXT)


def _build_related_step(conversation: str) -> Callable[[SqlStore], object]:
    return lambda store: load_related(store, store.conversations.get(conversation), AGENT, PICK)


async def _measure_steps(
    database: SqlDatabase[SqlStore], measure: str, steps: list[Callable[[SqlStore], object]], limit: float
) -> list[Figure]:
    """Wall clock and processor time; the first of each is made before, as a service that runs has."""
    seconds, busy = list[float](), list[float]()
    await database.read(steps[0])
    for step in steps:
        started, cpu = time.perf_counter(), time.process_time()
        await database.read(step)
        seconds.append(time.perf_counter() - started)
        busy.append(time.process_time() - cpu)
    return [
        Figure(
            measure=f"{measure}{what} p95",
            value=round(compute_percentile(taken, 95) * 1000, 2),
            unit="ms",
            floor=limit,
            beside="the limit",
        )
        for what, taken in (("", seconds), (", processor time", busy))
    ]
