"""An embedder without a model, for tests and dry runs: cosine grows with shared letters."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.domain.errors import ModelUnavailable

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]


class LetterEmbedder:
    """The in-memory Embedder for tests; set *broken* to make it fail."""

    name = "letters"
    dimensions = 128

    def __init__(self) -> None:
        self.broken = False
        #: Texts embedded as passages, in order.
        self.embedded: list[str] = []

    async def embed_query(self, text: str) -> Vectors:
        vector: Vectors = (await self._embed_texts([text]))[0]
        return vector

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return await self._embed_texts(texts)

    def count_tokens(self, text: str) -> int:
        return len(text)

    async def _embed_texts(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        if self.broken:
            raise ModelUnavailable("The embedding model is switched off.")
        vectors = np.full((len(texts), self.dimensions), 1e-3, np.float32)
        for row, text in enumerate(texts):
            for pair in pairwise(text):
                vectors[row, zlib.crc32("".join(pair).encode("utf-8", "replace")) % self.dimensions] += 1
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit
