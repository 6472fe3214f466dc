"""The grounding checker: scores how well a passage supports a drafted sentence."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.answering.grounding.alignment import EncodedText, encode_text, normalize_rows
from assistant.answering.grounding.classifier import (
    GroundingClassifier,
    compute_classifier_features,
    compute_text_difference,
    load_classifiers,
    load_embedding_name,
)
from assistant.answering.grounding.rules import GroundingSource, compute_rule_features
from assistant.answering.spans import find_tokens_within, get_locator
from assistant.lru_cache import LruCache
from assistant.ports.knowledge import TokenVectors
from assistant.ports.models import MultiVectorEmbedder
from assistant.text.exact_facts import normalize_digits

if TYPE_CHECKING:
    from assistant.ports.models import Vectors

#: Cached texts, about 20 kB each: units of passages recur with every question about them.
CACHE_SIZE = 2_000
#: Nearest units whose numbers may support a sentence's, besides those that share its words.
NEAREST = 3
#: Units of a passage compared with a sentence, preselected by their token vectors.
MAX_UNITS_COMPARED = 5


class EncodedTexts:
    """Texts with their vectors, cached, and stored token vectors of passages."""

    def __init__(self, embedder: MultiVectorEmbedder, kept: TokenVectors) -> None:
        self._embedder, self._kept = embedder, kept
        self._recent: LruCache[str, EncodedText] = LruCache(CACHE_SIZE)

    async def encode_texts(self, texts: Sequence[str]) -> list[EncodedText]:
        found = await self._recent.get_many(texts, self._encode_missing)
        return [found[text] for text in texts]

    async def _encode_missing(self, texts: Sequence[str]) -> Mapping[str, EncodedText]:
        made = await self._embedder.embed_passage_tokens(texts)
        return {
            text: encode_text(text, multi_vector, self._embedder.compute_token_spans(text))
            for text, multi_vector in zip(texts, made, strict=True)
        }

    async def find_nearest_units(self, said: EncodedText, source: GroundingSource) -> Sequence[int]:
        """Indexes of the units of a passage that may support *said*, by stored token vectors."""
        every = range(len(source.units))
        if len(every) <= MAX_UNITS_COMPARED:
            return every
        [tokens] = await self._kept.load_passage_tokens([source.passage])
        if tokens is None:
            return every
        at, likeness = get_locator(source.passage.text), said.tokens @ normalize_rows(tokens.tokens).T
        near = []
        for unit in source.units:
            places = [at.locate_unit(unit), at.locate_header(unit) if unit.cells else None]
            inside = find_tokens_within(tokens, [place for place in places if place])
            near.append(float(likeness[:, inside].max(axis=1).mean()) if inside.any() else 0.0)
        return sorted(sorted(every, key=near.__getitem__, reverse=True)[:MAX_UNITS_COMPARED])

    def select_classifier(self, language: str) -> GroundingClassifier | None:
        """The classifier of a language, if its weights are for this embedder; else None."""
        return (
            load_classifiers().get(language)
            if getattr(self._embedder, "name", "") == load_embedding_name()
            else None
        )


@dataclass(frozen=True, slots=True, eq=False)
class AlignedSentence:
    """A sentence with the nearest units of a passage."""

    said: EncodedText
    heading: EncodedText
    units: tuple[EncodedText, ...]
    #: Their indexes in the source's units.
    places: tuple[int, ...]
    #: Features of the exact rules.
    rules: list[float]

    @property
    def classifier_features(self) -> "Vectors":
        return compute_classifier_features(
            self.said, self.units, self.heading if self.heading.text else None, self.rules
        )

    @property
    def difference_vector(self) -> "Vectors":
        return compute_text_difference(self.said, self.units)

    @property
    def nearest_units(self) -> tuple[int, ...]:
        """Those of `places` with the highest cosine."""
        alike = [float(unit.whole @ self.said.whole) for unit in self.units]
        order = sorted(range(len(alike)), key=alike.__getitem__, reverse=True)
        return tuple(self.places[i] for i in order[:NEAREST])


async def align_with_source(
    readings: EncodedTexts, sentence: str, source: GroundingSource
) -> AlignedSentence | None:
    """The sentence aligned with its nearest units; None when either has no tokens."""
    [said] = await readings.encode_texts([normalize_digits(sentence)])
    if not len(said.tokens):
        return None
    places = await readings.find_nearest_units(said, source)
    heading, *units = await readings.encode_texts([source.heading, *(source.unit_texts[i] for i in places)])
    kept = [(place, unit) for place, unit in zip(places, units, strict=True) if len(unit.tokens)]
    if not kept:
        return None
    which, some = zip(*kept, strict=True)
    return AlignedSentence(said, heading, some, which, compute_rule_features(sentence, source))


#: Where a sentence adds a claim of its own, which the rest of it would cover up.
_ADDS = re.compile(
    r"、(?=さらに|しかも|そのうえ|その上|加えて|併せて|あわせて|おまけに)"
    r"|[,;]\s+(?:and\s+)?(?=(?:also|plus|moreover|furthermore|additionally|in addition)\b)",
    re.IGNORECASE,
)


def split_added_claims(sentence: str) -> list[str]:
    """The claims added to a sentence's first one; each must be supported by itself."""
    return [part.strip() for part in _ADDS.split(sentence)[1:] if part.strip()]


@dataclass(frozen=True, slots=True)
class SupportScore:
    """The score of a sentence against one passage."""

    probability: float
    head: GroundingClassifier
    #: Indexes of the nearest units.
    nearest: tuple[int, ...]


class GroundingChecker:
    """Scores the sentences of one answer."""

    def __init__(
        self, readings: EncodedTexts | None, sources: Sequence[GroundingSource], language: str
    ) -> None:
        self._readings, self._sources = readings, sources
        self._head = readings.select_classifier(language) if readings else None
        self._language = language

    async def score_support(self, sentence: str, rank: int) -> SupportScore | None:
        """The score of *sentence* against the passage of *rank*; with added claims, the lowest one.

        None when there is no classifier for the language and the embedder.
        """
        source = self._sources[rank]
        if not self._readings or not self._head or source.passage.language != self._language:
            return None
        found = [
            await align_with_source(self._readings, part, source)
            for part in (sentence, *split_added_claims(sentence))
        ]
        if found[0] is None:
            return None
        likely = [
            self._head.compute_probability(each.classifier_features, each.difference_vector)
            for each in found
            if each
        ]
        return SupportScore(min(likely), self._head, found[0].nearest_units)
