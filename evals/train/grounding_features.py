"""Grounding features of sentences and passages in batches, for training and measuring the classifier."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.answering.grounding.checker import EncodedTexts, align_with_source
from assistant.answering.grounding.rules import GroundingSource
from assistant.domain.knowledge import Passage
from evals.data.embedding_cache import CachingEmbedder
from evals.data.embedding_fixture import FreshTokenVectors
from evals.data.support_sets import JudgedReply


@dataclass(frozen=True, slots=True, eq=False)
class GroundingFeatures:
    """The classifier's input for one sentence and one passage."""

    classifier_features: NDArray[np.float32]
    difference_vector: NDArray[np.float32]


class GroundingFeaturizer:
    """Computes features with the local model, with vectors cached on disk."""

    def __init__(self) -> None:
        embedder = CachingEmbedder()
        self._readings = EncodedTexts(embedder, FreshTokenVectors(embedder))
        self._sources: dict[int, GroundingSource] = {}

    def get_source(self, passage: Passage) -> GroundingSource:
        return self._sources.setdefault(id(passage), GroundingSource.from_passage(passage))

    def compute_features(
        self, pairs: Sequence[tuple[str, GroundingSource]]
    ) -> list[GroundingFeatures | None]:
        return asyncio.run(self._compute_features(pairs))

    async def _compute_features(
        self, pairs: Sequence[tuple[str, GroundingSource]]
    ) -> list[GroundingFeatures | None]:
        return [await self._compute_one(said, source) for said, source in pairs]

    async def _compute_one(self, said: str, source: GroundingSource) -> GroundingFeatures | None:
        found = await align_with_source(self._readings, said, source)
        return GroundingFeatures(found.classifier_features, found.difference_vector) if found else None


def build_source(judged: JudgedReply, language: str) -> GroundingSource:
    """The source text of a labelled reply as a passage without title."""
    passage = Passage(
        chunk=0,
        article="",
        title="",
        url="",
        language=language,
        headings=(),
        text="\n\n".join(judged.known),
        score=0.9,
    )
    return GroundingSource.from_passage(passage)


def compute_overlaps(judged: Sequence[JudgedReply], japanese: bool) -> Iterator[tuple[float, float]]:
    """Word overlap with the source text: F1 as in FaithDial, and the share of the reply's words."""
    for one in judged:
        said, known = _split_words(one.said, japanese), _split_words(" ".join(one.known), japanese)
        shared = len(said & known)
        yield 2 * shared / max(1, len(said) + len(known)), shared / max(1, len(said))


def _split_words(text: str, japanese: bool) -> set[str]:
    """Words; in Japanese character bigrams."""
    if japanese:
        return {text[i : i + 2] for i in range(len(text) - 1)}
    return {word.strip(".,!?;:'\"") for word in text.lower().split()} - {""}
