"""Answers that a model writes and the passages prove; where either fails, quotes from the passages."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from assistant.answering.drafts.draft import Writing
from assistant.answering.drafts.prompt_context import MOST_QUESTION, as_data, condensed, pack
from assistant.answering.drafts.stream_splitter import Piece, Splitter
from assistant.answering.grounding.checker import Evidence, Readings
from assistant.answering.grounding.rules import Source
from assistant.answering.pii_masking import Mask
from assistant.answering.prompts import Prompt
from assistant.answering.quotes.ranker import Ranker
from assistant.domain.budgets import Prices
from assistant.domain.errors import ModelUnavailable
from assistant.models.limits import MOST_TOKENS
from assistant.models.token_count import count_tokens
from assistant.ports.answering import Answerer, AnswerRequest, Draft, Progress
from assistant.ports.models import ChatModel

_LANGUAGES = {"ja": "Japanese", "en": "English"}
_AGAIN = "\n\nThe last draft was in another language. Write in {language} only."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A prompt and what goes with it."""

    system: str
    user: str
    mask: Mask


class GroundedAnswerer:
    """An Answerer that streams from a model and shows a sentence only once it is checked."""

    def __init__(
        self,
        model: ChatModel,
        prompt: Prompt,
        *,
        fallback: Answerer,
        ranker: Ranker,
        readings: Readings | None = None,
        prices: Prices | None = None,
    ) -> None:
        self._model, self._prompt = model, prompt
        self._fallback, self._ranker, self._readings = fallback, ranker, readings
        self._prices = prices or Prices()

    async def write_answer(self, ask: AnswerRequest, progress: Progress) -> Draft:
        asked = await self._asked(ask)
        writing, why_not = await self._paid(ask, asked, progress)
        if writing.is_in_another_language and not why_not:
            again = asked.user + _AGAIN.format(language=_name(ask.language))
            spent = writing
            writing, why_not = await self._paid(ask, replace(asked, user=again), progress)
            writing.taken, writing.given = writing.taken + spent.taken, writing.given + spent.given
        return await self._draft(ask, writing, why_not, progress)

    async def _draft(self, ask: AnswerRequest, writing: Writing, why_not: str, progress: Progress) -> Draft:
        name = self._model.name
        if writing.says_no_answer and not writing.shown and not why_not:
            draft = Draft(text="", model=name)
        elif why_not or not writing.shown:
            writing.withdraw(why_not)
            instead = why_not or "nothing of the draft stood the check"
            draft = replace(await self._fallback.write_answer(ask, progress), instead=instead)
        else:
            draft = Draft(text=writing.text, citations=writing.citations(), model=name)
        return replace(
            draft,
            prompt_version=self._prompt.version,
            tokens=writing.taken + writing.given,
            cost=self._prices.compute_cost(name, writing.taken, writing.given),
            withheld=tuple(writing.withheld),
        )

    async def _asked(self, ask: AnswerRequest) -> Asked:
        mask, name = Mask(), self._model.name
        packed = pack(ask, await self._ranker.ranked(ask), name)
        system, user = self._prompt.fill(
            language=_name(ask.language),
            passages=packed,
            history=condensed(ask.lines, mask),
            question=as_data(mask.hide(ask.question))[:MOST_QUESTION],
        )
        return Asked(system=system, user=user, mask=mask)

    async def _paid(self, ask: AnswerRequest, asked: Asked, progress: Progress) -> tuple[Writing, str]:
        """What was written within the budget, and why there is no more of it."""
        name = self._model.name
        writing = self._begun(ask, asked)
        taken = count_tokens(asked.system, name) + count_tokens(asked.user, name)
        reserved = taken + MOST_TOKENS
        if ask.allowance and (why_not := await ask.allowance.reserve_tokens(reserved)):
            return writing, why_not
        why_not = await self._written(writing, asked, progress)
        writing.taken, writing.given = taken, count_tokens(writing.heard, name)
        if ask.allowance:
            cost = self._prices.compute_cost(name, writing.taken, writing.given)
            await ask.allowance.record_usage(reserved, writing.taken + writing.given, cost)
        return writing, why_not

    def _begun(self, ask: AnswerRequest, asked: Asked) -> Writing:
        sources = [Source.of(passage) for passage in ask.passages]
        return Writing(
            ask=ask,
            sources=sources,
            mask=asked.mask,
            evidence=Evidence(self._readings, sources, ask.language),
            likeness=self._ranker.likeness,
        )

    async def _written(self, writing: Writing, asked: Asked, progress: Progress) -> str:
        """Fills *writing* with what stood the check; why it broke off, if it did."""
        try:
            async with aclosing(self._pieces(writing, asked)) as pieces:
                async for piece in pieces:
                    if await writing.add(piece):
                        await progress(writing.text)
                    if writing.is_full or writing.is_in_another_language:
                        break
        except ModelUnavailable as error:
            return str(error)
        return ""

    async def _pieces(self, writing: Writing, asked: Asked) -> AsyncGenerator[Piece, None]:
        splitter = Splitter()
        stream = self._model.stream_completion(asked.system, asked.user)
        try:
            async for text in stream:
                writing.heard += text
                for piece in splitter.feed(text):
                    yield piece
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()
        for piece in splitter.finish():
            yield piece


def _name(language: str) -> str:
    return _LANGUAGES.get(language, language)
