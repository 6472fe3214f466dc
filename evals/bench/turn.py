"""A customer's waiting time on the running service, beside the work that no turn can avoid."""

import asyncio
import json
import random
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2

from assistant.app.settings import Settings
from assistant.knowledge.vectors.chroma_embedded import open_embedded_collection
from assistant.models.embeddings.factory import build_embedder
from assistant.ports.knowledge import VectorIndex
from assistant.ports.models import Embedder
from evals.bench.bare_server import serve_bare
from evals.bench.figures import Figure, build_percentile_figures
from evals.bench.service import serve_product

CASES = Path(__file__).parents[1] / "cases" / "sample_kb.jsonl"
#: Debounce in seconds: the default, and switched off.
PAUSES = (Settings.model_fields["quiet_seconds"].default, 0)
WARM_UP = 5
PATIENCE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTimes:
    """Seconds from sending a message."""

    acknowledged: float
    #: The first sign of activity.
    first_event: float
    first_text: float
    stored: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedTurn:
    """One question: the service's times and, measured just before under the same load, its floors."""

    turn: TurnTimes
    #: Embedding the question, nearest passages, two commits: the minimum for an answer.
    work: float
    #: The same POST to a server that only stores it.
    bare: float


async def measure_turn_figures(data: Path, turns: int) -> list[Figure]:
    questions = _load_questions(turns + WARM_UP)
    with open_floor(data) as floor, serve_bare(data / "bare.sqlite") as bare_url:
        return [
            figure
            for pause in PAUSES
            for figure in _build_figures(
                pause, (await _ask_questions(data, pause, questions, floor, bare_url))[WARM_UP:]
            )
        ]


async def _ask_questions(
    data: Path, pause: float, questions: Sequence[str], floor: "TurnFloor", bare_url: str
) -> list[AskedTurn]:
    found = []
    with serve_product(data, ASSISTANT_QUIET_SECONDS=str(pause)) as (url, _):
        async with httpx2.AsyncClient(base_url=bare_url, timeout=PATIENCE) as http:
            for question in questions:
                body = {"id": str(uuid4()), "text": question}
                kept = await _measure_post(http, "/kept", body, {})
                work = await floor.run_bare_work(question)
                found.append(AskedTurn(turn=await measure_turn(url, question), work=work, bare=kept))
    return found


def _build_figures(pause: float, asked: Sequence[AskedTurn]) -> list[Figure]:
    def select_times(part: Callable[[TurnTimes], float]) -> list[float]:
        return [part(one.turn) for one in asked]

    kept, work = [one.bare for one in asked], [one.work + pause for one in asked]
    post = "an endpoint that commits one row"
    least = "embed + nearest + two commits" + (f" + {pause:g} s" if pause else "")
    name = f"pause {pause:g} s"
    return [
        *build_percentile_figures(
            f"message taken, {name}", select_times(lambda turn: turn.acknowledged), kept, post
        ),
        *build_percentile_figures(
            f"first event, {name}", select_times(lambda turn: turn.first_event), kept, post
        ),
        *build_percentile_figures(
            f"first text, {name}", select_times(lambda turn: turn.first_text), work, least
        ),
        *build_percentile_figures(
            f"stored reply, {name}", select_times(lambda turn: turn.stored), work, least
        ),
    ]


def _load_questions(most: int) -> list[str]:
    lines = CASES.read_text("utf-8").splitlines()
    texts = [str(json.loads(line)["text"]) for line in lines]
    return random.Random(0).sample(texts, min(most, len(texts)))


async def measure_turn(url: str, question: str) -> TurnTimes:
    """Ask one question in a new conversation with an open stream, as the widget does."""
    async with httpx2.AsyncClient(base_url=url, timeout=PATIENCE) as http:
        opened = (await http.post("/v1/conversations", json={"locale": "ja"})).json()
        headers = {"Authorization": f"Bearer {opened['token']}"}
        path = f"/v1/conversations/{opened['id']}"
        async with asyncio.timeout(PATIENCE), http.stream("GET", f"{path}/events", headers=headers) as stream:
            events = _parse_events(stream.aiter_lines())
            await anext(events)  # the state event: the stream is open
            sent = time.perf_counter()
            body = {"id": str(uuid4()), "text": question}
            posted = asyncio.create_task(_measure_post(http, f"{path}/messages", body, headers))
            seen = await _record_first_events(events)
            acknowledged = await posted
    times = {name: moment - sent for name, moment in seen.items()}
    return TurnTimes(acknowledged=acknowledged, **times)


async def _measure_post(
    http: httpx2.AsyncClient, path: str, body: Mapping[str, str], headers: Mapping[str, str]
) -> float:
    """Seconds of a POST on an open connection."""
    started = time.perf_counter()
    response = await http.post(path, json=body, headers=headers)
    seconds = time.perf_counter() - started
    assert response.status_code in (200, 202), response.text
    return seconds


async def _record_first_events(events: AsyncIterator[tuple[str, dict[str, Any], float]]) -> dict[str, float]:
    """Times of the first event, of the first words, and of the stored reply."""
    seen: dict[str, float] = {}
    async for name, data, at in events:
        if data.get("author") != "assistant" and name != "delta":
            continue
        seen.setdefault("first_event", at)
        if data.get("text"):
            seen.setdefault("first_text", at)
        if name == "message":
            return seen | {"stored": at}
    raise SystemExit("evals bench: the stream ended before there was an answer.")


async def _parse_events(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, dict[str, Any], float]]:
    name = ""
    async for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value), time.perf_counter()


@dataclass(frozen=True, slots=True)
class TurnFloor:
    """The components of an answer, on a copy of the index."""

    embedder: Embedder
    index: VectorIndex
    scratch: sqlite3.Connection

    async def run_bare_work(self, question: str) -> float:
        started = time.perf_counter()
        await self.index.find_nearest(await self.embedder.embed_query(question), limit=60)
        self.commit_twice(question)
        return time.perf_counter() - started

    def commit_twice(self, question: str) -> None:
        for _ in range(2):
            self.scratch.execute("INSERT INTO kept (text) VALUES (?)", (question,))
            self.scratch.commit()


@contextmanager
def open_floor(data: Path) -> Iterator[TurnFloor]:
    folder = data / "floor"
    [index] = (data / "index").iterdir()
    shutil.copytree(index, folder / index.name)
    embedder = build_embedder("local", data / "models")
    scratch = sqlite3.connect(folder / "floor.sqlite")
    scratch.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE kept (id INTEGER PRIMARY KEY, text);"
    )
    yield TurnFloor(
        embedder, open_embedded_collection(folder / index.name, index.name, embedder.dimensions), scratch
    )
    scratch.close()
