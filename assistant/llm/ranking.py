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
MOST_COMPARED = 12
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
        # A copy of what is known: while the embedder works, another question may push the oldest out.
        known = {text: self._vectors[text] for text in texts if text in self._vectors}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            new = dict(zip(missing, await self._embedder.passages(missing), strict=True))
            known |= new
            self._vectors |= new
            self._forget()
        return numpy.stack([known[text] for text in texts])

    def _forget(self) -> None:
        for oldest in list(self._vectors)[: max(0, len(self._vectors) - _REMEMBERED)]:
            del self._vectors[oldest]
