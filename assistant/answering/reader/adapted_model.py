"""Hosts a graph fine-tuned from the embedding model: opened on first use, run in a thread of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from assistant.domain.errors import SetupError
from assistant.models.embeddings.e5_onnx_export import TOKEN_LOGITS, WINDOW_LOGITS

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

T = TypeVar("T")

#: Seconds that a turn waits for a reading.
READ_SECONDS = 1.5
#: Seconds before another try when the graph could not be built or opened.
RETRY_SECONDS = 60.0

log = structlog.get_logger()


class AdaptedModel:
    """One graph with its tokenizer."""

    def __init__(self, name: str, models: Path, learned: Path, *, instead: str) -> None:
        """*models* is the folder of prepared models, *learned* the committed weights.

        Operators read *name*, and what is done *instead* while it cannot be opened.
        """
        self.name, self._instead = name, instead
        self._models, self._learned = models, learned
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name.replace(" ", "-"))
        #: Readings that were not done in time.
        self.timeouts = 0
        #: Why it cannot read; None: it works.
        self.unavailable_reason: str | None = None
        self._try_again_at = 0.0

    @property
    def tokenizer(self) -> Any:
        return self._graph[0]

    def run(self, ids: Sequence[int], second_start: int) -> tuple[NDArray[float32], NDArray[float32]]:
        """The logits of each token (tokens, outputs) and of the whole text (outputs).

        *ids* are token ids, of which those before *second_start* are of the first part.
        """
        import numpy as np

        array = np.array([ids], np.int64)
        feed = {
            "input_ids": array,
            "attention_mask": np.ones_like(array),
            "token_type_ids": (np.arange(len(ids)) < second_start).astype(np.int64)[None],
        }
        tokens, whole = self._graph[1].run([TOKEN_LOGITS, WINDOW_LOGITS], feed)
        return tokens[0], whole.ravel()

    async def run_in_thread(self, read: Callable[[float], T], seconds: float | None = None) -> T:
        """What *read* returns, called in the model's thread; TimeoutError after *seconds*.

        It is given the monotonic time from which on nobody waits for it. Opening the graph, which
        is done before the first customer, is not counted.
        """
        loop = asyncio.get_running_loop()
        if "_graph" not in self.__dict__:
            await loop.run_in_executor(self._thread, lambda: self._graph)
        until = float("inf") if seconds is None else time.monotonic() + seconds
        # What has not begun when the time is over is never begun.
        async with asyncio.timeout(seconds):
            return await loop.run_in_executor(self._thread, read, until)

    async def read_or_none(self, reading: Callable[[], Awaitable[T]]) -> T | None:
        """What *reading* gives; None where it took too long, or while the graph cannot be opened."""
        if time.monotonic() < self._try_again_at:
            return None
        try:
            found = await reading()
        except TimeoutError:
            self.timeouts += 1
            log.warning("not read in time", model=self.name, timeouts=self.timeouts)
            return None
        except (SetupError, OSError) as exc:
            self.unavailable_reason = f"The {self.name} cannot be opened ({exc}); {self._instead}."
            self._try_again_at = time.monotonic() + RETRY_SECONDS
            log.warning("model not opened", model=self.name, why=str(exc))
            return None
        self.unavailable_reason = None
        return found

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)

    @cached_property
    def _graph(self) -> tuple[Any, Any]:
        from assistant.models.embeddings.e5_cache import open_adapter

        return open_adapter(self._models, self._learned)
