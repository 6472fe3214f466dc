"""The reader: a cross-encoder that scores whether a passage answers a question, and which part does.

Source: Nogueira & Cho, Passage Re-ranking with BERT (2019). Fine-tuned from the embedding model, so that it
adds a few megabytes; `python -m evals train reader` trains it and its calibration.
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from assistant.answering.reader.encoding import Window, build_windows, encode_question
from assistant.domain.errors import SetupError
from assistant.lru_cache import LruCache
from assistant.models.embeddings.e5_onnx_export import TOKEN_LOGITS, WINDOW_LOGITS
from assistant.text.link_lists import rank_link_lists_last

if TYPE_CHECKING:
    from assistant.domain.knowledge import Passage
    from assistant.ports.knowledge import Retriever

CALIBRATION = Path(__file__).with_name("calibration.json")
#: Cached readings: questions recur.
CACHE_SIZE = 512
#: Seconds to read all passages of a turn, else the search's order is used.
READ_SECONDS = 1.5
#: Seconds before another try when the graph could not be built or opened.
RETRY_SECONDS = 60.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageReading:
    """The logits for a passage."""

    answers: float
    #: Per unit: it answers, it is needed beside the answer; None where the unit was not found.
    units: tuple[tuple[float, float] | None, ...]


class CrossEncoderReader:
    """Opens its graph on first use; runs in a thread of its own."""

    def __init__(self, models: Path, seconds: float = READ_SECONDS) -> None:
        """*models* is the folder of prepared models, *seconds* what reading may take in a turn."""
        self._models, self._seconds = models, seconds
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reader")
        #: Turns whose passages were not read in time.
        self.timeouts = 0
        self._recent: LruCache[tuple[str, str, int, str], PassageReading] = LruCache(CACHE_SIZE)
        #: Why it cannot read, and until when it is not tried again; None: it works.
        self.unavailable_reason: str | None = None
        self._try_again_at = 0.0

    @cached_property
    def _model(self) -> tuple[Any, Any]:
        from assistant.models.embeddings.adapter_weights import READER
        from assistant.models.embeddings.e5_cache import open_adapter

        return open_adapter(self._models, READER)

    async def read_passages(
        self, question: str, passages: Sequence[Passage], context: str = "", seconds: float = math.inf
    ) -> list[PassageReading]:
        """The reading of each passage, in order; TimeoutError after *seconds*.

        Opening the graph, which is done before the first customer, is not counted.
        """
        keys = {(question, context, p.chunk, p.text): p for p in passages}
        loop = asyncio.get_running_loop()

        async def read_missing(missing: Sequence[tuple[str, str, int, str]]) -> dict[Any, PassageReading]:
            if "_model" not in self.__dict__:
                await loop.run_in_executor(self._thread, self._open_model)
            until = time.monotonic() + seconds
            wanted = [keys[key] for key in missing]
            async with asyncio.timeout(seconds if math.isfinite(seconds) else None):
                found = await loop.run_in_executor(
                    self._thread, self._read_batch, question, context, wanted, until
                )
            return dict(zip(missing, found, strict=True))

        known = await self._recent.get_many(list(keys), read_missing)
        return [known[question, context, p.chunk, p.text] for p in passages]

    async def rerank_passages(
        self, question: str, passages: Sequence[Passage], context: str = ""
    ) -> list[Passage]:
        """Rerank passages by the probability that they answer; attaches the scores of their units.

        They stay unchanged while the reader cannot be opened or is too slow; `unavailable_reason` gives the
        reason, `timeouts` counts the latter.
        """
        if time.monotonic() < self._try_again_at:
            return list(passages)
        try:
            readings = await self.read_passages(question, passages, context, self._seconds)
        except TimeoutError:
            self.timeouts += 1
            log.warning("passages not read in time", seconds=self._seconds, turns=self.timeouts)
            return list(passages)
        except (SetupError, OSError) as exc:
            self.unavailable_reason = f"The reader cannot be opened ({exc}); search alone answers."
            self._try_again_at = time.monotonic() + RETRY_SECONDS
            log.warning("reader not opened", why=str(exc))
            return list(passages)
        self.unavailable_reason = None
        scored = [
            replace(passage, score=compute_answer_probability(reading, passage.score), parts=reading.units)
            for passage, reading in zip(passages, readings, strict=True)
        ]
        return rank_link_lists_last(sorted(scored, key=lambda passage: -passage.score))

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)

    def _open_model(self) -> None:
        _ = self._model

    def _read_batch(
        self, question: str, context: str, passages: Sequence[Passage], until: float = math.inf
    ) -> list[PassageReading]:
        """TimeoutError once *until* is over, on the monotonic clock: nobody waits for it any more."""
        tokenizer, _ = self._model
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
            tokens, gate = self._run_window(window)
            answers.append(gate)
            for unit, start, end in window.units:
                inside = tokens[start:end]
                if not len(inside):
                    continue  # cut off with the window
                mean = inside.mean(axis=0)
                units[unit] = float(mean[0]), float(mean[1])
        count = max(units, default=-1) + 1
        return PassageReading(answers=max(answers), units=tuple(units.get(i) for i in range(count)))

    def _run_window(self, window: Window) -> tuple[Any, float]:
        import numpy as np

        _, session = self._model
        ids = np.array([window.ids], np.int64)
        feed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": (np.arange(ids.shape[1]) < window.passage_start).astype(np.int64)[None],
        }
        tokens, gate = session.run([TOKEN_LOGITS, WINDOW_LOGITS], feed)
        return tokens[0], float(gate.flat[0])


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

    @property
    def unavailable_reason(self) -> str | None:
        """Why passages are not reranked; None: they are."""
        return self._reader.unavailable_reason

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
