"""Contradiction detection on written pairs and in the sample help: ``python -m evals contradictions``.

All articles of a set are in one knowledge base; findings between two cases are not labelled and are counted
apart. Baseline in the same run: any two near sentences with different numbers of the same unit.
"""

import asyncio
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.app.knowledge_base import open_knowledge
from assistant.app.settings import Settings, load_settings
from assistant.domain.article_lifecycle import Contradiction
from assistant.knowledge.contradictions.rules import Statement
from assistant.knowledge.contradictions.search import find_contradictions
from assistant.knowledge.ingest.run import ingest_sources
from evals.data.embedding_cache import CACHE

ROOT = Path(__file__).parents[2]
CASES = ROOT / "evals" / "cases" / "contradictions.jsonl"

Found = tuple[Sequence[Contradiction], Sequence[Contradiction]]


def main() -> None:
    settings = load_settings()
    cases = [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]
    for name in ("tune", "held"):
        some = [case for case in cases if case["set"] == name]
        found, near = asyncio.run(_find_in_cases(settings, some))
        print("\n".join(build_report(name, some, found)))
        print(f"  baseline, near sentences with another number: {format_score(some, near)}")
    sample, near = asyncio.run(_find_in_folder(settings, ROOT / "knowledge_base"))
    print(f"sample help, where none is meant: {len(sample)} found, {len(near)} by the baseline")
    for one in sample:
        print(f"  {one.one.article}: {one.one.text} <> {one.other.article}: {one.other.text}")


def build_report(name: str, cases: Sequence[dict[str, Any]], found: Sequence[Contradiction]) -> list[str]:
    """Precision and recall, and each miss and false alarm, one a line."""
    pairs = {_get_case_pair(one) for one in found}
    lines = [f"{name}: {format_score(cases, found)}"]
    for number, case in enumerate(cases):
        if case["contradict"] and number not in {a for a, b in pairs if a == b}:
            lines.append(f"  missed: {case['a']['text']} <> {case['b']['text']}")
    for one in found:
        first, second = _get_case_pair(one)
        if first == second and not cases[first]["contradict"]:
            lines.append(f"  wrong: {one.one.text} <> {one.other.text}")
    return lines


def format_score(cases: Sequence[dict[str, Any]], found: Sequence[Contradiction]) -> str:
    meant = {number for number, case in enumerate(cases) if case["contradict"]}
    pairs = {_get_case_pair(one) for one in found}
    own = {first for first, second in pairs if first == second}
    right = own & meant
    precision = len(right) / len(own) if own else 1.0
    return (
        f"{len(meant)} of {len(cases)} pairs contradict · precision {precision:.2f} · "
        f"recall {len(right) / len(meant):.2f} ({len(right)} found, {len(own - meant)} wrong; "
        f"{sum(first != second for first, second in pairs)} more between cases)"
    )


def _get_case_pair(one: Contradiction) -> tuple[int, int]:
    """The cases of both sides."""
    first, second = (int(side.article.split("/")[-1].split("-")[0]) for side in (one.one, one.other))
    return first, second


async def _find_in_cases(settings: Settings, cases: Sequence[dict[str, Any]]) -> Found:
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(cases):
            for side in ("a", "b"):
                text = f"# {case[side]['title']}\n\n{case[side]['text']}\n"
                (Path(folder) / f"{number}-{side}.md").write_text(text, "utf-8")
        return await _find_in_folder(settings, Path(folder))


async def _find_in_folder(settings: Settings, articles: Path) -> Found:
    """Findings in a folder of articles, and those of the baseline."""
    with tempfile.TemporaryDirectory() as data:
        own = settings.model_copy(update={"data_dir": Path(data)})
        (Path(data) / "models").symlink_to(CACHE)
        knowledge = await open_knowledge(own)
        await ingest_sources(
            [str(articles)], index=knowledge.indexer, count_tokens=knowledge.embedder.count_tokens
        )
        await knowledge.refresh_index()
        forward_index, embedder = knowledge.retriever.forward_index, knowledge.embedder
        owners = await knowledge.database.read(lambda store: store.article_lifecycle.load_chunk_articles())
        new = forward_index.ids.tolist()
        found = await find_contradictions(new, forward_index, owners, knowledge.load_statements, embedder)
        near = await find_contradictions(
            new, forward_index, owners, knowledge.load_statements, embedder, _accept_any
        )
        await knowledge.close()
        return found, near


def _accept_any(_one: Statement, _other: Statement) -> bool:
    return True
