"""How near the words of a passage come to a question: from the token vectors that search keeps anyway."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.domain.errors import Unavailable
from assistant.domain.knowledge import Passage
from assistant.knowledge.entries import under_heading
from assistant.knowledge.search import clean
from assistant.ports import Database, Embedder, FineEmbedder, HasArticles, Near

if TYPE_CHECKING:
    from numpy import float32, int8
    from numpy.typing import NDArray


class StoredCloseness:
    """Closeness by the token vectors in SQL; nothing for models that cannot tell tokens apart."""

    def __init__(self, database: Database[HasArticles], embedder: Embedder) -> None:
        self._database, self._embedder = database, embedder

    async def near(self, question: str, passages: Sequence[Passage]) -> Sequence[Near | None]:
        """One for each passage, in order; None where a passage has no token vectors (yet)."""
        nothing = [None] * len(passages)
        embedder = self._embedder
        if not isinstance(embedder, FineEmbedder):
            return nothing
        model, chunks = self._embedder.name, [passage.chunk for passage in passages]
        try:
            asked = await embedder.fine_query(clean(question))
            kept = await self._database.read(lambda store: store.articles.tokens(model, chunks))
        except Unavailable:
            return nothing
        return [
            _near(embedder, passage, kept[passage.chunk][0], asked.tokens) if passage.chunk in kept else None
            for passage in passages
        ]


def _near(embedder: FineEmbedder, passage: Passage, said: NDArray[int8], asked: NDArray[int8]) -> Near | None:
    heading, whole = under_heading(passage.title, passage.headings, passage.text)
    spans = embedder.spans(whole) - len(heading)
    if not said.size or not asked.size or len(spans) != len(said):
        return None
    return Near(spans=spans, cosines=_unit(said) @ _unit(asked).T)


def _unit(tokens: NDArray[int8]) -> NDArray[float32]:
    import numpy as np

    rows = tokens.astype(np.float32)
    unit: NDArray[float32] = rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-6)
    return unit
