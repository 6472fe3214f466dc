"""Alignment features of a sentence and a passage, the input of the grounding classifier.

Contextual token vectors are compared by cosine, so paraphrases match too; words that occur in both count as
1. The lowest values tell most: a sentence is only as true as its least supported part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p
from typing import TYPE_CHECKING

from assistant.ports.models import MultiVector
from assistant.text.tagging import PartOfSpeech, Word, tag_words

if TYPE_CHECKING:
    from numpy import float32, int8
    from numpy.typing import NDArray

    from assistant.ports.models import Spans

    Vectors = NDArray[float32]

#: Cosines: below UNLIKE a word has no counterpart, above DOUBLE a token has the same meaning.
UNLIKE = 0.75
DOUBLE = 0.85
LIKE = 0.7
_PARTS_OF_SPEECH = (PartOfSpeech.NOUN, PartOfSpeech.VERB, PartOfSpeech.QUALITY, PartOfSpeech.NUMBER)
_FIRST = frozenset(["i", "i'm", "my", "me", "we", "our", "us"])
_SECOND = frozenset(["you", "your", "yours"])


@dataclass(frozen=True, slots=True, eq=False)
class EncodedText:
    """A text with its vectors, and the tokens of each word."""

    text: str
    whole: Vectors
    #: One unit vector per token: (tokens, dimensions).
    tokens: Vectors
    words: tuple[Word, ...]
    #: Indexes of each word's tokens; disjoint.
    token_indices: tuple[tuple[int, ...], ...]


def encode_text(text: str, multi_vector: MultiVector, spans: Spans) -> EncodedText:
    """*spans*: start and end of each token in *text*, (tokens, 2)."""
    tokens, every = normalize_rows(multi_vector.tokens), tag_words(text)
    owned: list[list[int]] = [[] for _ in every]
    at = 0
    for token, (start, end) in enumerate(spans[: len(tokens)].tolist()):
        while at < len(every) and every[at].end <= start:
            at += 1
        if at < len(every) and end > max(start, every[at].start):
            owned[at].append(token)
    return EncodedText(text, multi_vector.pooled, tokens, every, tuple(map(tuple, owned)))


def normalize_rows(tokens: NDArray[int8]) -> Vectors:
    """The rows as float32 with length 1."""
    import numpy as np

    rows = tokens.astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True) + 1e-6
    return rows


def compute_alignment_features(
    said: EncodedText, units: Sequence[EncodedText], heads: EncodedText | None = None
) -> Vectors:
    """The alignment features, (features,); *heads* is the text above every unit: title and headings."""
    import numpy as np

    each = np.stack([(said.tokens @ unit.tokens.T).max(axis=1) for unit in units], axis=1)
    if heads is not None and len(heads.tokens):
        each = np.maximum(each, (said.tokens @ heads.tokens.T).max(axis=1)[:, None])
    best, one = each.max(axis=1), each[:, each.mean(axis=0).argmax()]
    cosines = [float(unit.whole @ said.whole) for unit in units]
    features = [*_compute_token_statistics(best), *_compute_unit_statistics(one), max(cosines)]
    features += _compute_word_statistics(
        said, best, one, {word.form for unit in units for word in unit.words} | _collect_forms(heads)
    )
    length = sum(len(unit.words) for unit in units)
    lowered = said.text.lower()
    spoken = set(lowered.split())
    features += [
        log1p(len(said.words)),
        log1p(len(said.words)) - log1p(length),
        float("?" in lowered or "？" in lowered),
        float(bool(spoken & _FIRST)),
        float(bool(spoken & _SECOND)),
    ]
    return np.array(features, np.float32)


def compute_difference_vector(said: EncodedText, units: Sequence[EncodedText]) -> Vectors:
    """Vector of the sentence minus that of the nearest unit, (dimensions,): meaning added and left out."""
    nearest = max(units, key=lambda unit: float(unit.whole @ said.whole))
    found: Vectors = said.whole - nearest.whole
    return found


def _collect_forms(reading: EncodedText | None) -> set[str]:
    return {word.form for word in reading.words} if reading else set()


def _compute_token_statistics(best: Vectors) -> list[float]:
    import numpy as np

    low = np.quantile(best, [0, 0.1, 0.25, 0.5])
    return [float(best.mean()), *map(float, low), float((best > DOUBLE).mean()), float((best > LIKE).mean())]


def _compute_unit_statistics(one: Vectors) -> list[float]:
    return [float(one.mean()), float(one.min())]


def _compute_word_statistics(said: EncodedText, best: Vectors, one: Vectors, known: set[str]) -> list[float]:
    import numpy as np

    rows = [i for i, tokens in enumerate(said.token_indices) if tokens]
    near = np.array([best[list(said.token_indices[i])].mean() for i in rows], np.float32)
    in_one = np.array([one[list(said.token_indices[i])].mean() for i in rows], np.float32)
    same = np.array([said.words[i].form in known for i in rows], bool)
    support = np.where(same, np.float32(1), near)
    kinds = np.array([said.words[i].part_of_speech for i in rows], object)
    telling = kinds != PartOfSpeech.FUNCTION
    features = [
        *_summarize_likeness(near[telling]),
        *_summarize_likeness(support[telling]),
        *_summarize_likeness(in_one[telling]),
    ]
    for kind in _PARTS_OF_SPEECH:
        features += [*_summarize_likeness(support[kinds == kind])[:2], float((kinds == kind).sum()) / 5]
    features += (
        _summarize_likeness(support[kinds == PartOfSpeech.NAME])[:2] + _summarize_likeness(near[~telling])[:2]
    )
    features += [float(same[telling].mean()) if telling.any() else 1.0, float((~same[telling]).sum()) / 5]
    lowest = [*map(float, np.sort(support[telling])), 1.0, 1.0, 1.0]
    return [*features, *lowest[1:3]]


def _summarize_likeness(likeness: Vectors) -> list[float]:
    """Mean, minimum, number of words without a counterpart (a quarter each), sum of 1 - cosine."""
    if not likeness.size:
        return [1.0, 1.0, 0.0, 0.0]
    return [
        float(likeness.mean()),
        float(likeness.min()),
        float((likeness < UNLIKE).sum()) / 4,
        float((1 - likeness).sum()),
    ]
