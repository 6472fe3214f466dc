"""Late interaction (MaxSim): compares a question with a passage token by token.

Source: Khattab & Zaharia, ColBERT (2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.ports.models import Embedder, MultiVector, MultiVectorEmbedder

if TYPE_CHECKING:
    from numpy import float32, int8, uint8
    from numpy.typing import NDArray

    Vectors = NDArray[float32]
    Tokens = NDArray[int8]
    Packed = NDArray[uint8]

#: Tokens unpacked at a time: a block that fits the processor's cache is five times as fast.
BLOCK = 1024


async def embed_passages(embedder: Embedder, texts: Sequence[str]) -> Sequence[MultiVector]:
    """Pooled and token vectors; no token vectors if the model has none."""
    import numpy as np

    if isinstance(embedder, MultiVectorEmbedder):
        return await embedder.embed_passage_tokens(texts)
    return [MultiVector(whole, np.zeros((0, 0), np.int8)) for whole in await embedder.embed_passages(texts)]


async def embed_query(embedder: Embedder, text: str) -> MultiVector:
    import numpy as np

    if isinstance(embedder, MultiVectorEmbedder):
        return await embedder.embed_query_tokens(text)
    return MultiVector(await embedder.embed_query(text), np.zeros((0, 0), np.int8))


def compute_late_interaction(question: Tokens, passages: Sequence[Packed]) -> tuple[Vectors, Vectors]:
    """Mean MaxSim in both directions: two arrays of one number per passage.

    First, for each token of the question the highest cosine with a token of the passage, averaged over the
    question; second, the same with the roles exchanged. From -1 to 1, and 0 for a passage without tokens.
    *question*: (tokens, dimensions); each passage: (tokens, dimensions / 2), two numbers to a byte, the lower
    half first, 8 above their value.
    """
    import numpy as np

    met, asked_of = np.zeros((2, len(passages)), np.float32)
    held = [place for place, tokens in enumerate(passages) if tokens.size]
    if not question.size or not held:
        return met, asked_of
    cosines = _compute_token_cosines(question, np.concatenate([passages[place] for place in held]))
    lengths = np.array([len(passages[place]) for place in held])
    starts = np.cumsum(lengths) - lengths
    met[held] = np.maximum.reduceat(cosines, starts, axis=0).mean(axis=1)
    asked_of[held] = np.add.reduceat(cosines.max(axis=1), starts) / lengths
    return met, asked_of


def _compute_token_cosines(question: Tokens, packed: Packed) -> Vectors:
    """Cosines, (tokens of all passages, tokens of the question)."""
    import numpy as np

    query_tokens = question.astype(np.float32)
    query_tokens /= np.linalg.norm(query_tokens, axis=1, keepdims=True) + 1e-6
    even, odd = np.ascontiguousarray(query_tokens[:, ::2].T), np.ascontiguousarray(query_tokens[:, 1::2].T)
    cosines = np.empty((len(packed), len(query_tokens)), np.float32)
    halves = np.empty((2, BLOCK, packed.shape[1]), np.float32)
    for start in range(0, len(packed), BLOCK):
        some = packed[start : start + BLOCK]
        low, high = halves[:, : len(some)]
        np.bitwise_and(some, 15, out=low, casting="unsafe")
        np.right_shift(some, 4, out=high, casting="unsafe")
        low -= 8
        high -= 8
        square = np.einsum("ij,ij->i", low, low) + np.einsum("ij,ij->i", high, high)
        cosines[start : start + BLOCK] = (low @ even + high @ odd) / (np.sqrt(square) + 1e-6)[:, None]
    return cosines
