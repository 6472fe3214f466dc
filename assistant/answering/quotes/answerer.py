"""Answers of whole sentences, list items and table rows quoted from the knowledge base; no model needed."""

from assistant.answering.quotes.ranker import Ranker
from assistant.answering.quotes.rendering import compose
from assistant.answering.quotes.selection import Quote, choose
from assistant.answering.quotes.selection_by_reader import select_quotes
from assistant.ports.answering import AnswerRequest, Draft, Progress
from assistant.ports.models import Embedder
from assistant.text.quotable import units


class ExtractiveAnswerer:
    """An Answerer without a model: it can only say what stands in the passages."""

    def __init__(self, embedder: Embedder | None = None, *, ranker: Ranker | None = None) -> None:
        self._ranker = ranker or Ranker(embedder)

    async def write_answer(self, ask: AnswerRequest, progress: Progress) -> Draft:
        draft = compose(ask, select_quotes(ask) if _is_read(ask) else await self._chosen(ask))
        if draft.text:
            await progress(draft.text)
        return draft

    async def _chosen(self, ask: AnswerRequest) -> list[Quote]:
        """Where nobody read the passages: by words and vectors."""
        every = [unit for rank, passage in enumerate(ask.passages) for unit in units(passage, rank)]
        return choose(ask, await self._ranker.ranked(ask), every)


def _is_read(ask: AnswerRequest) -> bool:
    return any(passage.parts for passage in ask.passages)
