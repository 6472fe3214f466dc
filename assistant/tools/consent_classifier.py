"""How surely words are a yes to what was just shown: a linear classifier over meaning and letters.

Logistic regression over the text's embedding and hashed n-grams of its letters; fitted by `python -m evals
train consent` on replies by writers who knew nothing of the product. It only adds a yes where the rules of
`conversation/actions/consent.py` found neither a no nor anything that could be one.
"""

import json
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from zlib import crc32

from assistant.domain.errors import Unavailable
from assistant.domain.turns import TextEmbedding
from assistant.domain.unicode_forms import fold_compatibility

BUCKETS = 1 << 12
MAX_CHARACTERS = 80
#: Lengths of the n-grams of letters.
LENGTHS = (1, 2, 3, 4)
#: Scales of the features, as fitted.
VECTOR_SCALE = 6.0
NGRAM_SCALE = 2.0


@dataclass(frozen=True, slots=True)
class ConsentWeights:
    """Weights of the logit; vectors are compared with the mean of the training data."""

    mean: tuple[float, ...]
    vector: tuple[float, ...]
    ngrams: Mapping[int, float]
    bias: float


class ConsentClassifier:
    def __init__(self, embed_text: Callable[[str], Awaitable[TextEmbedding]]) -> None:
        self._embed_text = embed_text

    async def score_yes(self, text: str) -> float:
        """0-1; 0 where the embedding model does not answer."""
        try:
            vector = (await self._embed_text(text[:MAX_CHARACTERS])).vector
        except Unavailable:
            return 0.0
        return compute_probability(load_weights(), vector, text)


@cache
def load_weights() -> ConsentWeights:
    read = json.loads(files("assistant.tools").joinpath("consent.json").read_text("utf-8"))
    return ConsentWeights(
        mean=tuple(read["mean"]),
        vector=tuple(read["vector"]),
        ngrams={int(bucket): weight for bucket, weight in read["ngrams"].items()},
        bias=read["bias"],
    )


def compute_probability(weights: ConsentWeights, vector: Sequence[float], text: str) -> float:
    """0 for a vector of another model."""
    if len(vector) != len(weights.vector):
        return 0.0
    logit = weights.bias + VECTOR_SCALE * sum(
        weight * (value - mean)
        for weight, value, mean in zip(weights.vector, vector, weights.mean, strict=True)
    )
    buckets = hash_letters(text)
    norm = math.sqrt(sum(count * count for count in buckets.values())) or 1.0
    logit += NGRAM_SCALE * sum(weights.ngrams.get(b, 0.0) * n for b, n in buckets.items()) / norm
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def hash_letters(text: str) -> Mapping[int, float]:
    """Bucket -> count, at most 2, of the n-grams of letters and the words of a reply."""
    folded = f"^{fold_compatibility(text[:MAX_CHARACTERS]).strip().casefold()}$"
    pieces = [folded[i : i + n] for n in LENGTHS for i in range(len(folded) - n + 1)]
    words = folded.strip("^$").split()
    pieces += [f"w:{word}" for word in words] + [f"p:{one} {other}" for one, other in pairwise(words)]
    counts: dict[int, float] = {}
    for piece in pieces:
        bucket = crc32(piece.encode("utf-8", "replace")) % BUCKETS
        counts[bucket] = min(2.0, counts.get(bucket, 0.0) + 1.0)
    return counts
