"""Answers of whole sentences, list items and table rows quoted from the knowledge base; no model needed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.llm.candidates import Candidate, candidates
from assistant.llm.choosing import Quote, choose
from assistant.llm.composing import compose
from assistant.llm.scoring import prescores, with_meaning
from assistant.llm.units import units
from assistant.ports import Ask, Draft, Embedder, Progress

if TYPE_CHECKING:
    from assistant.ports import Vectors

#: Each costs the embedder some milliseconds.
MOST_COMPARED = 24
_REMEMBERED = 4096


class ExtractiveAnswerer:
    """An Answerer without a model: it can only say what stands in the passages."""

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._embedder = embedder
        self._vectors: dict[str, Vectors] = {}

    async def answer(self, ask: Ask, progress: Progress) -> Draft:
        quotes = await self.quotes(ask)
        draft = compose(ask, quotes)
        if draft.text:
            await progress(draft.text)
        return draft

    async def quotes(self, ask: Ask) -> list[Quote]:
        """What to quote, the direct answer first."""
        found = candidates(ask.question, ask.passages)
        scores = prescores(ask.question, found, ask.language)
        best = sorted(range(len(found)), key=scores.__getitem__, reverse=True)[:MOST_COMPARED]
        shortlist = [found[i] for i in best]
        scores = [scores[i] for i in best]
        if self._embedder and shortlist:
            query = await self._embedder.query(ask.question)
            scores = with_meaning(scores, query, await self._embedded(self._embedder, shortlist))
        every = [unit for rank, passage in enumerate(ask.passages) for unit in units(passage, rank)]
        return choose(ask, list(zip(shortlist, scores, strict=True)), every)

    async def _embedded(self, embedder: Embedder, found: Sequence[Candidate]) -> "Vectors":
        import numpy

        texts = [f"{candidate.heading}: {candidate.text}" for candidate in found]
        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if missing:
            for text, vector in zip(missing, await embedder.passages(missing), strict=True):
                self._vectors[text] = vector
        rows = numpy.stack([self._vectors[text] for text in texts])
        while len(self._vectors) > _REMEMBERED:
            del self._vectors[next(iter(self._vectors))]
        return rows
