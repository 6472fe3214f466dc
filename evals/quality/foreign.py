"""Answers on unseen help centres: ``python -m evals foreign``.

Each folder of `evals/cases/foreign` is a knowledge base by a writer who saw neither code nor other cases, and
is never trained on. Baselines: the first passage of our search, of dense vectors and of BM25, whole and cut
to the length of the product's answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from assistant.app.knowledge_base import KnowledgeBase
from assistant.app.settings import load_settings
from assistant.app.wiring import build_turn_dependencies
from assistant.conversation.turn.ask_once import answer_once
from assistant.domain.knowledge import Passage
from assistant.domain.signals import Decision
from assistant.text.segmentation import tokenize_text
from evals.data.embedding_cache import CachingEmbedder
from evals.quality.pipeline import open_knowledge_over
from evals.quality.scores import compute_auroc

CASES = Path(__file__).parents[1] / "cases" / "foreign"
TODAY = date(2026, 11, 26)
#: BM25's k1 and b, at their usual values.
K1 = 1.2
B = 0.75
#: Characters of a passage where the product declined, and the minimum.
USUAL_LENGTH = 220
LEAST_LENGTH = 40
PASSAGES = 6
#: Markdown markup, and citation numbers.
MARKUP = re.compile(r"[*_`|]|\[\d+\]|---")
MARKUP_OR_SPACE = re.compile(rf"\s|{MARKUP.pattern}")

Case = dict[str, Any]


@dataclass(slots=True)
class AnswerStatistics:
    """The figures of one system on one knowledge base."""

    shown: int = 0
    answerable: int = 0
    declined_answerable: int = 0
    declined_near: int = 0
    near: int = 0
    lengths: list[int] = field(default_factory=list)
    #: (score, whether answerable) of each question, if the system has scores.
    scores: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, case: Case, text: str | None, score: float | None = None, *, unsure: bool = False) -> None:
        """Add an answer; *text*: None where it declined; *unsure*: it declined, but showed near lines."""
        answerable = bool(case["fact"])
        if score is not None:
            self.scores.append((score, answerable))
        if answerable:
            self.answerable += 1
            self.declined_answerable += text is None or unsure
            self.shown += text is not None and not unsure and contains_fact(text, case["fact"])
            if text is not None:
                self.lengths.append(count_characters(text))
        else:
            self.near += 1
            self.declined_near += text is None or unsure

    def __str__(self) -> str:
        told = (
            f"fact shown {self.shown / max(1, self.answerable):.2f} of {self.answerable}, "
            f"median length {median(self.lengths or [0]):.0f}, "
            f"declined {self.declined_answerable / max(1, self.answerable):.2f}, "
            f"near misses declined {self.declined_near}/{self.near}"
        )
        if self.scores:
            told += f", AUROC {compute_auroc(*zip(*self.scores, strict=True)):.3f}"
        return told


def count_characters(text: str) -> int:
    """Characters without markup and citation numbers."""
    return len(MARKUP.sub("", text))


def contains_fact(text: str, fact: Sequence[str | list[str]]) -> bool:
    """Whether every part of the fact, or of an alternative, is in the text; blanks are ignored."""

    def strip_markup(part: str) -> str:
        return MARKUP_OR_SPACE.sub("", part)

    said = strip_markup(text)
    alternatives = ([part] if isinstance(part, str) else part for part in fact)
    return all(any(strip_markup(each) in said for each in some) for some in alternatives)


class Bm25:
    """BM25 over passages with title and headings (Robertson & Zaragoza, 2009)."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._bags = [Counter(tokenize_text(" ".join((p.title, *p.headings, p.text)))) for p in passages]
        self._lengths = [sum(bag.values()) for bag in self._bags]
        self._seen = Counter(word for bag in self._bags for word in bag)

    def find_best(self, question: str) -> int:
        """Index of the best passage."""
        mean = sum(self._lengths) / len(self._lengths)

        def compute_score(bag: Counter[str], size: int) -> float:
            return sum(
                math.log(1 + (len(self._bags) - self._seen[w] + 0.5) / (self._seen[w] + 0.5))
                * bag[w]
                * (K1 + 1)
                / (bag[w] + K1 * (1 - B + B * size / mean))
                for w in set(tokenize_text(question))
                if bag[w]
            )

        scores = [compute_score(bag, size) for bag, size in zip(self._bags, self._lengths, strict=True)]
        return int(np.argmax(scores))


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals foreign", description=__doc__)
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--only", nargs="*", help="names of knowledge bases")
    parser.add_argument("--failures", action="store_true", help="print each answer that is not right")
    chosen = parser.parse_args()
    folders = [f for f in sorted(chosen.cases.iterdir()) if (f / "questions.jsonl").is_file()]
    totals: dict[str, dict[str, AnswerStatistics]] = {}
    for folder in folders:
        if not chosen.only or folder.name in chosen.only:
            found = asyncio.run(measure_folder(folder, failures=chosen.failures))
            totals[folder.name] = found
            print(folder.name)
            for way, answers in found.items():
                print(f"  {way:24} {answers}", flush=True)
    print("all")
    for way in next(iter(totals.values()), {}):
        print(f"  {way:24} {sum_statistics([each[way] for each in totals.values()])}")


def sum_statistics(some: Sequence[AnswerStatistics]) -> AnswerStatistics:
    joined = AnswerStatistics()
    for each in some:
        joined.shown += each.shown
        joined.answerable += each.answerable
        joined.declined_answerable += each.declined_answerable
        joined.declined_near += each.declined_near
        joined.near += each.near
        joined.lengths += each.lengths
        joined.scores += each.scores
    return joined


async def measure_folder(folder: Path, *, failures: bool) -> dict[str, AnswerStatistics]:
    cases = [
        json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines() if line
    ]
    embedder = CachingEmbedder()
    knowledge = await open_knowledge_over(folder / "kb", embedder, TODAY)
    mind = build_turn_dependencies(load_settings().model_copy(update={"chat_model": "extractive"}), knowledge)
    found: dict[str, AnswerStatistics] = {}

    def record_answer(
        way: str, case: Case, text: str | None, score: float | None = None, *, unsure: bool = False
    ) -> None:
        found.setdefault(way, AnswerStatistics()).add(case, text, score, unsure=unsure)

    dense, words, passages = await build_simple_searches(knowledge, embedder)
    for case in cases:
        answer = await answer_once(mind, case["text"])
        text = answer["answer"] if answer["citations"] else None
        read = await mind.retriever.search(case["text"], limit=PASSAGES)
        ranked = await knowledge.retriever.search(case["text"], limit=PASSAGES)
        best = max((p.score for p in read), default=0.0)
        record_answer("ours", case, text, best, unsure=answer["decision"] == Decision.ABSTAIN)
        size = max(count_characters(text) if text is not None else USUAL_LENGTH, LEAST_LENGTH)
        score = ranked[0].score if ranked else None
        tops = {
            "our search, first": ranked[0].text if ranked else "",
            "dense, first": passages[await dense(case["text"])].text,
            "BM25, first": passages[words.find_best(case["text"])].text,
        }
        for way, passage in tops.items():
            record_answer(f"{way}, whole", case, passage, score if way.startswith("our") else None)
            record_answer(f"{way}, as long", case, passage[:size])
        if failures and (text is None or not contains_fact(text, case["fact"])) == bool(case["fact"]):
            print_failure(case, text)
    await knowledge.close()
    return found


def print_failure(case: Case, text: str | None) -> None:
    print(f"  {case['kind']}: {case['text']}\n    wanted {case['fact']} of {case['article']}")
    print("    " + " ".join((text or "(declined)").split())[:400])


async def build_simple_searches(
    knowledge: KnowledgeBase, embedder: CachingEmbedder
) -> tuple[Callable[[str], Awaitable[int]], Bm25, list[Passage]]:
    """Dense search with one vector per passage, BM25, and the passages."""
    forward_index = knowledge.retriever.forward_index
    kept = await knowledge.database.read(
        lambda store: store.articles.load_passages(forward_index.ids.tolist())
    )
    passages = list(kept.values())
    vectors = await embedder.embed_passages([": ".join((p.title, *p.headings, p.text)) for p in passages])

    async def find_nearest(question: str) -> int:
        return int(np.argmax(vectors @ await embedder.embed_query(question)))

    return find_nearest, Bm25(passages), passages


if __name__ == "__main__":
    main()
