"""Changes the embedding model while questions are answered: by one's vectors or the other's, never both."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping

from assistant.domain.knowledge import Passage
from assistant.knowledge.retrieval.forward_index import ForwardIndex
from assistant.knowledge.retrieval.retriever import HybridRetriever

#: Questions that the one that went had in hand are answered by then: files must not be closed under them.
LINGER_SECONDS = 5.0


class SwitchingRetriever:
    """The retriever that answers now, and the one that will once all of its vectors are made.

    A question goes to one of them from beginning to end, so the change is a moment between two questions.
    """

    def __init__(
        self,
        retriever: HybridRetriever,
        before: HybridRetriever | None = None,
        *,
        ready: Callable[[], Awaitable[bool]],
        changed: Callable[[], Awaitable[object]],
    ) -> None:
        """*before* answers until *retriever* is *ready*; *changed* is called when it is and does."""
        self._now = before or retriever
        self._coming = retriever if before else None
        self._gone: HybridRetriever | None = None
        self._gone_at = 0.0
        self._ready, self._changed = ready, changed
        #: Why vectors are missing of a model that nothing stands in for; None: none are.
        self.missing: str | None = None

    @property
    def is_switching(self) -> bool:
        """Whether an earlier model's vectors still answer."""
        return self._coming is not None

    @property
    def forward_index(self) -> ForwardIndex:
        return self._now.forward_index

    async def search(self, question: str, *, language: str | None = None, limit: int = 5) -> list[Passage]:
        return await self._now.search(question, language=language, limit=limit)

    async def start(self, *, at_once: bool = False) -> None:
        await self._now.start(at_once=at_once)

    async def load_changes(self) -> bool:
        """Take in what changed in SQL; whether anything did."""
        return await self._now.load_changes()

    async def maintain(self) -> bool:
        """Keep the vector index in step, and change over when it is time; whether there is more to do."""
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
        """Bring the coming one's index into line, then let it answer; whether there is more to do."""
        if self._coming is None or not await self._ready():
            return False
        await self._coming.load_changes()
        if await self._coming.maintain():
            return True
        self._gone, self._now, self._coming = self._now, self._coming, None
        self._gone_at = time.monotonic()
        await self._changed()
        return False
