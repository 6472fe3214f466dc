"""`ingest`, `search` and `ask`: the knowledge base from the command line."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.output import (
    AsJson,
    Batch,
    StageProgress,
    get_item_text,
    print_json,
    read_batch,
    show_progress_bar,
)
from assistant.domain.errors import BadInput

if TYPE_CHECKING:
    from assistant.app.knowledge_base import KnowledgeBase
    from assistant.app.settings import Settings
    from assistant.domain.article_lifecycle import Contradiction
    from assistant.domain.knowledge import Passage
    from assistant.knowledge.ingest.run import IngestReport
    from assistant.knowledge.loaders.reader import DocumentReader

PREPARING = "Preparing the language model"
STAGES = {"read": "Reading documents", "embed": "Indexing passages"}


@asynccontextmanager
async def open_knowledge_session(
    settings: Settings, steps: StageProgress | None = None, *, beside_serve: bool = False
) -> AsyncIterator[KnowledgeBase]:
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
    """Ingest documents; unchanged ones are skipped."""
    from assistant.app.settings import load_settings
    from assistant.cli.ingest_watch import keep_watching

    if watch:
        asyncio.run(keep_watching(load_settings(), sources, prune=prune, as_json=as_json))
        return
    report, disagree = asyncio.run(_run_ingest(load_settings(), sources, prune))
    print_report(report, disagree, as_json)
    if report.failed:
        raise typer.Exit(1)


async def _run_ingest(
    settings: Settings, sources: list[str], prune: bool
) -> tuple[IngestReport, Sequence[Contradiction]]:
    with show_progress_bar() as steps:
        async with open_knowledge_session(settings, steps) as knowledge:
            report = await index_sources(knowledge, settings, sources, steps, prune=prune)
            return report, await load_contradictions(knowledge)


async def load_contradictions(knowledge: KnowledgeBase) -> Sequence[Contradiction]:
    """All contradictions that are open today."""
    today = knowledge.current_date()
    return await knowledge.database.read(
        lambda store: store.article_lifecycle.list_open_contradictions(today)
    )


async def index_sources(
    knowledge: KnowledgeBase,
    settings: Settings,
    sources: Sequence[str],
    steps: StageProgress,
    *,
    prune: bool = False,
    reader: DocumentReader | None = None,
) -> IngestReport:
    """Ingest *sources* and sync the vector index."""
    from assistant.knowledge.ingest.run import IngestOptions

    return await knowledge.ingest_sources(
        sources,
        IngestOptions(prune=prune, allow_private=settings.ingest_private),
        progress=lambda stage, done, total: steps(STAGES.get(stage, stage), done, total),
        reader=reader,
    )


COUNTED = ("added", "updated", "unchanged", "removed", "failed")


def print_report(report: IngestReport, disagree: Sequence[Contradiction], as_json: bool) -> None:
    counts = {name: len(getattr(report, name)) for name in COUNTED}
    problems = [{"document": where, "why": why} for where, why in report.failed]
    warnings = [{"document": where, "why": why} for where, why in report.warnings]
    if as_json:
        found = [serialize_contradiction(one) for one in disagree]
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
        print(f"contradiction: {format_contradiction(one)}", file=sys.stderr)


def format_contradiction(one: Contradiction) -> str:
    """Both sides of a contradiction in one line."""
    sides = (f"{side.article}: {' '.join(side.text.split())[:120]}" for side in (one.one, one.other))
    return " <> ".join(sides)


def serialize_contradiction(one: Contradiction) -> dict[str, Any]:
    sides = [{"article": side.article, "text": side.text} for side in (one.one, one.other)]
    return {"measure": one.measure, "sides": sides}


def search(
    query: Annotated[str | None, typer.Argument(help="What a customer would ask.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many.")] = 5,
    file: Batch = None,
    as_json: AsJson = False,
) -> None:
    """Find the passages that answer a question."""
    _require_one_input(query, file)
    asyncio.run(_run_search(query, k, file, as_json))


async def _run_search(query: str | None, k: int, file: str | None, as_json: bool) -> None:
    from assistant.app.settings import load_settings

    async with open_knowledge_session(load_settings()) as knowledge:
        if query is not None:
            _print_passages(await knowledge.retriever.search(query, limit=k), as_json)
            return
        for item in read_batch(file or "-"):
            # The next article may come after several passages of the first.
            passages = await knowledge.retriever.search(get_item_text(item), limit=k * 4)
            print_json({"id": item.get("id"), "hits": group_by_article(passages)[:k]})


def group_by_article(passages: list[Passage]) -> list[dict[str, Any]]:
    """Articles, each represented by its best passage, best first."""
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
    _require_one_input(question, file)
    asyncio.run(_run_ask(question, file, as_json))


async def _run_ask(question: str | None, file: str | None, as_json: bool) -> None:
    from assistant.app.settings import load_settings
    from assistant.app.wiring import build_turn_dependencies
    from assistant.conversation.turn.ask_once import answer_once

    settings = load_settings()
    async with open_knowledge_session(settings) as knowledge:
        dependencies = build_turn_dependencies(settings, knowledge)
        if question is not None:
            _print_answer(await answer_once(dependencies, question), as_json)
            return
        for item in read_batch(file or "-"):
            print_json({"id": item.get("id")} | await answer_once(dependencies, get_item_text(item)))


def _print_answer(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    print(answer["answer"])
    for cited in answer["citations"]:
        print(f"[{cited['n']}] {cited['title']}  {cited['url']}")


def _require_one_input(text: str | None, file: str | None) -> None:
    if (text is None) == (file is None):
        raise typer.BadParameter("give either a question or --batch FILE")
    if text is not None and not text.strip():
        raise BadInput("The question is empty.")
