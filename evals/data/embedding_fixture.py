"""Vectors for measurements: computed as the product does, or saved by training."""

from collections.abc import Sequence

from assistant.domain.knowledge import Passage
from assistant.knowledge.ingest.index_fields import prepend_headings
from assistant.knowledge.retrieval.token_vectors import build_passage_tokens
from assistant.ports.knowledge import PassageTokens
from assistant.ports.models import MultiVectorEmbedder


class FreshTokenVectors:
    """Token vectors of passages outside an index, computed as an ingest does."""

    def __init__(self, embedder: MultiVectorEmbedder) -> None:
        self._embedder = embedder

    async def load_passage_tokens(self, passages: Sequence[Passage]) -> Sequence[PassageTokens | None]:
        texts = [prepend_headings(each.title, each.headings, each.text)[1] for each in passages]
        found = await self._embedder.embed_passage_tokens(texts)
        return [
            build_passage_tokens(self._embedder, *each)
            for each in zip(passages, (f.tokens for f in found), strict=True)
        ]
