"""The reader: a cross-encoder that scores whether a passage answers a question, and which part does.

Source: Nogueira & Cho, Passage Re-ranking with BERT (2019). Fine-tuned from the embedding model, so that it
adds a few megabytes; `python -m evals train reader` trains it and its calibration.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.answering.reader.adapted_model import READ_SECONDS, AdaptedModel
from assistant.answering.reader.encoding import Window, build_windows, encode_question
from assistant.lru_cache import LruCache
from assistant.models.embeddings.adapter_weights import READER
from assistant.text.link_lists import is_link_list, rank_link_lists_last
from assistant.tracing import start_inner_span

if TYPE_CHECKING:
    from assistant.domain.knowledge import Passage
    from assistant.ports.knowledge import Retriever

CALIBRATION = Path(__file__).with_name("calibration.json")
#: Cached readings: questions recur.
CACHE_SIZE = 512
#: Passages read -> probability of the best one from which no more are read. Chosen on questions to the sample
#: and to a real help centre that were seen in development: a third less of the reading, the same facts shown.
ENOUGH = {3: 0.92, 4: 0.85, 5: 0.7}
#: What was not read scores at most this share of the best: too little to be quoted (`MIN_SECOND`).
UNREAD_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageReading:
    """The logits for a passage."""

    answers: float
    #: Per unit: it answers, it is needed beside the answer; None where the unit was not found.
    units: tuple[tuple[float, float] | None, ...]


class CrossEncoderReader:
    """Reads passages with a question; while it cannot, the search's order stands."""

    def __init__(self, models: Path, seconds: float = READ_SECONDS) -> None:
        """*models* is the folder of prepared models, *seconds* what reading may take in a turn."""
        self.model = AdaptedModel("reader", models, READER, instead="search alone answers")
        self.seconds = seconds
        self._recent: LruCache[tuple[str, str, int, str], PassageReading] = LruCache(CACHE_SIZE)

    async def read_passages(
        self, question: str, passages: Sequence[Passage], context: str = "", seconds: float | None = None
    ) -> list[PassageReading]:
        """The reading of each passage, in order; TimeoutError after *seconds*."""
        keys = {(question, context, p.chunk, p.text): p for p in passages}

        async def read_missing(missing: Sequence[tuple[str, str, int, str]]) -> dict[Any, PassageReading]:
            wanted = [keys[key] for key in missing]
            read = partial(self._read_batch, question, context, wanted)
            return dict(zip(missing, await self.model.run_in_thread(read, seconds), strict=True))

        known = await self._recent.get_many(list(keys), read_missing)
        return [known[question, context, p.chunk, p.text] for p in passages]

    async def rerank_passages(
        self, question: str, passages: Sequence[Passage], context: str = ""
    ) -> list[Passage]:
        """Rerank passages by the probability that they answer; attaches the scores of their units.

        Reads one after another and stops when the best is sure enough (ENOUGH) or the time is over; what was
        not read comes last. They stay unchanged while the reader cannot be opened or read nothing in time.
        """
        readings: list[PassageReading] = []
        with start_inner_span("read passages") as span:
            await self.model.read_or_none(
                partial(self._read_until_sure, question, passages, context, readings)
            )
            span.set_attributes({"reader.passages": len(readings)})
        if not readings:
            return list(passages)
        scored = [
            replace(passage, score=compute_answer_probability(reading, passage.score), parts=reading.units)
            for passage, reading in zip(passages, readings, strict=False)
        ]
        ranked = sorted(scored, key=lambda passage: -passage.score)
        limit = UNREAD_SHARE * ranked[0].score
        unread = [replace(passage, score=min(passage.score, limit)) for passage in passages[len(readings) :]]
        return rank_link_lists_last([*ranked, *unread])

    async def _read_until_sure(
        self, question: str, passages: Sequence[Passage], context: str, readings: list[PassageReading]
    ) -> None:
        """Adds the reading of one passage after another to *readings*; TimeoutError when the time is over."""
        until, best = time.monotonic() + self.seconds, 0.0
        for passage in passages:
            if best >= ENOUGH.get(len(readings), 1.0):
                return
            left = until - time.monotonic()
            readings += await self.read_passages(question, [passage], context, left)
            if not is_link_list(passage.text):
                best = max(best, compute_answer_probability(readings[-1], passage.score))

    def _read_batch(
        self, question: str, context: str, passages: Sequence[Passage], until: float = math.inf
    ) -> list[PassageReading]:
        """TimeoutError once *until* is over, on the monotonic clock: nobody waits for it any more."""
        tokenizer = self.model.tokenizer
        asked = encode_question(tokenizer, question, context)
        found = []
        for passage in passages:
            _check_time(until)
            found.append(self._read_passage(build_windows(tokenizer, asked, passage), until))
        return found

    def _read_passage(self, windows: Sequence[Window], until: float) -> PassageReading:
        answers, units = [], dict[int, tuple[float, float]]()
        for window in windows:
            _check_time(until)
            tokens, whole = self.model.run(window.ids, window.passage_start)
            answers.append(float(whole[0]))
            for unit, start, end in window.units:
                inside = tokens[start:end]
                if not len(inside):
                    continue  # cut off with the window
                mean = inside.mean(axis=0)
                units[unit] = float(mean[0]), float(mean[1])
        count = max(units, default=-1) + 1
        return PassageReading(answers=max(answers), units=tuple(units.get(i) for i in range(count)))


def _check_time(until: float) -> None:
    if time.monotonic() > until:
        raise TimeoutError


@cache
def open_reader(models: Path) -> CrossEncoderReader:
    """The shared reader of this process for the folder of prepared models."""
    return CrossEncoderReader(models)


def wrap_with_reader(retriever: Retriever, embeddings: str, models: Path) -> Retriever:
    """*retriever* with reranking, if *embeddings* is the local model that the reader is made of."""
    from assistant.models.embeddings.factory import LOCAL

    return RerankingRetriever(retriever, open_reader(models)) if embeddings == LOCAL else retriever


class RerankingRetriever:
    """A Retriever whose passages are reranked and scored by the reader."""

    def __init__(self, retriever: Retriever, reader: CrossEncoderReader) -> None:
        self._retriever, self._reader = retriever, reader

    async def search(self, question: str, *, language: str | None = None, limit: int = 5) -> list[Passage]:
        found = await self._retriever.search(question, language=language, limit=limit)
        return await self._reader.rerank_passages(question, found)


def compute_answer_probability(reading: PassageReading, search: float) -> float:
    """The probability that a passage answers, from the reader's logit and the search's score."""
    weights = load_calibration()
    search = min(max(search, 1e-4), 1 - 1e-4)
    odds = math.log(search / (1 - search))
    score = weights["bias"] + weights["reader"] * reading.answers + weights["search"] * odds
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


@cache
def load_calibration() -> dict[str, float]:
    """Weights of reader and search, fitted on domains that the reader was not trained on."""
    weights: dict[str, float] = json.loads(CALIBRATION.read_text(encoding="utf-8"))
    return weights
