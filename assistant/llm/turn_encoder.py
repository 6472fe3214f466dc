"""Reads a customer's turn in its context: is it frustrated, does it ask for a person, did the reply miss?

A classifier with several labels, fine-tuned from the embedding model; `python -m evals train turns` learned
it.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from assistant.domain.errors import SetupError
from assistant.domain.turns import TURN_LABELS
from assistant.llm.e5_graph import TOKEN_LOGITS, WINDOW_LOGITS
from assistant.llm.turn_input import turn_ids
from assistant.recent import Recent

if TYPE_CHECKING:
    from assistant.domain.turns import ReadTurn, Said

#: Turns that are remembered: a burst is read again when a message is added.
CACHE_SIZE = 128
#: Pause after the graph could not be made or opened.
RETRY_SECONDS = 60.0

log = structlog.get_logger()

#: A turn's text, and each line before it with its author.
Key = tuple[str, tuple["Said", ...]]


class TurnEncoder:
    """Opens its graph when it is first asked; reads in a thread of its own."""

    def __init__(self, models: Path) -> None:
        """*models* is the folder of prepared models."""
        self._models = models
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="turns")
        self._recent: Recent[Key, Mapping[str, float]] = Recent(CACHE_SIZE)
        #: Why it cannot read; None: it can.
        self.trouble: str | None = None
        self._try_again_at = 0.0

    async def read_turn(self, text: str, lines: Sequence[Said]) -> Mapping[str, float] | None:
        """The logit of each label for *text* after *lines*; None while the graph cannot be opened."""
        if time.monotonic() < self._try_again_at:
            return None
        key = (text, tuple(lines))
        try:
            found = (await self._recent.of([key], self._read_missing))[key]
        except (SetupError, OSError) as exc:
            self.trouble = f"The turn encoder cannot be opened ({exc}); words alone are read."
            self._try_again_at = time.monotonic() + RETRY_SECONDS
            log.warning("turn encoder not opened", why=str(exc))
            return None
        self.trouble = None
        return found

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)

    @cached_property
    def _model(self) -> tuple[Any, Any]:
        from tokenizers import Tokenizer

        from assistant.llm.adapter_weights import TURNS
        from assistant.llm.e5_model import prepared_adapter, prepared_e5
        from assistant.llm.embeddings_onnx import open_session

        folder = prepared_e5(self._models)
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        return tokenizer, open_session(prepared_adapter(folder, TURNS), os.cpu_count() or 1)

    async def _read_missing(self, keys: Sequence[Key]) -> Mapping[Key, Mapping[str, float]]:
        loop = asyncio.get_running_loop()
        return {key: await loop.run_in_executor(self._thread, self.read_now, *key) for key in keys}

    def read_now(self, text: str, lines: Sequence[Said]) -> Mapping[str, float]:
        """As `read_turn`, in this thread and without memory."""
        import numpy as np

        tokenizer, session = self._model
        read, turn_end = turn_ids(tokenizer, text, lines)
        ids = np.array([read], np.int64)
        feed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": (np.arange(len(read)) < turn_end).astype(np.int64)[None],
        }
        tokens, whole = session.run([TOKEN_LOGITS, WINDOW_LOGITS], feed)
        logits = tokens[0, :turn_end].mean(axis=0) + whole.ravel()
        return dict(zip(TURN_LABELS, logits.tolist(), strict=True))


def turn_reading(embeddings: str, models: Path) -> ReadTurn | None:
    """How turns are read in their context, where *embeddings* names the local model that it is made of."""
    from assistant.llm.embeddings import LOCAL

    return open_turn_encoder(models).read_turn if embeddings == LOCAL else None


@cache
def open_turn_encoder(models: Path) -> TurnEncoder:
    """The one encoder of this process for the folder of prepared models."""
    return TurnEncoder(models)
