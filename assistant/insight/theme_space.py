"""The space in which questions are compared: sentence vectors, centred by language and evenly spread.

Sentence encoders put all texts into a narrow cone and spend most of their variance on a few directions. The
mean of each language is removed, so that a question and its translation meet; the strongest principal
components are kept and divided by the fourth root of their variance (Mu & Viswanath 2018, "All-but-the-Top",
in a gradual form).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

DIMENSIONS = 64
#: Components that so few questions can tell: more of them would be noise.
QUESTIONS_PER_DIMENSION = 4
#: Questions of a language from which it has a mean of its own.
MIN_LANGUAGE_QUESTIONS = 20
#: Power of the variance that components are divided by.
WHITENING = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class ThemeSpace:
    """A linear map from sentence vectors to the space of themes."""

    #: Mean of all vectors, and of each language that has enough.
    mean: Vectors
    language_means: Mapping[str, Vectors]
    #: (sentence dimensions, theme dimensions)
    axes: Vectors

    def project_vectors(self, vectors: Vectors, languages: Sequence[str]) -> Vectors:
        """(n, dimensions) unit vectors."""
        means = np.stack([self.language_means.get(language, self.mean) for language in languages])
        return normalize_rows(((vectors - means) @ self.axes).astype(np.float32))


def fit_space(vectors: Vectors, languages: Sequence[str]) -> ThemeSpace:
    """The space of these sentence vectors, (n, dimensions) float32, n ≥ 2."""
    named = np.array(languages)
    means = {
        str(language): vectors[named == language].mean(axis=0)
        for language in np.unique(named)
        if (named == language).sum() >= MIN_LANGUAGE_QUESTIONS
    }
    mean = vectors.mean(axis=0)
    centred = vectors - np.stack([means.get(language, mean) for language in languages])
    variances, directions = np.linalg.eigh(centred.T @ centred / len(centred))
    kept = max(2, min(DIMENSIONS, len(vectors) // QUESTIONS_PER_DIMENSION))
    best = np.argsort(-variances)[:kept]
    scale = np.maximum(variances[best], 1e-9) ** WHITENING
    axes = (directions[:, best] / scale).astype(np.float32)
    return ThemeSpace(mean=mean, language_means=means, axes=axes)


def normalize_rows(rows: Vectors) -> Vectors:
    """Rows of length 1; a row of zeros stays."""
    lengths: Vectors = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Vectors = (rows / np.maximum(lengths, 1e-9)).astype(np.float32)
    return scaled
