"""The turn encoder: a multi-label classifier of a customer's turn in its context.

Labels such as frustrated, asks for a person, the reply missed. Fine-tuned from the embedding model by `python
-m evals train turns`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from assistant.answering.reader.turn_encoding import encode_turn
from assistant.domain.errors import SetupError
from assistant.domain.turns import TURN_LABELS
from assistant.lru_cache import LruCache
from assistant.models.embeddings.e5_onnx_export import TOKEN_LOGITS, WINDOW_LOGITS

if TYPE_CHECKING:
    from assistant.domain.turns import ReadTurn, Utterance

#: Cached turns: a burst is read again when a message is added.
CACHE_SIZE = 128
#: Seconds to read a turn, else only its words are used.
READ_SECONDS = 1.5
#: Seconds before another try when the graph could not be built or opened.
RETRY_SECONDS = 60.0

log = structlog.get_logger()

#: A turn's text, and (author, text) of each line before it.
Key = tuple[str, tuple["Utterance", ...]]


class TurnEncoder:
    """Opens its graph on first use; runs in a thread of its own."""

    def __init__(self, models: Path, seconds: float = READ_SECONDS) -> None:
        """*models* is the folder of prepared models, *seconds* what reading a turn may take."""
        self._models, self._seconds = models, seconds
        #: Turns that were not read in time.
        self.timeouts = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="turns")
        self._recent: LruCache[Key, Mapping[str, float]] = LruCache(CACHE_SIZE)
        #: Why it cannot read; None: it works.
        self.unavailable_reason: str | None = None
        self._try_again_at = 0.0

    async def read_turn(self, text: str, lines: Sequence[Utterance]) -> Mapping[str, float] | None:
        """Label -> logit of *text* after *lines*; None while it cannot be read in time."""
        if time.monotonic() < self._try_again_at:
            return None
        key = (text, tuple(lines))
        try:
            found = (await self._recent.get_many([key], self._read_missing))[key]
        except TimeoutError:
            self.timeouts += 1
            log.warning("turn not read in time", seconds=self._seconds, turns=self.timeouts)
            return None
        except (SetupError, OSError) as exc:
            self.unavailable_reason = f"The turn encoder cannot be opened ({exc}); words alone are read."
            self._try_again_at = time.monotonic() + RETRY_SECONDS
            log.warning("turn encoder not opened", why=str(exc))
            return None
        self.unavailable_reason = None
        return found

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)

    @cached_property
    def _model(self) -> tuple[Any, Any]:
        from assistant.models.embeddings.adapter_weights import TURNS
        from assistant.models.embeddings.e5_cache import open_adapter

        return open_adapter(self._models, TURNS)

    async def _read_missing(self, keys: Sequence[Key]) -> Mapping[Key, Mapping[str, float]]:
        loop = asyncio.get_running_loop()
        if "_model" not in self.__dict__:
            await loop.run_in_executor(self._thread, self._open_model)
        # What has not begun when the time is over is never begun.
        async with asyncio.timeout(self._seconds):
            return {key: await loop.run_in_executor(self._thread, self.score_turn, *key) for key in keys}

    def _open_model(self) -> None:
        _ = self._model

    def score_turn(self, text: str, lines: Sequence[Utterance]) -> Mapping[str, float]:
        """As `read_turn`, in this thread and without cache."""
        import numpy as np

        tokenizer, session = self._model
        read, turn_end = encode_turn(tokenizer, text, lines)
        ids = np.array([read], np.int64)
        feed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": (np.arange(len(read)) < turn_end).astype(np.int64)[None],
        }
        tokens, whole = session.run([TOKEN_LOGITS, WINDOW_LOGITS], feed)
        logits = tokens[0, :turn_end].mean(axis=0) + whole.ravel()
        return dict(zip(TURN_LABELS, logits.tolist(), strict=True))


def build_turn_reader(embeddings: str, models: Path) -> ReadTurn | None:
    """A function that reads turns, if *embeddings* is the local model that the encoder is made of."""
    from assistant.models.embeddings.factory import LOCAL

    return open_turn_encoder(models).read_turn if embeddings == LOCAL else None


@cache
def open_turn_encoder(models: Path) -> TurnEncoder:
    """The shared encoder of this process for the folder of prepared models."""
    return TurnEncoder(models)
