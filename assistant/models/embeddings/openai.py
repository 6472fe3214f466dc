"""Embeds texts with OpenAI's embeddings or a server with the same API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import openai

from assistant.domain.errors import ModelUnavailable
from assistant.lru_cache import LruCache
from assistant.models.token_count import count_tokens

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]

#: Texts per request.
BATCH_SIZE = 64
#: The API refuses more than 8,192 tokens; a character has at most about three in any script.
MAX_CHARACTERS = 2_700
#: Questions with cached vectors.
RECENT = 64


class OpenAIEmbedder:
    """Texts to unit vectors by HTTP; the dimension is known after the first response."""

    def __init__(self, client: openai.AsyncOpenAI, model: str) -> None:
        self._client = client
        self._model = model
        self.name = f"openai-{model}"
        self.dimensions = 0
        self._recent: LruCache[str, Vectors] = LruCache(RECENT)

    async def embed_query(self, text: str) -> Vectors:
        """Cached: analyzing and searching a turn embed the same text."""
        return (await self._recent.get_many([text], self._embed_questions))[text]

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        parts = [
            await self._embed_texts(texts[start : start + BATCH_SIZE])
            for start in range(0, len(texts), BATCH_SIZE)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimensions), np.float32)

    async def _embed_questions(self, texts: Sequence[str]) -> Mapping[str, Vectors]:
        return dict(zip(texts, await self._embed_texts(texts), strict=True))

    def count_tokens(self, text: str) -> int:
        return count_tokens(text, self._model)

    async def _embed_texts(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        # The API refuses empty input, and JSON cannot carry a lone surrogate.
        cut = [text[:MAX_CHARACTERS].encode("utf-8", "replace").decode() or " " for text in texts]
        try:
            answer = await self._client.embeddings.create(
                model=self._model, input=cut, encoding_format="float"
            )
        except openai.APIError as exc:
            raise ModelUnavailable(
                f"The embedding model {self._model!r} does not answer ({type(exc).__name__})."
            ) from exc
        vectors = np.array([item.embedding for item in answer.data], np.float32)
        if vectors.shape[:1] != (len(texts),):
            raise ModelUnavailable(
                f"The embedding model {self._model!r} answered with the wrong number of vectors."
            )
        self.dimensions = vectors.shape[1]
        unit: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return unit
