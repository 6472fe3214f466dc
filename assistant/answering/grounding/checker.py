"""What the passages of an answer say, and how well they support the sentences of a draft."""

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

#: Texts that are remembered: units of passages come again with every question about them. About 20 kB each.
CACHE_SIZE = 2_000
#: Units of the sentence's meaning that its numbers may stand in besides those that share its words.
NEAREST = 3
#: Units of a passage that a sentence is weighed against: the others are further from it by their tokens.
MAX_UNITS_COMPARED = 5


class EncodedTexts:
    """Texts with their vectors, and the tokens of passages as search keeps them."""

    def __init__(self, embedder: MultiVectorEmbedder, kept: TokenVectors) -> None:
        self._embedder, self._kept = embedder, kept
        self._recent: LruCache[str, EncodedText] = LruCache(CACHE_SIZE)

    async def encode_texts(self, texts: Sequence[str]) -> list[EncodedText]:
        found = await self._recent.get_many(texts, self._encode_missing)
        return [found[text] for text in texts]

    async def _encode_missing(self, texts: Sequence[str]) -> Mapping[str, EncodedText]:
        made = await self._embedder.embed_passage_tokens(texts)
        return {
            text: encode_text(text, fine, self._embedder.compute_token_spans(text))
            for text, fine in zip(texts, made, strict=True)
        }

    async def find_nearest_units(self, said: EncodedText, source: GroundingSource) -> Sequence[int]:
        """The units of a passage that may support what is *said*, by the tokens that search keeps of it."""
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
        """The head for a language, if it was made for this embedder's vectors."""
        return (
            load_classifiers().get(language)
            if getattr(self._embedder, "name", "") == load_embedding_name()
            else None
        )


@dataclass(frozen=True, slots=True, eq=False)
class AlignedSentence:
    """A sentence beside the parts of a passage that come nearest to it."""

    said: EncodedText
    heading: EncodedText
    units: tuple[EncodedText, ...]
    #: Which of the source's units they are.
    places: tuple[int, ...]
    #: What the exact rules say.
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
        """Of `places`, those that come nearest in meaning."""
        alike = [float(unit.whole @ self.said.whole) for unit in self.units]
        order = sorted(range(len(alike)), key=alike.__getitem__, reverse=True)
        return tuple(self.places[i] for i in order[:NEAREST])


async def align_with_source(
    readings: EncodedTexts, sentence: str, source: GroundingSource
) -> AlignedSentence | None:
    """None when one of the two says nothing that could be compared."""
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


#: Where a sentence goes on to a claim of its own, which the rest of it would carry along.
_ADDS = re.compile(
    r"、(?=さらに|しかも|そのうえ|その上|加えて|併せて|あわせて|おまけに)"
    r"|[,;]\s+(?:and\s+)?(?=(?:also|plus|moreover|furthermore|additionally|in addition)\b)",
    re.IGNORECASE,
)


def split_added_claims(sentence: str) -> list[str]:
    """The claims that a sentence adds to its first one; each must stand by itself."""
    return [part.strip() for part in _ADDS.split(sentence)[1:] if part.strip()]


@dataclass(frozen=True, slots=True)
class SupportScore:
    """A sentence against one passage."""

    probability: float
    head: GroundingClassifier
    #: Units that come nearest to it in meaning.
    nearest: tuple[int, ...]


class GroundingChecker:
    """Weighs the sentences of one answer."""

    def __init__(
        self, readings: EncodedTexts | None, sources: Sequence[GroundingSource], language: str
    ) -> None:
        self._readings, self._sources = readings, sources
        self._head = readings.select_classifier(language) if readings else None
        self._language = language

    async def score_support(self, sentence: str, rank: int) -> SupportScore | None:
        """None where the head cannot tell: another language, another embedder."""
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
