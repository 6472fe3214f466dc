"""``python -m evals answers``: what quotes answer, what the check of drafts catches, what both cost.

Questions: evals/cases/sample_kb.jsonl over knowledge_base/. Drafted sentences: evals/mutations.py.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import mean, median
from typing import Any

from assistant.domain.knowledge import Passage
from assistant.llm.extractive import ExtractiveAnswerer
from assistant.llm.packing import pack
from assistant.llm.ranking import Ranker
from assistant.llm.support import Source, objection
from assistant.llm.tokens import count_tokens
from assistant.ports import Ask, Draft
from evals.mutations import Case, false_cases, true_cases
from evals.pipeline import local_embedder, retriever_over

ROOT = Path(__file__).parents[1]
#: Kept between runs: vectors of an unchanged knowledge base stay good.
DATA = Path(tempfile.gettempdir()) / "yorisoi-evals"
MODEL = "gpt-4o-mini"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One question with what came of it."""

    case: dict[str, Any]
    passages: Sequence[Passage]
    draft: Draft
    milliseconds: float
    packed: int

    @property
    def is_retrieved(self) -> bool:
        return all(any(words in p.text for p in self.passages) for words in self.case["answer_contains"])

    @property
    def is_answered(self) -> bool:
        return _has(self.draft.text, self.case)

    @property
    def is_answered_first(self) -> bool:
        return _has(self.draft.text.split("\n\n")[0], self.case)


def _has(text: str, case: dict[str, Any]) -> bool:
    return all(words in text for words in case["answer_contains"])


async def _nothing(_text: str) -> None:
    return None


async def answers() -> list[Answered]:
    """Every sample question, searched and answered by quoting."""
    embedder = local_embedder(DATA)
    retriever = await retriever_over(ROOT / "knowledge_base", DATA, embedder)
    ranker = Ranker(embedder)
    answerer = ExtractiveAnswerer(ranker=ranker)
    found = []
    for line in (ROOT / "evals/cases/sample_kb.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        passages = await retriever.search(case["text"], language=case["lang"], limit=5)
        ask = Ask(question=case["text"], language=case["lang"], passages=passages)
        started = time.perf_counter()
        draft = await answerer.answer(ask, _nothing)
        spent = (time.perf_counter() - started) * 1000
        packed = count_tokens(pack(ask, await ranker.ranked(ask), MODEL).text, MODEL)
        found.append(Answered(case=case, passages=passages, draft=draft, milliseconds=spent, packed=packed))
    await retriever.close()
    return found


def report_answers(found: Sequence[Answered]) -> None:
    print("\nQuotes: language, questions, answer in passages, in answer, in its first part, characters")
    for language in ("ja", "en"):
        some = [a for a in found if a.case["lang"] == language]
        shares = (
            mean(a.is_retrieved for a in some),
            mean(a.is_answered for a in some),
            mean(a.is_answered_first for a in some),
        )
        length = mean(len(a.draft.text) for a in some)
        print(f"  {language}  {len(some):4}", *(f" {share:.3f}" for share in shares), f" {length:.0f}")
    times = sorted(a.milliseconds for a in found)
    p50, p95 = median(times), times[int(len(times) * 0.95)]
    print(f"  time, embedding of sentences not seen before included: p50 {p50:.0f} ms, p95 {p95:.0f} ms")
    usual = mean(sum(count_tokens(p.text[:1000], MODEL) for p in a.passages) for a in found)
    packed = mean(a.packed for a in found)
    print(f"  tokens of passages in a prompt: {packed:.0f}; of five whole chunks: {usual:.0f}")


def report_checks(passages: Sequence[Passage]) -> None:
    print("\nDrafted sentences: kind, language, cases, withheld")
    true = list(true_cases(passages))
    cases = [*true, *false_cases(true, Random(1), "held")]
    sources = {id(passage): Source.of(passage) for passage in passages}
    started = time.perf_counter()
    withheld: dict[tuple[str, str], list[bool]] = {}
    for case in cases:
        withheld.setdefault((case.kind, case.language), []).append(_is_withheld(case, sources))
    spent = (time.perf_counter() - started) * 1000 / len(cases)
    for (kind, language), verdicts in sorted(withheld.items()):
        print(f"  {kind:18} {language}  {len(verdicts):5}  {mean(verdicts):.3f}")
    print(f"  time of a check: {spent:.2f} ms")


def _is_withheld(case: Case, sources: dict[int, Source]) -> bool:
    return objection(case.sentence, sources[id(case.passage)], case.language) is not None


def report_paraphrases(passages: Sequence[Passage]) -> None:
    """True sentences in words of our own; how many the check withholds before it asks the embedder."""
    withheld = []
    for line in (ROOT / "evals/cases/paraphrases.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        sources = [Source.of(p) for p in passages if p.article == case["article"]]
        withheld.append(all(objection(case["text"], source, source.passage.language) for source in sources))
    print(f"  true, in other words     {len(withheld):5}  {mean(withheld):.3f}")


def main() -> None:
    found = asyncio.run(answers())
    report_answers(found)
    passages = list({p.chunk: p for a in found for p in a.passages}.values())
    report_checks(passages)
    report_paraphrases(passages)
