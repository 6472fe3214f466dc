"""Extractive answers on help centres: ``python -m evals sample``.

Each question names the articles that answer it and the fact that a good answer contains; some have none. Two
sets were used during development and training, two were written by another writer and held out.
"""

import argparse
import asyncio
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from assistant.app.knowledge_base import KnowledgeBase
from assistant.app.settings import load_settings
from assistant.app.wiring import build_turn_dependencies
from assistant.conversation.turn.ask_once import answer_once
from assistant.domain.signals import Decision
from evals.data.embedding_cache import CachingEmbedder
from evals.quality.pipeline import open_knowledge_over

ROOT = Path(__file__).parents[2]
CASES = ROOT / "evals" / "cases"
#: The date, because some articles expire.
TODAY = date(2026, 11, 26)

Case = dict[str, Any]
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SampleSet:
    """Questions to a folder of articles."""

    name: str
    folder: Path
    cases: Path


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals sample", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--failures", action="store_true", help="print each answer that is not right")
    options = parser.parse_args()
    sample, real = ROOT / "knowledge_base", options.data / "help_center"
    for each in (
        SampleSet("sample help, seen", sample, CASES / "sample_kb.jsonl"),
        SampleSet("sample help, held out", sample, CASES / "sample_kb.held.jsonl"),
        SampleSet("real help centre, seen", real, CASES / "help_center.jsonl"),
        SampleSet("real help centre, held out", real, CASES / "help_center.held.jsonl"),
    ):
        if each.folder.is_dir():
            asyncio.run(_run_set(each, failures=options.failures))


async def _run_set(asked: SampleSet, *, failures: bool) -> None:
    cases = [json.loads(line) for line in asked.cases.read_text("utf-8").splitlines()]
    knowledge = await open_knowledge_over(asked.folder, CachingEmbedder(), TODAY)
    mind = build_turn_dependencies(load_settings().model_copy(update={"chat_model": "extractive"}), knowledge)
    answers = [await answer_once(mind, case["text"]) for case in cases]
    first = [await answer_with_first_passage(knowledge, case["text"]) for case in cases]
    await knowledge.close()
    print(
        f"{asked.name}: {format_report(cases, answers)}; characters {compute_median_length(answers)}",
        flush=True,
    )
    print(
        f"  first passage whole: {format_report(cases, first)}; characters {compute_median_length(first)}",
        flush=True,
    )
    if failures:
        for case, answer in zip(cases, answers, strict=True):
            if (what := judge_answer(case, answer)) not in ("right", "declined"):
                said = " ".join(answer["answer"].split())
                print(f"  {what}: {case['text']}\n    {answer['decision']}: {said}")


async def answer_with_first_passage(knowledge: KnowledgeBase, question: str) -> Answer:
    """Baseline: the first passage of our search, whole."""
    found = await knowledge.retriever.search(question, limit=1)
    text = found[0].text if found else ""
    return {"answer": text, "citations": [{"article": passage.article} for passage in found]}


def compute_median_length(answers: list[Answer]) -> float:
    """The median length of the answers."""
    return median(
        [len(answer["answer"]) for answer in answers if answer["citations"] and not is_unsure(answer)] or [0]
    )


def format_report(cases: list[Case], answers: list[Answer]) -> str:
    """Correct articles and facts among the answers; and answers where there should be none."""
    found = [judge_answer(case, answer) for case, answer in zip(cases, answers, strict=True)]
    known = sum(bool(case["relevant"]) for case in cases)
    right, without_fact = found.count("right"), found.count("without the fact")
    answered = right + without_fact + found.count("from another article")
    return (
        f"{known} with an answer: answered {answered}, from the right article {right + without_fact}, "
        f"with the fact {right}; {len(cases) - known} without: declined {found.count('declined')}"
    )


def is_unsure(answer: Answer) -> bool:
    """Whether it declines; a passage shown whole never does."""
    return bool(answer.get("decision") == Decision.ABSTAIN)


def judge_answer(case: Case, answer: Answer) -> str:
    """The outcome of a question."""
    # Cards beside "I could not find that" are no answer.
    cited = set() if is_unsure(answer) else {each["article"] for each in answer["citations"]}
    if not case["relevant"]:
        return "answered without an answer" if cited else "declined"
    if not cited:
        return "not answered"
    if not cited & set(case["relevant"]):
        return "from another article"
    said = answer["answer"].replace("`", "")
    return "right" if all(fact in said for fact in case["answer_contains"]) else "without the fact"
