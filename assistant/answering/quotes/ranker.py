"""Ranks the quotable parts of passages, for quotes and for a model's prompt."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from assistant.answering.grounding.alignment import normalize_rows
from assistant.answering.quotes.candidates import Candidate, list_candidates
from assistant.answering.quotes.features import add_meaning_scores, compute_prescores
from assistant.answering.quotes.reader_scores import score_candidates
from assistant.answering.spans import Place, find_tokens_within, get_locator
from assistant.domain.errors import Unavailable
from assistant.lru_cache import LruCache
from assistant.ports.answering import AnswerRequest
from assistant.ports.knowledge import PassageTokens, TokenVectors
from assistant.ports.models import Embedder, MultiVectorEmbedder

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    from assistant.ports.models import Vectors

#: Most candidates embedded: each takes some milliseconds.
MAX_COMPARED = 12
_CACHE_SIZE = 4096


class QuoteRanker:
    """Compares a question with quote candidates.

    By stored token vectors of the passages, which is cheap; without them, by embedding the best candidates by
    words, with a cache, as sentences recur.
    """

    def __init__(self, embedder: Embedder | None = None, kept: TokenVectors | None = None) -> None:
        self._embedder, self._kept = embedder, kept
        self._recent: LruCache[str, NDArray[float32]] = LruCache(_CACHE_SIZE)

    async def rank_candidates(self, request: AnswerRequest) -> list[tuple[Candidate, float]]:
        found = list_candidates(request.question, request.passages)
        scores = compute_prescores(request.question, found, request.language)
        close = await self.compute_closeness(request, found)
        if close is None and self._embedder and found:
            best = sorted(range(len(found)), key=scores.__getitem__, reverse=True)[:MAX_COMPARED]
            found, scores = [found[i] for i in best], [scores[i] for i in best]
            close = await self._compute_cosines(self._embedder, request.question, found)
        if close is not None:
            scores = add_meaning_scores(scores, close)
        return sorted(zip(found, scores, strict=True), key=lambda pair: -pair[1])

    async def score_by_reader(self, request: AnswerRequest) -> list[tuple[Candidate, float]]:
        """The candidates of passages that the reader has read, with their log-odds, in reading order."""
        found = list_candidates(request.question, request.passages)
        closeness = await self.compute_closeness(request, found)
        return list(zip(found, score_candidates(request, found, closeness), strict=True))

    async def compute_closeness(self, request: AnswerRequest, found: Sequence[Candidate]) -> "Vectors | None":
        """Mean MaxSim of each candidate, (candidates,); None unless tokens of all passages are stored."""
        import numpy

        if not found or not self._kept or not isinstance(self._embedder, MultiVectorEmbedder):
            return None
        tokens = await self._kept.load_passage_tokens(request.passages)
        if any(each is None for each in tokens):
            return None
        try:
            asked = normalize_rows((await self._embedder.embed_query_tokens(request.question)).tokens)
        except Unavailable:
            return None
        if not asked.size:
            return None
        close: list[float] = []
        for rank, group in groupby(found, key=lambda candidate: candidate.units[0].passage):
            places, passage = get_locator(request.passages[rank].text), tokens[rank]
            assert passage is not None
            cosines = normalize_rows(passage.tokens) @ asked.T
            close += [
                _compute_token_closeness(passage, cosines, places.locate_units(candidate.units))
                for candidate in group
            ]
        return numpy.array(close, numpy.float32)

    async def _compute_cosines(
        self, embedder: Embedder, question: str, found: Sequence[Candidate]
    ) -> "Vectors":
        query = await embedder.embed_query(question)
        cosines: Vectors = await self.embed_texts([f"{each.heading}: {each.text}" for each in found]) @ query
        return cosines

    async def compute_likeness(self, text: str, others: Sequence[str]) -> float:
        """Highest cosine with *others*; 0 without an embedder."""
        if not self._embedder or not others:
            return 0.0
        vectors = await self.embed_texts([text, *others])
        return float((vectors[1:] @ vectors[0]).max())

    async def embed_texts(self, texts: Sequence[str]) -> "Vectors":
        import numpy

        found = await self._recent.get_many(texts, self._embed_missing)
        return numpy.stack([found[text] for text in texts])

    async def _embed_missing(self, texts: Sequence[str]) -> "Mapping[str, NDArray[float32]]":
        assert self._embedder
        return dict(zip(texts, await self._embedder.embed_passages(texts), strict=True))


def _compute_token_closeness(tokens: PassageTokens, cosines: "Vectors", places: Sequence[Place]) -> float:
    """MaxSim of the question with the tokens within *places*, averaged over the question; nan
    without tokens.
    """
    import numpy

    inside = find_tokens_within(tokens, places)
    return float(cosines[inside].max(axis=0).mean()) if inside.any() else numpy.nan
