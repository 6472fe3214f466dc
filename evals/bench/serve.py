"""``python -m evals bench serve``: the service under load, each figure beside a floor or a competitor.

Acknowledgement of messages beside an endpoint that commits one row, at the same time; complete turns beside a
plain LangChain chain that stores nothing; streams that are opened, cut by `kill -9` and resumed.
"""

import argparse
import asyncio
import json
import random
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from assistant.models.chat import build_chat_model
from evals.bench.bare_server import serve_bare
from evals.bench.figures import Figure, build_percentile_figures, format_table
from evals.bench.http_load import HttpTarget, run_steadily
from evals.bench.langchain_server import serve_chain
from evals.bench.streams import measure_event_streams
from evals.bench.turn import TurnFloor, open_floor
from evals.faults.load import QUESTIONS
from evals.faults.site import Installation, Workshop

PATIENCE_SECONDS = 300.0
#: Concurrent questions in the throughput comparison.
ABREAST = 64
#: A prompt to which the fake model answers with two sentences.
ASKED_ALONE = """<passages>
[1] 返品
未開封でしたら、お届け日の翌日から30日以内にお申し込みいただけます。
[2] 送料
返品の送料は、お客様のご都合による場合はお客様にご負担いただきます。
</passages>"""
#: Warm-up questions.
FIRST = 8
QUIET = {"ASSISTANT_QUIET_SECONDS": "0"}
PARTS = ("acknowledgement", "turns", "several", "streams")


@dataclass(frozen=True, slots=True)
class BenchSize:
    rate: int
    seconds: float
    #: Questions asked one by one, and concurrently.
    turns: int
    streams: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals bench serve", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object per figure")
    parser.add_argument("--minutes", type=float, help="of acknowledgement; the long form, with 3,000 streams")
    parser.add_argument("--rate", type=int, default=100, help="messages a second")
    parser.add_argument("--prepared", type=Path, help="keep the indexed sample here, for the next run")
    parser.add_argument("--only", choices=PARTS, action="append")
    options = parser.parse_args()
    size = BenchSize(options.rate, 3.0, 60, 300)
    if options.minutes:
        size = BenchSize(options.rate, options.minutes * 60, 300, 3_000)
    with ExitStack() as stack:
        temporary = TemporaryDirectory(prefix="yorisoi-bench-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(temporary))
        folder.chmod(0o755)
        workshop = Workshop(folder, stack, options.prepared or folder / "prepared")
        for part in options.only or PARTS:
            figures = asyncio.run(MEASURES[part](workshop, size))
            print("\n".join(map(format_json, figures)) if options.json else format_table(figures), flush=True)


def format_json(figure: Figure) -> str:
    from dataclasses import asdict

    return json.dumps(asdict(figure) | {"ratio": figure.ratio})


# -- acknowledgement -------------------------------------------------------------------------------------


async def measure_acknowledgement(workshop: Workshop, size: BenchSize) -> list[Figure]:
    count = int(size.rate * size.seconds)
    with workshop.open_site() as site, serve_bare(site.folder / "bare.sqlite") as floor_url:
        target, floor = HttpTarget(site.urls[0]), HttpTarget(floor_url)
        talks = await open_conversations(target, min(count, 1_000))
        took, kept = [], []

        async def post_to_both(number: int) -> None:
            took.append(await post_message(target, talks[number % len(talks)], random.choice(QUESTIONS)))
            if number % 2:
                body = json.dumps({"id": str(number), "text": QUESTIONS[0]}).encode()
                kept.append((await floor.post("/kept", body))[2])

        await run_steadily(size.rate, count, post_to_both)
    return build_percentile_figures(
        f"acknowledged at {size.rate}/s", took, kept, "an endpoint that commits one row"
    )


@dataclass(frozen=True, slots=True)
class BenchConversation:
    id: str
    headers: dict[str, str]


async def open_conversations(target: HttpTarget, count: int) -> list[BenchConversation]:
    async def open_one(number: int) -> BenchConversation:
        address = {"x-forwarded-for": f"10.1.{number // 250}.{number % 250}"}
        status, said, _ = await target.post("/v1/conversations", b'{"locale": "ja"}', address)
        assert status == 201, said
        found = json.loads(said)
        return BenchConversation(found["id"], {"authorization": f"Bearer {found['token']}"} | address)

    talks: list[BenchConversation] = []
    for start in range(0, count, ABREAST):
        talks += await asyncio.gather(*(open_one(n) for n in range(start, min(start + ABREAST, count))))
    return talks


async def post_message(target: HttpTarget, talk: BenchConversation, text: str) -> float:
    """Seconds until 202."""
    body = json.dumps({"id": str(uuid4()), "text": text}).encode()
    status, said, seconds = await target.post(f"/v1/conversations/{talk.id}/messages", body, talk.headers)
    assert status == 202, said
    return seconds


# -- turns -----------------------------------------------------------------------------------------------


async def measure_turns(workshop: Workshop, size: BenchSize) -> list[Figure]:
    """Turns one by one beside their floor, then concurrently beside the chain."""
    with workshop.open_site(more=QUIET) as site:
        await _run_at_once(site, FIRST)
        with open_floor(site.folder) as floor:
            whole, work = await _run_one_by_one(site, floor, size.turns)
        model = await _measure_model_alone(workshop.model.url)
        ours = await _run_at_once(site, size.turns)
    own = [max(0.0, seconds - model) for seconds in whole]
    name = f"own time of a turn, without {1000 * model:.0f} ms of the model"
    return [
        *build_percentile_figures(name, own, work, "embedding + search + two commits"),
        await _compare_with_chain("turns/s, one process, SQLite", ours, workshop, size),
    ]


async def measure_several(workshop: Workshop, size: BenchSize) -> list[Figure]:
    with workshop.open_site(postgres=True, more=QUIET) as site:
        await _run_at_once(site, FIRST)  # warm-up of the chain
        ours = await _run_at_once(site, size.turns)
    return [await _compare_with_chain("turns/s, two processes, PostgreSQL", ours, workshop, size)]


async def _compare_with_chain(measure: str, ours: float, workshop: Workshop, size: BenchSize) -> Figure:
    with serve_chain(workshop.prepare_data(), workshop.model.url) as url:
        theirs = await _run_chain_at_once(url, size.turns)
    return Figure(
        measure=measure,
        value=round(ours, 1),
        unit="/s",
        floor=round(theirs, 1),
        beside="a LangChain chain that stores nothing, one process",
    )


async def _run_one_by_one(
    site: Installation, floor: TurnFloor, count: int
) -> tuple[list[float], list[float]]:
    """Seconds of each turn as recorded by the service, and of its floor for the same question."""
    target, work = HttpTarget(site.urls[0]), []
    talks = await open_conversations(target, count)
    for number, talk in enumerate(talks):
        question = QUESTIONS[number % len(QUESTIONS)]
        work.append(await floor.run_bare_work(question))
        await post_message(target, talk, question)
        await _wait_until_answered(site, [talk])
    agent = {"authorization": f"Bearer {site.token}"}
    own = []
    for talk in talks:
        _, said, _ = await target.get(f"/v1/agent/conversations/{talk.id}", agent)
        own += [turn["ms"] / 1000 for turn in json.loads(said)["turns"]]
    return own, work


async def _measure_model_alone(url: str) -> float:
    """Median seconds of a two-sentence answer through our model client."""
    chat, took = build_chat_model("openai:fake", api_key="none", base_url=f"{url}/v1"), list[float]()
    assert chat is not None
    for _ in range(20):
        began = time.perf_counter()
        async for _words in chat.stream_completion("Answer from the passages.", ASKED_ALONE):
            pass
        took.append(time.perf_counter() - began)
    return statistics.median(took)


async def _run_at_once(site: Installation, count: int) -> float:
    """Turns per second, from the first message to the last stored reply."""
    targets = [HttpTarget(url) for url in site.urls]
    talks = await open_conversations(targets[0], count)
    began = time.perf_counter()
    lanes = asyncio.Semaphore(ABREAST)

    async def ask_one(number: int, talk: BenchConversation) -> None:
        async with lanes:
            await post_message(targets[number % len(targets)], talk, QUESTIONS[number % len(QUESTIONS)])

    await asyncio.gather(*(ask_one(*each) for each in enumerate(talks)))
    await _wait_until_answered(site, talks)
    return count / (time.perf_counter() - began)


async def _wait_until_answered(site: Installation, talks: Sequence[BenchConversation]) -> None:
    """Wait until each conversation has a reply."""
    target, end = HttpTarget(site.urls[0]), time.monotonic() + PATIENCE_SECONDS
    for talk in talks:
        while time.monotonic() < end:
            _, said, _ = await target.get(f"/v1/conversations/{talk.id}", talk.headers)
            found: dict[str, Any] = json.loads(said)
            if any(message["author"] != "customer" for message in found["messages"]):
                break
            await asyncio.sleep(0.05)
        else:
            raise SystemExit("evals bench: a message was not answered.")


async def _run_chain_at_once(url: str, count: int) -> float:
    target, lanes = HttpTarget(url), asyncio.Semaphore(ABREAST)

    async def ask_one(number: int) -> None:
        async with lanes:
            body = json.dumps({"text": QUESTIONS[number % len(QUESTIONS)]}).encode()
            status, said, _ = await target.post("/ask", body)
            assert status == 200, said

    began = time.perf_counter()
    await asyncio.gather(*(ask_one(number) for number in range(count)))
    return count / (time.perf_counter() - began)


# -- streams ---------------------------------------------------------------------------------------------


async def measure_streams(workshop: Workshop, size: BenchSize) -> list[Figure]:
    with workshop.open_site() as site:
        talks = await open_conversations(HttpTarget(site.urls[0]), size.streams)
        return await measure_event_streams(site, [(talk.id, talk.headers) for talk in talks])


MEASURES = {
    "acknowledgement": measure_acknowledgement,
    "turns": measure_turns,
    "several": measure_several,
    "streams": measure_streams,
}
