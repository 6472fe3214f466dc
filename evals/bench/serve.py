"""``python -m evals bench serve``: the service under load, each figure beside a floor or a rival.

Messages are acknowledged beside an endpoint that commits one row, in the same seconds; turns are counted to
their end beside a plain LangChain chain that stores nothing; streams are opened, cut by `kill -9`, resumed.
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
from evals.bench.bare_server import bare
from evals.bench.figures import Figure, spread, table
from evals.bench.http_load import Target, steadily
from evals.bench.langchain_server import chain
from evals.bench.streams import stream_figures
from evals.bench.turn import Floor, floors
from evals.faults.load import QUESTIONS
from evals.faults.site import Site, Workshop

PATIENCE_SECONDS = 300.0
#: Questions at once in the race for turns.
ABREAST = 64
#: A prompt to which the fake model says two sentences.
ASKED_ALONE = """<passages>
[1] 返品
未開封でしたら、お届け日の翌日から30日以内にお申し込みいただけます。
[2] 送料
返品の送料は、お客様のご都合による場合はお客様にご負担いただきます。
</passages>"""
#: Questions before the race.
FIRST = 8
QUIET = {"ASSISTANT_QUIET_SECONDS": "0"}
PARTS = ("acknowledgement", "turns", "several", "streams")


@dataclass(frozen=True, slots=True)
class Size:
    rate: int
    seconds: float
    #: Asked one by one, and all at once.
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
    size = Size(options.rate, 3.0, 60, 300)
    if options.minutes:
        size = Size(options.rate, options.minutes * 60, 300, 3_000)
    with ExitStack() as stack:
        temporary = TemporaryDirectory(prefix="yorisoi-bench-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(temporary))
        folder.chmod(0o755)
        workshop = Workshop(folder, stack, options.prepared or folder / "prepared")
        for part in options.only or PARTS:
            figures = asyncio.run(MEASURES[part](workshop, size))
            print("\n".join(map(as_json, figures)) if options.json else table(figures), flush=True)


def as_json(figure: Figure) -> str:
    from dataclasses import asdict

    return json.dumps(asdict(figure) | {"ratio": figure.ratio})


# -- acknowledgement -------------------------------------------------------------------------------------


async def acknowledgement(workshop: Workshop, size: Size) -> list[Figure]:
    count = int(size.rate * size.seconds)
    with workshop.site() as site, bare(site.folder / "bare.sqlite") as floor_url:
        target, floor = Target(site.urls[0]), Target(floor_url)
        talks = await opened(target, min(count, 1_000))
        took, kept = [], []

        async def both(number: int) -> None:
            took.append(await say(target, talks[number % len(talks)], random.choice(QUESTIONS)))
            if number % 2:
                body = json.dumps({"id": str(number), "text": QUESTIONS[0]}).encode()
                kept.append((await floor.post("/kept", body))[2])

        await steadily(size.rate, count, both)
    return spread(f"acknowledged at {size.rate}/s", took, kept, "an endpoint that commits one row")


@dataclass(frozen=True, slots=True)
class Talk:
    id: str
    headers: dict[str, str]


async def opened(target: Target, count: int) -> list[Talk]:
    async def one(number: int) -> Talk:
        address = {"x-forwarded-for": f"10.1.{number // 250}.{number % 250}"}
        status, said, _ = await target.post("/v1/conversations", b'{"locale": "ja"}', address)
        assert status == 201, said
        found = json.loads(said)
        return Talk(found["id"], {"authorization": f"Bearer {found['token']}"} | address)

    talks: list[Talk] = []
    for start in range(0, count, ABREAST):
        talks += await asyncio.gather(*(one(n) for n in range(start, min(start + ABREAST, count))))
    return talks


async def say(target: Target, talk: Talk, text: str) -> float:
    """Seconds until the 202."""
    body = json.dumps({"id": str(uuid4()), "text": text}).encode()
    status, said, seconds = await target.post(f"/v1/conversations/{talk.id}/messages", body, talk.headers)
    assert status == 202, said
    return seconds


# -- turns -----------------------------------------------------------------------------------------------


async def turns(workshop: Workshop, size: Size) -> list[Figure]:
    """One by one beside the bare work, then all at once beside the chain."""
    with workshop.site(more=QUIET) as site:
        await _at_once(site, FIRST)
        with floors(site.folder) as floor:
            whole, work = await _one_by_one(site, floor, size.turns)
        model = await _model_alone(workshop.model.url)
        ours = await _at_once(site, size.turns)
    own = [max(0.0, seconds - model) for seconds in whole]
    name = f"own time of a turn, without {1000 * model:.0f} ms of the model"
    return [
        *spread(name, own, work, "embedding + search + two commits"),
        await _beside_the_chain("turns/s, one process, SQLite", ours, workshop, size),
    ]


async def several(workshop: Workshop, size: Size) -> list[Figure]:
    with workshop.site(postgres=True, more=QUIET) as site:
        await _at_once(site, FIRST)  # the chain has answered a question, too, before it is timed
        ours = await _at_once(site, size.turns)
    return [await _beside_the_chain("turns/s, two processes, PostgreSQL", ours, workshop, size)]


async def _beside_the_chain(measure: str, ours: float, workshop: Workshop, size: Size) -> Figure:
    with chain(workshop.prepared(), workshop.model.url) as url:
        theirs = await _chain_at_once(url, size.turns)
    return Figure(
        measure=measure,
        value=round(ours, 1),
        unit="/s",
        floor=round(theirs, 1),
        beside="a LangChain chain that stores nothing, one process",
    )


async def _one_by_one(site: Site, floor: Floor, count: int) -> tuple[list[float], list[float]]:
    """Seconds of each turn as the service itself noted them, and of the bare work on the same question."""
    target, work = Target(site.urls[0]), []
    talks = await opened(target, count)
    for number, talk in enumerate(talks):
        question = QUESTIONS[number % len(QUESTIONS)]
        work.append(await floor.work(question))
        await say(target, talk, question)
        await _answered(site, [talk])
    agent = {"authorization": f"Bearer {site.token}"}
    own = []
    for talk in talks:
        _, said, _ = await target.get(f"/v1/agent/conversations/{talk.id}", agent)
        own += [turn["ms"] / 1000 for turn in json.loads(said)["turns"]]
    return own, work


async def _model_alone(url: str) -> float:
    """Median seconds of an answer of two sentences, through the client that we call models with."""
    chat, took = build_chat_model("openai:fake", api_key="none", base_url=f"{url}/v1"), list[float]()
    assert chat is not None
    for _ in range(20):
        began = time.perf_counter()
        async for _words in chat.stream_completion("Answer from the passages.", ASKED_ALONE):
            pass
        took.append(time.perf_counter() - began)
    return statistics.median(took)


async def _at_once(site: Site, count: int) -> float:
    """Turns a second, from the first message to the last stored reply."""
    targets = [Target(url) for url in site.urls]
    talks = await opened(targets[0], count)
    began = time.perf_counter()
    lanes = asyncio.Semaphore(ABREAST)

    async def one(number: int, talk: Talk) -> None:
        async with lanes:
            await say(targets[number % len(targets)], talk, QUESTIONS[number % len(QUESTIONS)])

    await asyncio.gather(*(one(*each) for each in enumerate(talks)))
    await _answered(site, talks)
    return count / (time.perf_counter() - began)


async def _answered(site: Site, talks: Sequence[Talk]) -> None:
    """Until something was said to each of them."""
    target, end = Target(site.urls[0]), time.monotonic() + PATIENCE_SECONDS
    for talk in talks:
        while time.monotonic() < end:
            _, said, _ = await target.get(f"/v1/conversations/{talk.id}", talk.headers)
            found: dict[str, Any] = json.loads(said)
            if any(message["author"] != "customer" for message in found["messages"]):
                break
            await asyncio.sleep(0.05)
        else:
            raise SystemExit("evals bench: a message was not answered.")


async def _chain_at_once(url: str, count: int) -> float:
    target, lanes = Target(url), asyncio.Semaphore(ABREAST)

    async def one(number: int) -> None:
        async with lanes:
            body = json.dumps({"text": QUESTIONS[number % len(QUESTIONS)]}).encode()
            status, said, _ = await target.post("/ask", body)
            assert status == 200, said

    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(count)))
    return count / (time.perf_counter() - began)


# -- streams ---------------------------------------------------------------------------------------------


async def streams(workshop: Workshop, size: Size) -> list[Figure]:
    with workshop.site() as site:
        talks = await opened(Target(site.urls[0]), size.streams)
        return await stream_figures(site, [(talk.id, talk.headers) for talk in talks])


MEASURES = {"acknowledgement": acknowledgement, "turns": turns, "several": several, "streams": streams}
