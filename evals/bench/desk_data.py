"""A desk's database with many conversations, made once and kept: ``python -m evals bench desk``."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assistant.storage import tables as t
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from assistant.text.search_terms import extract_search_terms

CASES = Path(__file__).parents[1] / "cases" / "faq"
#: Messages of a conversation on average.
MESSAGES_EACH = 10
#: Of all conversations; the rest is closed.
OPEN_SHARES = {"queued": 0.005, "agent": 0.01, "assistant": 0.02}
AGENTS = 20
#: One conversation has so many messages.
LONGEST = 2_000
BATCH_CONVERSATIONS = 2_000
START = datetime(2026, 1, 1, tzinfo=UTC)
AUTHORS = ("customer", "assistant", "customer", "agent")
NAMES = ("田中", "佐藤", "鈴木", "高橋", "渡辺", "Smith", "Jones", "Garcia", "Chen", "Ito")


def load_sentences() -> list[tuple[str, str]]:
    """(language, question) of the FAQ cases, in both languages."""
    lines = [line for path in sorted(CASES.glob("*.queries.jsonl")) for line in path.read_text().splitlines()]
    return [(each["lang"], each["text"]) for each in map(json.loads, lines)]


def fill_database(database: SqlDatabase[SqlStore], conversations: int) -> None:
    """Fill an empty database; the same numbers give the same rows."""
    chance, sentences = random.Random(18), load_sentences()
    by_language = {name: [text for lang, text in sentences if lang == name] for name in ("ja", "en")}
    with database.engine.execution_options(write=True).begin() as connection:
        connection.execute(sa.insert(t.agents), [_build_agent(number) for number in range(AGENTS)])
    for start in range(0, conversations, BATCH_CONVERSATIONS):
        numbers = range(start, min(start + BATCH_CONVERSATIONS, conversations))
        rows = [_build_conversation(number, conversations, chance) for number in numbers]
        people = [_build_customer(row, chance) for row in rows]
        messages = [message for row in rows for message in _build_messages(row, by_language, chance)]
        with database.engine.execution_options(write=True).begin() as connection:
            connection.execute(sa.insert(t.customers), people)
            connection.execute(sa.insert(t.conversations), rows)
            connection.execute(sa.insert(t.messages), messages)
            connection.execute(sa.insert(t.search_entries), list(_build_entries(rows, people, messages)))
    with database.engine.execution_options(write=True).begin() as connection:
        connection.exec_driver_sql("ANALYZE")


def _build_agent(number: int) -> dict[str, Any]:
    return {
        "id": f"agent{number}",
        "email": f"agent{number}@shop.example",
        "name": f"Agent {number}",
        "admin": False,
        "password": "-",
        "created_at": START,
    }


def _build_conversation(number: int, conversations: int, chance: random.Random) -> dict[str, Any]:
    # The open ones are the latest.
    left, state = (conversations - number) / conversations, "closed"
    for name, share in OPEN_SHARES.items():
        if left <= share and state == "closed":
            state = name
        left -= share
    made = START + timedelta(minutes=number)
    changed = made + timedelta(minutes=chance.randrange(60), seconds=chance.randrange(60))
    return {
        "id": f"c{number:07}",
        "customer": f"p{number:07}",
        "channel": chance.choice(("web", "web", "line", "email")),
        "language": chance.choice(("ja", "ja", "ja", "en")),
        "state": state,
        "epoch": 1,
        "seq": LONGEST if number == 0 else chance.randint(MESSAGES_EACH - 5, MESSAGES_EACH + 5),
        "episode_from": 0,
        "agent": f"agent{chance.randrange(AGENTS)}" if state in ("agent", "closed") else None,
        "priority": chance.choice(("urgent", "high", "normal", "normal", "normal", "low")),
        "reason": chance.choice(("asked_for_person", "frustrated", "no_answer", "complaint")),
        "waiting_since": made if state in ("queued", "agent") else None,
        "created_at": made,
        "updated_at": changed,
        "closed_at": changed if state == "closed" else None,
        "outcome": "solved" if state == "closed" else None,
    }


def _build_customer(row: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    return {
        "id": row["customer"],
        "created_at": row["created_at"],
        "name": f"{chance.choice(NAMES)} {row['id'][-4:]}",
        "verified": False,
        "attributes": {},
    }


def _build_messages(
    row: dict[str, Any], by_language: dict[str, list[str]], chance: random.Random
) -> Iterator[dict[str, Any]]:
    texts = by_language[row["language"]]
    for seq in range(1, row["seq"] + 1):
        # Few sentences are said often, most seldom, as in life.
        said = [texts[int(len(texts) * chance.random() ** 3)] for _ in range(chance.randint(1, 2))]
        if seq == 1:
            said.append(f"KM-{row['id'][1:]}")
        yield {
            "id": f"{row['id']}-{seq}",
            "conversation": row["id"],
            "seq": seq,
            "author": AUTHORS[seq % 4],
            "text": " ".join(said),
            "language": row["language"],
            "kind": "text",
            "citations": [],
            "buttons": [],
            "private": False,
            "created_at": row["created_at"] + timedelta(seconds=seq),
        }


def _build_entries(
    rows: list[dict[str, Any]], people: list[dict[str, Any]], messages: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """As storage/search.py makes them."""
    for message in messages:
        words = extract_search_terms(message["text"])
        yield {"conversation": message["conversation"], "message": message["id"], "words": words}
    for row, person in zip(rows, people, strict=True):
        words = extract_search_terms(f"{row['id']}\n{person['name']}")
        yield {"conversation": row["id"], "message": None, "words": words}
