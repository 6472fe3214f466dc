"""How the sample help answers the questions of evals/cases/sample_kb.jsonl: ``python -m evals sample``."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from assistant.app import make_mind
from assistant.cli.knowledge import take_in
from assistant.conversation.asking import answer_once
from assistant.library import open_knowledge
from assistant.settings import Settings, load_settings

ROOT = Path(__file__).parents[1]
CASES = ROOT / "evals" / "cases" / "sample_kb.jsonl"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        fresh = {"data_dir": Path(folder), "chat_model": "extractive"}
        asyncio.run(_run(load_settings().model_copy(update=fresh)))


async def _run(settings: Settings) -> None:
    cases = [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]
    knowledge = await open_knowledge(settings)
    await take_in(knowledge, settings, [str(ROOT / "knowledge_base")], lambda _stage, _done, _all: None)
    mind = make_mind(settings, knowledge)
    answers = [await answer_once(mind, case["text"]) for case in cases]
    await knowledge.close()
    for line in report(cases, answers):
        print(line)


def report(cases: list[dict[str, Any]], answers: list[dict[str, Any]]) -> list[str]:
    """What was answered, from where, and with the expected fact; and what should not have been."""
    known = [(case, answer) for case, answer in zip(cases, answers, strict=True) if case["relevant"]]
    unknown = [answer for case, answer in zip(cases, answers, strict=True) if not case["relevant"]]
    right = [(case, answer) for case, answer in known if _articles(answer) & set(case["relevant"])]
    facts = [case for case, answer in right if all(f in answer["answer"] for f in case["answer_contains"])]
    answered = sum(bool(_articles(answer)) for _, answer in known)
    return [
        f"questions that the help answers: {len(known)}",
        f"  answered {answered} · from the right article {len(right)} · with the expected fact {len(facts)}",
        f"near misses and others that it does not: {len(unknown)}",
        f"  declined {sum(not _articles(answer) for answer in unknown)}",
    ]


def _articles(answer: dict[str, Any]) -> set[str]:
    return {cited["article"] for cited in answer["citations"]}
