"""Switches the embedding model while the service runs: each question uses one model's vectors, never both."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping

from assistant.domain.knowledge import Passage
from assistant.knowledge.retrieval.forward_index import ForwardIndex
from assistant.knowledge.retrieval.retriever import HybridRetriever

#: Seconds after the switch until the old retriever is closed: its last questions are answered by then.
LINGER_SECONDS = 5.0


class SwitchingRetriever:
    """Answers with the earlier model until the new model's vectors are complete.

    A question uses one retriever from beginning to end, so the switch happens between two questions.
    """

    def __init__(
        self,
        retriever: HybridRetriever,
        before: HybridRetriever | None = None,
        *,
        ready: Callable[[], Awaitable[bool]],
        changed: Callable[[], Awaitable[object]],
    ) -> None:
        """*before* answers until *retriever* is *ready*; *changed* is called after the switch."""
        self._now = before or retriever
        self._coming = retriever if before else None
        self._gone: HybridRetriever | None = None
        self._gone_at = 0.0
        self._ready, self._changed = ready, changed
        #: Why vectors are missing when no earlier model answers; None: none are missing.
        self.missing: str | None = None

    @property
    def is_switching(self) -> bool:
        """Whether an earlier model still answers."""
        return self._coming is not None

    @property
    def forward_index(self) -> ForwardIndex:
        return self._now.forward_index

    async def search(self, question: str, *, language: str | None = None, limit: int = 5) -> list[Passage]:
        return await self._now.search(question, language=language, limit=limit)

    async def start(self, *, at_once: bool = False) -> None:
        await self._now.start(at_once=at_once)

    async def load_changes(self) -> bool:
        """Load changes from SQL; returns whether there were any."""
        return await self._now.load_changes()

    async def maintain(self) -> bool:
        """Keep the vector index in sync, and switch when it is time; returns whether more work is left."""
        more = await self._now.maintain()
        if self._gone is not None and time.monotonic() > self._gone_at + LINGER_SECONDS:
            gone, self._gone = self._gone, None
            await gone.close()
        return await self._prepare_switch() or more

    def component_health(self) -> Mapping[str, str | None]:
        found = dict(self._now.component_health())
        return found | {"vectors": found["vectors"] or self.missing}

    async def close(self) -> None:
        for retriever in (self._now, self._coming, self._gone):
            if retriever is not None:
                await retriever.close()

    async def _prepare_switch(self) -> bool:
        """Sync the new retriever's index, then switch to it; returns whether more work is left."""
        if self._coming is None or not await self._ready():
            return False
        await self._coming.load_changes()
        if await self._coming.maintain():
            return True
        self._gone, self._now, self._coming = self._now, self._coming, None
        self._gone_at = time.monotonic()
        await self._changed()
        return False
