"""The agents' desk at volume: ``python -m evals bench desk [--url postgresql://…]``.

100,000 conversations with 1,000,000 messages are made once and kept. Pages and searches are what
the API computes for a call, rows included; beside a search stands ``LIKE '%…%'`` over the same messages in
the same run. Every search must find what LIKE finds.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import gettempdir

import sqlalchemy as sa

from assistant.api.inbox import PageIn, load_inbox_page, load_search_page
from assistant.conversation import desk
from assistant.domain.people import Agent
from assistant.storage import tables as t
from assistant.storage.database import SqlDatabase, create_sqlite_engine
from assistant.storage.migrate import migrate_schema
from assistant.storage.postgres import create_postgres_engine
from assistant.storage.store import SqlStore
from evals.bench.desk_claims import RULES, measure_overlaps
from evals.bench.desk_data import fill_database, load_sentences
from evals.bench.desk_opening import measure_opening
from evals.bench.figures import Figure, compute_percentile, format_table

FOLDER = Path(gettempdir()) / "yorisoi-evals"
ROUNDS = 200
#: Searches a second while conversations are claimed.
STORM = 20
#: The lists that an agent looks at.
LISTS = (
    {"state": "queued"},
    {"mine": "true"},
    {"state": "agent"},
    {"state": "assistant"},
    {"state": "closed"},
)
AGENT = "agent1"


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals bench desk", description=__doc__)
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--claims", type=int, default=10_000, help="conversations given and claimed at once")
    parser.add_argument("--url", help="an empty PostgreSQL database, or one that this command filled")
    parser.add_argument("--json", action="store_true", help="one JSON object per figure")
    options = parser.parse_args()
    database = open_filled(options.url, options.conversations)
    figures = asyncio.run(_measure_desk(database, options.rounds, options.claims))
    database.close()
    if options.json:
        print("\n".join(json.dumps(asdict(figure) | {"ratio": figure.ratio}) for figure in figures))
    else:
        print(format_table(figures))


def open_filled(url: str | None, conversations: int) -> SqlDatabase[SqlStore]:
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"desk-{conversations}.sqlite"
    engine = create_postgres_engine(url) if url else create_sqlite_engine(path)
    migrate_schema(engine)
    database = SqlDatabase(engine, SqlStore)
    with engine.connect() as connection:
        found = connection.execute(sa.select(sa.func.count()).select_from(t.conversations)).scalar_one()
    if found == 0:
        _print_progress(f"Making {conversations:,} conversations, once …")
        started = time.perf_counter()
        fill_database(database, conversations)
        _print_progress(f"made in {time.perf_counter() - started:.0f} s")
    elif found != conversations:
        raise SystemExit(f"This database has {found} conversations; give an empty one.")
    return database


async def _measure_desk(database: SqlDatabase[SqlStore], rounds: int, claims: int) -> list[Figure]:
    _print_progress("Reading pages of the inbox …")
    figures = await _measure_pages(database, rounds)
    _print_progress("Searching …")
    figures += await _measure_search(database, rounds)
    _print_progress("Opening the longest conversation, and others with what is related …")
    figures += await measure_opening(database)
    _print_progress("Claiming, alone and in a storm of searches …")
    figures += await _measure_claims(database, rounds)
    _print_progress("Giving and claiming at once …")
    return figures + await measure_overlaps(database, claims)


async def _measure_pages(database: SqlDatabase[SqlStore], rounds: int) -> list[Figure]:
    first, following, busy = list[float](), list[float](), list[float]()
    for filters in LISTS:
        after = ""
        for number in range(rounds // len(LISTS)):
            page = PageIn.model_validate({**filters, "after": after})
            wanted = page.to_filter(AGENT, datetime.now(UTC))
            started, cpu = time.perf_counter(), time.process_time()
            found = await database.read(lambda s, p=page, w=wanted: load_inbox_page(s, p, w, AGENT))  # type: ignore[misc]
            (following if after else first).append(time.perf_counter() - started)
            busy.append(time.process_time() - cpu)
            after = found["next"] or ""
            if number == 0:
                assert found["conversations"], filters
    return [
        _build_figure("first page of a list p95", first, 50),
        _build_figure("next page p95", following, 50),
        _build_figure("a page, processor time p95", busy, 50),
    ]


async def _measure_search(database: SqlDatabase[SqlStore], rounds: int) -> list[Figure]:
    ours, busy, likes, missed = list[float](), list[float](), list[float](), 0
    for query in list_queries(rounds):
        page = PageIn(q=query)
        wanted = page.to_filter(AGENT, datetime.now(UTC))
        started, cpu = time.perf_counter(), time.process_time()
        found = await database.read(lambda s, p=page, w=wanted: load_search_page(s, p, w, AGENT))  # type: ignore[misc]
        ours.append(time.perf_counter() - started)
        busy.append(time.process_time() - cpu)
        started = time.perf_counter()
        expected = await database.read(lambda s, q=query: _search_by_like(s, q))  # type: ignore[misc]
        likes.append(time.perf_counter() - started)
        # A word of English is found from its beginning on, not inside another one.
        exact = not (query.isascii() and query.isalpha())
        missed += exact and not set(expected) <= {row["id"] for row in found["conversations"]}
    worst = round(compute_percentile(likes, 95) * 1000, 2)
    return [
        _build_figure("search over all time p50", ours, round(compute_percentile(likes, 50) * 1000, 2), 50),
        Figure(
            measure="search over all time p95",
            value=round(compute_percentile(ours, 95) * 1000, 2),
            unit="ms",
            floor=worst,
            beside="LIKE in the same run; 150 ms wanted",
        ),
        _build_figure("a search, processor time p95", busy, 150),
        Figure(
            measure="searches that miss a conversation",
            value=missed,
            unit=f"of {rounds}",
            floor=0,
            beside="what LIKE finds",
        ),
    ]


def list_queries(rounds: int) -> list[str]:
    """Two characters of Japanese, often and seldom; a word of English; an order number."""
    chance, sentences = random.Random(4), load_sentences()
    japanese = [text for language, text in sentences if language == "ja" and len(text) > 8]
    english = [word for language, text in sentences if language == "en" for word in text.split()]
    words = [word for word in english if word.isascii() and word.isalpha() and len(word) > 4]
    found = list[str]()
    while len(found) < rounds:
        text = chance.choice(japanese)
        at = chance.randrange(len(text) - 1)
        pair = text[at : at + 2]
        if all("\u3041" <= each <= "\u9fff" for each in pair):
            found += [pair, pair, chance.choice(words), f"KM-{chance.randrange(100_000):07}"]
    return found[:rounds]


def _search_by_like(store: SqlStore, query: str) -> Sequence[str]:
    """The conversations of the newest ten messages with the words, without an index."""
    c = t.messages.c
    like = sa.select(c.conversation).where(c.text.ilike(f"%{query}%")).order_by(c.position.desc()).limit(10)
    return store.messages._connection.execute(like).scalars().all()


async def _measure_claims(database: SqlDatabase[SqlStore], rounds: int) -> list[Figure]:
    queued = await database.read(
        lambda s: (
            s._connection.execute(
                sa.select(t.conversations.c.id).where(t.conversations.c.state == "queued").limit(rounds * 2)
            )
            .scalars()
            .all()
        )
    )
    half = len(queued) // 2
    alone = await _claim_all(database, queued[:half])
    storm = asyncio.create_task(_search_in_a_storm(database, rounds))
    beside = await _claim_all(database, queued[half:])
    storm.cancel()
    await database.write(lambda s: _undo_claims(s, queued))
    floor = round(compute_percentile(alone, 99) * 1000, 2)
    return [
        Figure(
            measure=f"claim p99 beside {STORM} searches a second",
            value=round(compute_percentile(beside, 99) * 1000, 2),
            unit="ms",
            floor=floor,
            beside="claims alone",
        )
    ]


async def _claim_all(database: SqlDatabase[SqlStore], conversations: Sequence[str]) -> list[float]:
    agent = Agent(id=AGENT, email="-", name="Agent 1")
    seconds = []
    for conversation in conversations:
        started = time.perf_counter()
        await database.write(
            lambda s, c=conversation: desk.claim_conversation(s, c, agent, RULES, datetime.now(UTC))  # type: ignore[misc]
        )
        seconds.append(time.perf_counter() - started)
        await asyncio.sleep(0.02)
    return seconds


async def _search_in_a_storm(database: SqlDatabase[SqlStore], rounds: int) -> None:
    running = set[asyncio.Task[object]]()
    while True:
        for query in list_queries(rounds):
            page = PageIn(q=query)
            wanted = page.to_filter(AGENT, datetime.now(UTC))
            search = database.read(lambda s, p=page, w=wanted: load_search_page(s, p, w, AGENT))  # type: ignore[misc]
            task = asyncio.create_task(search)
            running.add(task)
            task.add_done_callback(running.discard)
            await asyncio.sleep(1 / STORM)


def _undo_claims(store: SqlStore, conversations: Sequence[str]) -> None:
    """The next run finds the same rows."""
    for table in (t.due, t.audit, t.journal):
        if table is not t.audit:
            store._connection.execute(sa.delete(table))
    c = t.messages.c
    added = sa.select(c.id).where(c.conversation.in_(conversations), c.author == "system")
    for message in store._connection.execute(added).scalars().all():
        store._connection.execute(sa.delete(t.search_entries).where(t.search_entries.c.message == message))
        store._connection.execute(sa.delete(t.messages).where(c.id == message))
    where = t.conversations.c.id.in_(conversations)
    again = {"state": "queued", "agent": None, "seq": t.conversations.c.seq - 1, "epoch": 1}
    store._connection.execute(sa.update(t.conversations).where(where).values(**again))


def _build_figure(measure: str, seconds: Sequence[float], floor: float, share: float = 95) -> Figure:
    return Figure(
        measure=measure,
        value=round(compute_percentile(seconds, share) * 1000, 2),
        unit="ms",
        floor=floor,
        beside="the limit" if share == 95 else "LIKE in the same run",
    )


def _print_progress(what: str) -> None:
    """Progress on stderr, because stdout is for the figures."""
    print(what, file=sys.stderr, flush=True)
