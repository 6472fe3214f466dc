"""Vectors for measurements: computed as the product does, or saved by training."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from assistant.domain.knowledge import Passage
from assistant.domain.turns import TextEmbedding
from assistant.knowledge.ingest.index_fields import prepend_headings
from assistant.knowledge.retrieval.token_vectors import build_passage_tokens
from assistant.models.embeddings.factory import build_embedder, compute_meaning
from assistant.ports.knowledge import PassageTokens
from assistant.ports.models import MultiVectorEmbedder


class MeaningCache:
    """Embeddings of texts as the product computes them; none without models."""

    def __init__(self, models: Path | None, kept: Path | None = None) -> None:
        self._embedder = build_embedder("local", models) if models is not None else None
        self._known: dict[str, TextEmbedding] = {}
        if self._embedder is not None and kept is not None:
            self._known = load_kept_meanings(kept)

    @property
    def name(self) -> str | None:
        return self._embedder.name if self._embedder else None

    def load_meanings(self, texts: Sequence[str]) -> Mapping[str, TextEmbedding]:
        if self._embedder is not None:
            asyncio.run(
                self._embed_missing([text for text in dict.fromkeys(texts) if text not in self._known])
            )
        return self._known

    async def _embed_missing(self, texts: Sequence[str]) -> None:
        assert self._embedder is not None
        for text in texts:
            self._known[text] = await compute_meaning(self._embedder, text)


def load_kept_meanings(file: Path) -> dict[str, TextEmbedding]:
    """The vectors saved by `train signals --vectors`."""
    with np.load(file) as archive:
        rows = (archive[name].tolist() for name in ("texts", "vectors", "tones"))
        return {text: TextEmbedding(vector, tone) for text, vector, tone in zip(*rows, strict=True)}


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
