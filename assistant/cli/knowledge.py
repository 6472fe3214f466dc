"""`ingest`, `search` and `ask`: the knowledge base from the command line."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.output import AsJson, Batch, Steps, bar, batch, print_json, text_of
from assistant.domain.errors import BadInput

if TYPE_CHECKING:
    from assistant.app.knowledge_base import Knowledge
    from assistant.app.settings import Settings
    from assistant.domain.article_lifecycle import Contradiction
    from assistant.domain.knowledge import Passage
    from assistant.knowledge.ingest.run import IngestReport
    from assistant.knowledge.loaders.reader import Reads

PREPARING = "Preparing the language model"
STAGES = {"read": "Reading documents", "embed": "Indexing passages"}


@asynccontextmanager
async def opened(
    settings: Settings, steps: Steps | None = None, *, beside_serve: bool = False
) -> AsyncIterator[Knowledge]:
    from assistant.app.knowledge_base import open_knowledge

    progress = partial(steps, PREPARING) if steps else None
    knowledge = await open_knowledge(settings, progress, beside_serve=beside_serve)
    try:
        yield knowledge
    finally:
        await knowledge.close()


def ingest(
    sources: Annotated[list[str], typer.Argument(metavar="PATH_OR_URL…", help="Files, folders, addresses.")],
    prune: Annotated[bool, typer.Option(help="Remove articles whose document vanished.")] = False,
    watch: Annotated[bool, typer.Option(help="Go on, and take in what changes, until Ctrl-C.")] = False,
    as_json: AsJson = False,
) -> None:
    """Index documents; unchanged ones are skipped."""
    from assistant.app.settings import load_settings
    from assistant.cli.ingest_watch import keep_watching

    if watch:
        asyncio.run(keep_watching(load_settings(), sources, prune=prune, as_json=as_json))
        return
    report, disagree = asyncio.run(_ingest(load_settings(), sources, prune))
    print_report(report, disagree, as_json)
    if report.failed:
        raise typer.Exit(1)


async def _ingest(
    settings: Settings, sources: list[str], prune: bool
) -> tuple[IngestReport, Sequence[Contradiction]]:
    with bar() as steps:
        async with opened(settings, steps) as knowledge:
            report = await take_in(knowledge, settings, sources, steps, prune=prune)
            return report, await contradictions_of(knowledge)


async def contradictions_of(knowledge: Knowledge) -> Sequence[Contradiction]:
    """Everything in which two articles do not agree today."""
    today = knowledge.today()
    return await knowledge.database.read(lambda store: store.living.open(today))


async def take_in(
    knowledge: Knowledge,
    settings: Settings,
    sources: Sequence[str],
    steps: Steps,
    *,
    prune: bool = False,
    reader: Reads | None = None,
) -> IngestReport:
    """Index *sources* and bring the vector index into line."""
    from assistant.knowledge.ingest.run import Options

    return await knowledge.ingest(
        sources,
        Options(prune=prune, allow_private=settings.ingest_private),
        progress=lambda stage, done, total: steps(STAGES.get(stage, stage), done, total),
        reader=reader,
    )


COUNTED = ("added", "updated", "unchanged", "removed", "failed")


def print_report(report: IngestReport, disagree: Sequence[Contradiction], as_json: bool) -> None:
    counts = {name: len(getattr(report, name)) for name in COUNTED}
    problems = [{"document": where, "why": why} for where, why in report.failed]
    warnings = [{"document": where, "why": why} for where, why in report.warnings]
    if as_json:
        found = [contradiction_out(one) for one in disagree]
        more = {"problems": problems, "warnings": warnings, "vanished": report.vanished}
        print_json(counts | more | {"contradictions": found})
        return
    print(", ".join(f"{count} {name}" for name, count in counts.items()))
    for kind, items in (("failed", problems), ("warning", warnings)):
        for item in items:
            print(f"{kind}: {item['document']}: {item['why']}", file=sys.stderr)
    for id in report.vanished:
        print(f"vanished: {id}: still answered from; --prune removes it", file=sys.stderr)
    for one in disagree:
        print(f"contradiction: {told(one)}", file=sys.stderr)


def told(one: Contradiction) -> str:
    """Both sides in a line."""
    sides = (f"{side.article}: {' '.join(side.text.split())[:120]}" for side in (one.one, one.other))
    return " <> ".join(sides)


def contradiction_out(one: Contradiction) -> dict[str, Any]:
    sides = [{"article": side.article, "text": side.text} for side in (one.one, one.other)]
    return {"measure": one.measure, "sides": sides}


def search(
    query: Annotated[str | None, typer.Argument(help="What a customer would ask.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many.")] = 5,
    file: Batch = None,
    as_json: AsJson = False,
) -> None:
    """Find the passages that answer a question."""
    _one_of(query, file)
    asyncio.run(_search(query, k, file, as_json))


async def _search(query: str | None, k: int, file: str | None, as_json: bool) -> None:
    from assistant.app.settings import load_settings

    async with opened(load_settings()) as knowledge:
        if query is not None:
            _print_passages(await knowledge.retriever.search(query, limit=k), as_json)
            return
        for item in batch(file or "-"):
            # Several passages of one article may be ahead of the next article.
            passages = await knowledge.retriever.search(text_of(item), limit=k * 4)
            print_json({"id": item.get("id"), "hits": articles(passages)[:k]})


def articles(passages: list[Passage]) -> list[dict[str, Any]]:
    """Articles, each by its best passage, best first."""
    best: dict[str, Passage] = {}
    for passage in passages:
        best.setdefault(passage.article, passage)
    return [{"article": p.article, "score": round(p.score, 4), "title": p.title} for p in best.values()]


def _print_passages(passages: list[Passage], as_json: bool) -> None:
    hits = [
        {"article": p.article, "title": p.title, "url": p.url, "score": round(p.score, 4), "text": p.text}
        for p in passages
    ]
    if as_json:
        print_json(hits)
        return
    if not hits:
        print("Nothing found.")
    for hit in hits:
        print(f"{hit['score']:.2f}  {hit['title']}  ({hit['article']})")
        print("      " + " ".join(str(hit["text"]).split())[:160])


def ask(
    question: Annotated[str | None, typer.Argument(help="What a customer would ask.")] = None,
    file: Batch = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question from the knowledge base, with citations."""
    _one_of(question, file)
    asyncio.run(_ask(question, file, as_json))


async def _ask(question: str | None, file: str | None, as_json: bool) -> None:
    from assistant.app.settings import load_settings
    from assistant.app.wiring import make_mind
    from assistant.conversation.turn.ask_once import answer_once

    settings = load_settings()
    async with opened(settings) as knowledge:
        mind = make_mind(settings, knowledge)
        if question is not None:
            _print_answer(await answer_once(mind, question), as_json)
            return
        for item in batch(file or "-"):
            print_json({"id": item.get("id")} | await answer_once(mind, text_of(item)))


def _print_answer(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    print(answer["answer"])
    for cited in answer["citations"]:
        print(f"[{cited['n']}] {cited['title']}  {cited['url']}")


def _one_of(text: str | None, file: str | None) -> None:
    if (text is None) == (file is None):
        raise typer.BadParameter("give either a question or --batch FILE")
    if text is not None and not text.strip():
        raise BadInput("The question is empty.")
