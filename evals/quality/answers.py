"""``python -m evals answers``: every figure of grounded answers beside its baseline, in one run.

Tokens and speed over knowledge_base/ and two sets of questions, the held-out one by another writer; the check
(`support.py`), masking (`personal.py`), a model that obeys injections (`hostile.py`), and one that fails
(`faulty.py`).
"""

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import Any

from assistant.answering.drafts.answerer import GroundedAnswerer
from assistant.answering.drafts.prompt_context import build_prompt_context, condense_history
from assistant.answering.grounding.checker import EncodedTexts
from assistant.answering.prompts import Prompt
from assistant.answering.quotes.answerer import ExtractiveAnswerer
from assistant.answering.quotes.ranker import QuoteRanker
from assistant.app.knowledge_base import KnowledgeBase
from assistant.domain.messages import Author
from assistant.domain.turns import Utterance
from assistant.knowledge.retrieval.token_vectors import StoredTokenVectors
from assistant.models.token_count import count_tokens
from assistant.ports.answering import AnswerRequest
from assistant.ports.models import MultiVectorEmbedder, TokenUsage
from assistant.text.pii_masking import PiiMask
from evals.data.support_sets import ROOT
from evals.fakes.chat_server import answer_honestly
from evals.quality import faulty, hostile, personal, support

MODEL = "gpt-4o-mini"
#: The second was written by another writer, and no setting was tuned on it.
QUESTIONS = ("sample_kb.jsonl", "sample_kb.held.jsonl")
PROMPT = Prompt.from_file(ROOT / "prompts" / "answer.md")
#: A fast model's pace: seconds to the first words, and per dozen characters.
FIRST = 0.4
PACE = 0.03
#: Questions whose speed is measured, each twice: with cold and with warm caches.
TIMED = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCase:
    """A question with its passages, and the conversation before it."""

    case: dict[str, Any]
    ask: AnswerRequest
    #: The product's ranking of quote candidates.
    ranker: QuoteRanker

    def has_facts(self, text: str) -> bool:
        """Whether it contains the expected facts."""
        return all(words in text for words in self.case["answer_contains"])


class PacedModel:
    """The honest fake at a real model's pace; records when its first sentence was complete."""

    name = "paced"

    def __init__(self) -> None:
        self.first_sentence = self.total = 0.0

    async def stream_completion(
        self, system: str, user: str, usage: TokenUsage | None = None
    ) -> AsyncIterator[str]:
        started = time.perf_counter()
        text = answer_honestly({"messages": [{"content": user}]})
        end = text.find("]") + 1
        self.first_sentence = 0.0
        await asyncio.sleep(FIRST)
        for start in range(0, len(text), 12):
            await asyncio.sleep(PACE)
            # The space after the number shows that the sentence is complete.
            if not self.first_sentence and start + 12 > end:
                self.first_sentence = time.perf_counter() - started
            yield text[start : start + 12]
        self.total = time.perf_counter() - started
        self.first_sentence = self.first_sentence or self.total


async def load_answer_cases(knowledge: KnowledgeBase, questions: str) -> list[AnswerCase]:
    """The answerable questions of a file with their passages.

    The history is the three questions before, answered.
    """
    lines = (ROOT / "evals/cases" / questions).read_text("utf-8").splitlines()
    cases = [case for line in lines if (case := json.loads(line))["relevant"]]
    ranker = QuoteRanker(knowledge.embedder, StoredTokenVectors(knowledge.database, knowledge.embedder))
    quotes, talk, found = ExtractiveAnswerer(ranker=ranker), list[Utterance](), list[AnswerCase]()
    for case in cases:
        passages = await knowledge.retriever.search(case["text"], language=case["lang"], limit=5)
        ask = AnswerRequest(question=case["text"], language=case["lang"], passages=passages, lines=talk[-6:])
        found.append(AnswerCase(case=case, ask=ask, ranker=ranker))
        draft = await quotes.write_answer(ask, _ignore_text)
        talk += [Utterance(author=Author.CUSTOMER, text=case["text"])]
        talk += [Utterance(author=Author.ASSISTANT, text=draft.text)]
    return found


async def report_tokens(found: Sequence[AnswerCase], questions: str) -> None:
    """Tokens of our prompts, beside usual prompts with the same instructions."""
    ours, usual, held, held_usual = [], [], [], []
    for one in found:
        packed = build_prompt_context(one.ask, await one.ranker.rank_candidates(one.ask), MODEL)
        chunks = "\n\n".join(f"[{n}] {p.title}\n{p.text[:1000]}" for n, p in enumerate(one.ask.passages, 1))
        whole = "\n".join(f"{line.author}: {line.text}" for line in one.ask.lines)
        ours.append(_count_prompt_tokens(packed, condense_history(one.ask.lines, PiiMask()), one.ask))
        usual.append(_count_prompt_tokens(chunks, whole, one.ask))
        held.append(one.has_facts(packed))
        held_usual.append(one.has_facts(chunks))
    print(f"\nTokens of a prompt, {len(found)} of {questions}: ours; five chunks of 1,000, whole history")
    print(
        f"  tokens                  {mean(ours):.0f}  {mean(usual):.0f}  ratio {mean(ours) / mean(usual):.2f}"
    )
    print(f"  holds the expected fact {mean(held):.3f}  {mean(held_usual):.3f}")
    answered = [sum(ours) / sum(held), sum(usual) / sum(held_usual)]
    print(
        f"  tokens for each such  {answered[0]:.0f}  {answered[1]:.0f}  ratio {answered[0] / answered[1]:.2f}"
    )


def _count_prompt_tokens(passages: str, history: str, ask: AnswerRequest) -> int:
    language = "Japanese" if ask.language == "ja" else "English"
    filled = PROMPT.fill_template(
        language=language, passages=passages, history=history, question=ask.question
    )
    return sum(count_tokens(part, MODEL) for part in filled)


async def report_speed(found: Sequence[AnswerCase], knowledge: KnowledgeBase) -> None:
    """Time added by prompt selection and checks, and when the first sentence is shown."""
    assert isinstance(knowledge.embedder, MultiVectorEmbedder)
    readings = EncodedTexts(knowledge.embedder, StoredTokenVectors(knowledge.database, knowledge.embedder))
    print(
        f"\nBeyond the model ({FIRST} s to its first words): p50 ms a turn, of it at work in our thread"
        " (the rest is the embedder and waiting for a processor); first sentence / the model's own"
    )
    for name in ("passages not seen before", "passages seen before"):
        timed = [await _measure_answer(one, readings) for one in found[:: len(found) // TIMED]]
        beyond, work, firsts = map(median, zip(*timed, strict=True))
        print(f"  {name:26} {beyond:.0f} ms  {work:.0f} ms  {firsts:.2f}")


async def _measure_answer(one: AnswerCase, readings: EncodedTexts) -> tuple[float, float, float]:
    """Times of one turn.

    (ms beyond the model, ms of CPU time in our thread, time of the first shown sentence relative to the
    model's)
    """
    model, shown = PacedModel(), list[float]()

    async def record_progress(_text: str) -> None:
        shown.append(time.perf_counter())

    quotes = ExtractiveAnswerer(ranker=one.ranker)
    answerer = GroundedAnswerer(model, PROMPT, fallback=quotes, ranker=one.ranker, readings=readings)
    started, idle = time.perf_counter(), time.thread_time()
    await answerer.write_answer(one.ask, record_progress)
    spent, work = time.perf_counter() - started, time.thread_time() - idle
    first = (shown[0] - started) / model.first_sentence if shown and model.first_sentence else 1.0
    return 1000 * (spent - model.total), 1000 * work, first


async def _ignore_text(_text: str) -> None:
    return None


async def _report_sample_help() -> None:
    from assistant.app.knowledge_base import open_knowledge
    from assistant.app.settings import load_settings
    from assistant.cli.knowledge import index_sources

    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings().model_copy(update={"data_dir": Path(folder), "chat_model": "extractive"})
        knowledge = await open_knowledge(settings)
        await index_sources(
            knowledge, settings, [str(ROOT / "knowledge_base")], lambda _stage, _done, _all: None
        )
        for questions in QUESTIONS:
            found = await load_answer_cases(knowledge, questions)
            await report_tokens(found, questions)
        await report_speed(found, knowledge)
        await knowledge.close()


def main() -> None:
    asyncio.run(_report_sample_help())
    support.main()
    personal.main()
    hostile.main()
    faulty.main()
