"""Close comparison of a question with a passage, token by token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.ports import Embedder, Fine, FineEmbedder

if TYPE_CHECKING:
    from numpy import int8
    from numpy.typing import NDArray

    Tokens = NDArray[int8]


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


def closeness(question: Tokens, passage: Tokens) -> float:
    """How well each token of the question finds one like it in the passage, on average: 0 to 1."""
    import numpy as np

    if not question.size or not passage.size:
        return 0.0
    asked, said = question.astype(np.float32), passage.astype(np.float32)
    asked /= np.linalg.norm(asked, axis=1, keepdims=True) + 1e-6
    said /= np.linalg.norm(said, axis=1, keepdims=True) + 1e-6
    return float((asked @ said.T).max(axis=1).mean())
