"""Processes wake each other through PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psycopg
import pytest

from assistant.storage.postgres import MAX_NOTICE_BYTES, PostgresMessageBus

pytestmark = pytest.mark.slow


@asynccontextmanager
async def listening(notices: PostgresMessageBus) -> AsyncIterator[tuple[list[str], list[None]]]:
    """What is heard, and how often something may have been missed."""
    heard, missed = list[str](), list[None]()
    task = asyncio.create_task(notices.run(heard.append, lambda: missed.append(None)))
    await until(lambda: bool(missed))
    yield heard, missed
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not reached():
            await asyncio.sleep(0.005)


async def test_others_hear_a_notice_and_its_sender_does_not(postgres_database: str) -> None:
    here, there = PostgresMessageBus(postgres_database), PostgresMessageBus(postgres_database)
    async with listening(here) as (heard_here, _), listening(there) as (heard_there, _):
        here.send("a", "やあ")
        await until(lambda: heard_there == ["やあ"])
        there.send("b", "返事")
        await until(lambda: heard_here == ["返事"])
    assert heard_there == ["やあ"]


async def test_of_notices_that_wait_the_newest_is_sent_and_what_is_too_long_is_not(
    postgres_database: str,
) -> None:
    here, there = PostgresMessageBus(postgres_database), PostgresMessageBus(postgres_database)
    here.send("draft", "old")
    here.send("draft", "new")
    here.send("long", "長" * MAX_NOTICE_BYTES)
    async with listening(there) as (heard, _), listening(here):
        await until(lambda: bool(heard))
        await asyncio.sleep(0.05)
    assert heard == ["new"]


async def test_a_listener_that_was_cut_off_listens_again_and_says_that_it_may_have_missed_some(
    postgres_database: str,
) -> None:
    here, there = PostgresMessageBus(postgres_database), PostgresMessageBus(postgres_database)
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'yorisoi notices'"
    async with listening(there) as (heard, missed), listening(here):
        with psycopg.connect(postgres_database, autocommit=True) as admin:
            admin.execute(kill)
        await until(lambda: len(missed) == 2)

        def said() -> bool:
            here.send("a", "again")
            return bool(heard)

        await until(said)
