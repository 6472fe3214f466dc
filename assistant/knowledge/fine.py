"""Close comparison of a question with a passage, token by token."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from assistant.ports import Embedder, Fine, FineEmbedder

if TYPE_CHECKING:
    from numpy import float32, int8, uint8
    from numpy.typing import NDArray

    Vectors = NDArray[float32]
    Tokens = NDArray[int8]
    Packed = NDArray[uint8]


async def passages(embedder: Embedder, texts: Sequence[str]) -> Sequence[Fine]:
    """Whole and token vectors; of a model that cannot tell tokens apart, no token vectors."""
    import numpy as np

    if isinstance(embedder, FineEmbedder):
        return await embedder.fine_passages(texts)
    return [Fine(whole, np.zeros((0, 0), np.int8)) for whole in await embedder.passages(texts)]


async def query(embedder: Embedder, text: str) -> Fine:
    import numpy as np

    if isinstance(embedder, FineEmbedder):
        return await embedder.fine_query(text)
    return Fine(await embedder.query(text), np.zeros((0, 0), np.int8))


def compared(question: Tokens, passages: Sequence[Packed]) -> tuple[Vectors, Vectors]:
    """How near each token of the question finds one in each passage, on average, and the other way round.

    -1 to 1, 0 for a passage without tokens.
    A passage's numbers are two to a byte, the lower half first, 8 above their value.
    """
    import numpy as np

    met, asked_of = np.zeros((2, len(passages)), np.float32)
    held = [place for place, tokens in enumerate(passages) if tokens.size]
    if not question.size or not held:
        return met, asked_of
    # All passages in one multiplication: one for each would take ten times as long.
    packed = np.concatenate([passages[place] for place in held])
    said = np.take(_pairs(), packed, axis=0).reshape(len(packed), -1)
    asked = question.astype(np.float32)
    asked /= np.linalg.norm(asked, axis=1, keepdims=True) + 1e-6
    cosines = (said @ asked.T) / (np.sqrt(np.einsum("ij,ij->i", said, said)) + 1e-6)[:, None]
    lengths = np.array([len(passages[place]) for place in held])
    starts = np.cumsum(lengths) - lengths
    met[held] = np.maximum.reduceat(cosines, starts, axis=0).mean(axis=1)
    asked_of[held] = np.add.reduceat(cosines.max(axis=1), starts) / lengths
    return met, asked_of


@cache
def _pairs() -> Vectors:
    """The two numbers of each byte."""
    import numpy as np

    byte = np.arange(256)
    return np.stack([byte & 15, byte >> 4], axis=1).astype(np.float32) - 8
