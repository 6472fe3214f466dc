"""The quotable parts of the passages, best answer first: where quotes and the model's answers start from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.llm.candidates import Candidate, candidates
from assistant.llm.scoring import prescores, with_meaning
from assistant.ports import Ask, Embedder

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    from assistant.ports import Vectors

#: Each costs the embedder some milliseconds.
MOST_COMPARED = 16
_REMEMBERED = 4096


class Ranker:
    """Compares a question with what could be quoted; remembers vectors, as the same sentences come again."""

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._embedder = embedder
        self._vectors: dict[str, NDArray[float32]] = {}

    async def ranked(self, ask: Ask) -> list[tuple[Candidate, float]]:
        found = candidates(ask.question, ask.passages)
        scores = prescores(ask.question, found, ask.language)
        best = sorted(range(len(found)), key=scores.__getitem__, reverse=True)[:MOST_COMPARED]
        shortlist, scores = [found[i] for i in best], [scores[i] for i in best]
        if self._embedder and shortlist:
            query = await self._embedder.query(ask.question)
            vectors = await self.vectors([f"{found.heading}: {found.text}" for found in shortlist])
            scores = with_meaning(scores, query, vectors)
        return sorted(zip(shortlist, scores, strict=True), key=lambda pair: -pair[1])

    async def likeness(self, text: str, others: Sequence[str]) -> float:
        """Cosine to the nearest of *others*; 0 without an embedder."""
        if not self._embedder or not others:
            return 0.0
        vectors = await self.vectors([text, *others])
        return float((vectors[1:] @ vectors[0]).max())

    async def vectors(self, texts: Sequence[str]) -> "Vectors":
        import numpy

        assert self._embedder
        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if missing:
            self._vectors.update(zip(missing, await self._embedder.passages(missing), strict=True))
        rows = numpy.stack([self._vectors[text] for text in texts])
        for oldest in list(self._vectors)[: max(0, len(self._vectors) - _REMEMBERED)]:
            del self._vectors[oldest]
        return rows
