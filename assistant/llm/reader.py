"""Reads a question and each passage together: does the passage answer it, and which part of it does.

A cross-encoder (Nogueira & Cho, Passage Re-ranking with BERT, 2019) fine-tuned from the embedding model, so
that it adds a few megabytes; `python -m evals train reader` learned it and its calibration.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from assistant.domain.errors import SetupError
from assistant.llm.e5_graph import TOKEN_LOGITS, WINDOW_LOGITS
from assistant.llm.reader_input import Window, question_ids, read_windows
from assistant.recent import Recent

if TYPE_CHECKING:
    from assistant.domain.knowledge import Passage
    from assistant.ports import Retriever

CALIBRATION = Path(__file__).with_name("reader_calibration.json")
#: Readings that are remembered: the same questions come again.
CACHE_SIZE = 512
#: Pause after the graph could not be made or opened.
RETRY_SECONDS = 60.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the reader makes of a passage; logits."""

    answers: float
    #: Of each unit, in order: it answers, it is needed beside the answer; None where it was not found.
    units: tuple[tuple[float, float] | None, ...]


class Reader:
    """Opens its graph when it is first asked; reads in a thread of its own."""

    def __init__(self, models: Path) -> None:
        """*models* is the folder of prepared models."""
        self._models = models
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reader")
        self._recent: Recent[tuple[str, str, int, str], Reading] = Recent(CACHE_SIZE)
        #: Why it cannot read, and until when it is not tried again; None: it can.
        self.trouble: str | None = None
        self._try_again_at = 0.0

    @cached_property
    def _model(self) -> tuple[Any, Any]:
        from tokenizers import Tokenizer

        from assistant.llm.adapter_weights import READER
        from assistant.llm.e5_model import prepared_adapter, prepared_e5
        from assistant.llm.embeddings_onnx import open_session

        folder = prepared_e5(self._models)
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        return tokenizer, open_session(prepared_adapter(folder, READER), os.cpu_count() or 1)

    async def read(self, question: str, passages: Sequence[Passage], context: str = "") -> list[Reading]:
        """A reading of each passage, in order."""
        keys = {(question, context, p.chunk, p.text): p for p in passages}

        async def read_missing(missing: Sequence[tuple[str, str, int, str]]) -> dict[Any, Reading]:
            loop = asyncio.get_running_loop()
            wanted = [keys[key] for key in missing]
            found = await loop.run_in_executor(self._thread, self._read, question, context, wanted)
            return dict(zip(missing, found, strict=True))

        known = await self._recent.of(list(keys), read_missing)
        return [known[question, context, p.chunk, p.text] for p in passages]

    async def rescore(self, question: str, passages: Sequence[Passage], context: str = "") -> list[Passage]:
        """The passages, best first, each with the probability that it answers and its parts' scores.

        As they are while the reader cannot be opened: search alone answers then, and `trouble` says why.
        """
        if time.monotonic() < self._try_again_at:
            return list(passages)
        try:
            readings = await self.read(question, passages, context)
        except (SetupError, OSError) as exc:
            self.trouble = f"The reader cannot be opened ({exc}); search alone answers."
            self._try_again_at = time.monotonic() + RETRY_SECONDS
            log.warning("reader not opened", why=str(exc))
            return list(passages)
        self.trouble = None
        scored = [
            replace(passage, score=probability(reading, passage.score), parts=reading.units)
            for passage, reading in zip(passages, readings, strict=True)
        ]
        return sorted(scored, key=lambda passage: -passage.score)

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)

    def _read(self, question: str, context: str, passages: Sequence[Passage]) -> list[Reading]:
        tokenizer, _ = self._model
        asked = question_ids(tokenizer, question, context)
        return [self._read_passage(read_windows(tokenizer, asked, passage)) for passage in passages]

    def _read_passage(self, windows: Sequence[Window]) -> Reading:
        answers, units = [], dict[int, tuple[float, float]]()
        for window in windows:
            tokens, gate = self._run(window)
            answers.append(gate)
            for unit, start, end in window.units:
                mean = tokens[start:end].mean(axis=0)
                units[unit] = float(mean[0]), float(mean[1])
        count = max(units, default=-1) + 1
        return Reading(answers=max(answers), units=tuple(units.get(i) for i in range(count)))

    def _run(self, window: Window) -> tuple[Any, float]:
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


@cache
def open_reader(models: Path) -> Reader:
    """The one reader of this process for the folder of prepared models."""
    return Reader(models)


def read_after(retriever: Retriever, embeddings: str, models: Path) -> Retriever:
    """The *retriever* with the reader behind it, where *embeddings* names the local model it is made of."""
    from assistant.llm.embeddings import LOCAL

    return ReadingRetriever(retriever, open_reader(models)) if embeddings == LOCAL else retriever


class ReadingRetriever:
    """A Retriever whose passages the reader has read: ordered and scored by whether they answer."""

    def __init__(self, retriever: Retriever, reader: Reader) -> None:
        self._retriever, self._reader = retriever, reader

    @property
    def trouble(self) -> str | None:
        """Why passages are not read; None: they are."""
        return self._reader.trouble

    async def search(self, question: str, *, language: str | None = None, limit: int = 5) -> list[Passage]:
        found = await self._retriever.search(question, language=language, limit=limit)
        return await self._reader.rescore(question, found)


def probability(reading: Reading, search: float) -> float:
    """How probable it is that a passage answers, by the reader and by search together."""
    weights = calibration()
    search = min(max(search, 1e-4), 1 - 1e-4)
    odds = math.log(search / (1 - search))
    score = weights["bias"] + weights["reader"] * reading.answers + weights["search"] * odds
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


@cache
def calibration() -> dict[str, float]:
    """The weights of reader and search, learned on trades that the reader had not learned from."""
    weights: dict[str, float] = json.loads(CALIBRATION.read_text(encoding="utf-8"))
    return weights
