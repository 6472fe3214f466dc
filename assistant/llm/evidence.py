"""The passages of one answer, read while the model still thinks; sentences are weighed against them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.llm.alignment import Reading, reading
from assistant.llm.facts import in_digits
from assistant.llm.support import Source, rules
from assistant.llm.support_head import Head, heads, told, trained_on, turned
from assistant.ports import FineEmbedder

#: Texts that are remembered: units of passages come again with every question about them. About 20 kB each.
REMEMBERED = 2_000
#: Units of the sentence's meaning that its numbers may stand in besides those that share its words.
NEAREST = 3


class Readings:
    """Texts with their vectors."""

    def __init__(self, embedder: FineEmbedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Reading] = {}

    async def of(self, texts: Sequence[str]) -> list[Reading]:
        # A copy of what is known: while the embedder works, another question may push the oldest out.
        found = {text: self._known[text] for text in texts if text in self._known}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            made = await self._embedder.fine_passages(missing)
            new = {
                text: reading(text, fine, self._embedder.spans(text))
                for text, fine in zip(missing, made, strict=True)
            }
            found |= new
            self._known |= new
            for oldest in list(self._known)[: max(0, len(self._known) - REMEMBERED)]:
                del self._known[oldest]
        return [found[text] for text in texts]

    def head(self, language: str) -> Head | None:
        """The head for a language, if it was made for this embedder's vectors."""
        return heads().get(language) if getattr(self._embedder, "name", "") == trained_on() else None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sentence against one passage."""

    probability: float
    head: Head
    #: Units that come nearest to it in meaning.
    nearest: tuple[int, ...]


class Evidence:
    """Weighs the sentences of one answer; begins to read the passages when it is made."""

    def __init__(self, readings: Readings | None, sources: Sequence[Source], language: str) -> None:
        self._readings, self._sources = readings, sources
        self._head = readings.head(language) if readings else None
        self._language = language
        self._tasks: dict[int, asyncio.Task[list[Reading]]] = {}

    def begin(self, ranks: Sequence[int]) -> None:
        """Read these passages meanwhile; the others when a sentence cites them."""
        if self._readings and self._head:
            for rank in ranks:
                self._task(self._readings, rank)

    async def weigh(self, sentence: str, rank: int) -> Weighed | None:
        """None where the head cannot tell: another language, another embedder."""
        source = self._sources[rank]
        if not self._readings or not self._head or source.passage.language != self._language:
            return None
        heading, *units = await self._task(self._readings, rank)
        units = [unit for unit in units if len(unit.tokens)]
        [said] = await self._readings.of([in_digits(sentence)])
        if not units or not len(said.tokens):
            return None
        seen = told(said, units, heading, rules(sentence, source))
        order = sorted(range(len(units)), key=lambda i: -float(units[i].whole @ said.whole))
        probability = self._head.probability(seen, turned(said, units))
        return Weighed(probability, self._head, tuple(order[:NEAREST]))

    def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()

    def _task(self, readings: Readings, rank: int) -> asyncio.Task[list[Reading]]:
        if rank not in self._tasks:
            source = self._sources[rank]
            self._tasks[rank] = asyncio.create_task(readings.of([source.heading, *source.said]))
        return self._tasks[rank]
