"""What the passages of an answer say, and how well they support the sentences of a draft."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.answering.grounding.alignment import Reading, as_units, reading
from assistant.answering.grounding.classifier import Head, heads, told, trained_on, turned
from assistant.answering.grounding.rules import Source, rules
from assistant.answering.spans import places_in, within
from assistant.lru_cache import LruCache
from assistant.ports.knowledge import TokenVectors
from assistant.ports.models import MultiVectorEmbedder
from assistant.text.exact_facts import in_digits

if TYPE_CHECKING:
    from assistant.ports.models import Vectors

#: Texts that are remembered: units of passages come again with every question about them. About 20 kB each.
REMEMBERED = 2_000
#: Units of the sentence's meaning that its numbers may stand in besides those that share its words.
NEAREST = 3
#: Units of a passage that a sentence is weighed against: the others are further from it by their tokens.
MOST_READ = 5


class Readings:
    """Texts with their vectors, and the tokens of passages as search keeps them."""

    def __init__(self, embedder: MultiVectorEmbedder, kept: TokenVectors) -> None:
        self._embedder, self._kept = embedder, kept
        self._recent: LruCache[str, Reading] = LruCache(REMEMBERED)

    async def of(self, texts: Sequence[str]) -> list[Reading]:
        found = await self._recent.get_many(texts, self._read)
        return [found[text] for text in texts]

    async def _read(self, texts: Sequence[str]) -> Mapping[str, Reading]:
        made = await self._embedder.embed_passage_tokens(texts)
        return {
            text: reading(text, fine, self._embedder.compute_token_spans(text))
            for text, fine in zip(texts, made, strict=True)
        }

    async def nearest(self, said: Reading, source: Source) -> Sequence[int]:
        """The units of a passage that may support what is *said*, by the tokens that search keeps of it."""
        every = range(len(source.units))
        if len(every) <= MOST_READ:
            return every
        [tokens] = await self._kept.load_passage_tokens([source.passage])
        if tokens is None:
            return every
        at, likeness = places_in(source.passage.text), said.tokens @ as_units(tokens.tokens).T
        near = []
        for unit in source.units:
            places = [at.of(unit), at.of_header(unit) if unit.cells else None]
            inside = within(tokens, [place for place in places if place])
            near.append(float(likeness[:, inside].max(axis=1).mean()) if inside.any() else 0.0)
        return sorted(sorted(every, key=near.__getitem__, reverse=True)[:MOST_READ])

    def head(self, language: str) -> Head | None:
        """The head for a language, if it was made for this embedder's vectors."""
        return heads().get(language) if getattr(self._embedder, "name", "") == trained_on() else None


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """A sentence beside the parts of a passage that come nearest to it."""

    said: Reading
    heading: Reading
    units: tuple[Reading, ...]
    #: Which of the source's units they are.
    places: tuple[int, ...]
    #: What the exact rules say.
    rules: list[float]

    @property
    def told(self) -> "Vectors":
        return told(self.said, self.units, self.heading if self.heading.text else None, self.rules)

    @property
    def turned(self) -> "Vectors":
        return turned(self.said, self.units)

    @property
    def nearest(self) -> tuple[int, ...]:
        """Of `places`, those that come nearest in meaning."""
        alike = [float(unit.whole @ self.said.whole) for unit in self.units]
        order = sorted(range(len(alike)), key=alike.__getitem__, reverse=True)
        return tuple(self.places[i] for i in order[:NEAREST])


async def compared(readings: Readings, sentence: str, source: Source) -> Compared | None:
    """None when one of the two says nothing that could be compared."""
    [said] = await readings.of([in_digits(sentence)])
    if not len(said.tokens):
        return None
    places = await readings.nearest(said, source)
    heading, *units = await readings.of([source.heading, *(source.said[i] for i in places)])
    kept = [(place, unit) for place, unit in zip(places, units, strict=True) if len(unit.tokens)]
    if not kept:
        return None
    which, some = zip(*kept, strict=True)
    return Compared(said, heading, some, which, rules(sentence, source))


#: Where a sentence goes on to a claim of its own, which the rest of it would carry along.
_ADDS = re.compile(
    r"、(?=さらに|しかも|そのうえ|その上|加えて|併せて|あわせて|おまけに)"
    r"|[,;]\s+(?:and\s+)?(?=(?:also|plus|moreover|furthermore|additionally|in addition)\b)",
    re.IGNORECASE,
)


def added_claims(sentence: str) -> list[str]:
    """The claims that a sentence adds to its first one; each must stand by itself."""
    return [part.strip() for part in _ADDS.split(sentence)[1:] if part.strip()]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sentence against one passage."""

    probability: float
    head: Head
    #: Units that come nearest to it in meaning.
    nearest: tuple[int, ...]


class Evidence:
    """Weighs the sentences of one answer."""

    def __init__(self, readings: Readings | None, sources: Sequence[Source], language: str) -> None:
        self._readings, self._sources = readings, sources
        self._head = readings.head(language) if readings else None
        self._language = language

    async def weigh(self, sentence: str, rank: int) -> Weighed | None:
        """None where the head cannot tell: another language, another embedder."""
        source = self._sources[rank]
        if not self._readings or not self._head or source.passage.language != self._language:
            return None
        found = [await compared(self._readings, part, source) for part in (sentence, *added_claims(sentence))]
        if found[0] is None:
            return None
        likely = [self._head.probability(each.told, each.turned) for each in found if each]
        return Weighed(min(likely), self._head, found[0].nearest)
