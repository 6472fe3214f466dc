"""The extractive answerer: quotes whole sentences, list items and table rows; needs no model."""

from assistant.answering.quotes.ranker import QuoteRanker
from assistant.answering.quotes.rendering import prepend_yes_no, render_quotes
from assistant.answering.quotes.selection import Quote, choose_quotes
from assistant.answering.quotes.selection_by_reader import select_quotes
from assistant.answering.quotes.yes_no import decide_yes_no
from assistant.ports.answering import AnswerRequest, Draft, Progress
from assistant.ports.models import Embedder
from assistant.text.quotable import extract_units
from assistant.tracing import start_inner_span


class ExtractiveAnswerer:
    """An Answerer without a model: it can only quote the passages."""

    def __init__(self, embedder: Embedder | None = None, *, ranker: QuoteRanker | None = None) -> None:
        self._ranker = ranker or QuoteRanker(embedder)

    async def write_answer(self, request: AnswerRequest, progress: Progress) -> Draft:
        with start_inner_span("quote"):
            quotes = await self._select_quotes(request)
            draft = prepend_yes_no(render_quotes(request, quotes), request, decide_yes_no(request, quotes))
        if draft.text:
            await progress(draft.text)
        return draft

    async def _select_quotes(self, request: AnswerRequest) -> list[Quote]:
        """By the reader; by words and vectors where it has not read the passages."""
        if any(passage.parts for passage in request.passages):
            return select_quotes(request, await self._ranker.score_by_reader(request))
        every = [
            unit for rank, passage in enumerate(request.passages) for unit in extract_units(passage, rank)
        ]
        return choose_quotes(request, await self._ranker.rank_candidates(request), every)
