"""Answers that a model writes and the passages prove; where either fails, quotes from the passages."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from assistant.domain.errors import ModelUnavailable
from assistant.llm.drafting import Writing
from assistant.llm.masking import Mask
from assistant.llm.packing import as_data, condensed, pack
from assistant.llm.pieces import Piece, Splitter
from assistant.llm.prompts import Prompt
from assistant.llm.ranking import Ranker
from assistant.llm.support import Source
from assistant.llm.tokens import count_tokens
from assistant.ports import Answerer, Ask, ChatModel, Draft, Progress

_LANGUAGES = {"ja": "Japanese", "en": "English"}
_AGAIN = "\n\nThe last draft was in another language. Write in {language} only."


class GroundedAnswerer:
    """An Answerer that streams from a model and shows a sentence only once it is checked."""

    def __init__(self, model: ChatModel, prompt: Prompt, *, fallback: Answerer, ranker: Ranker) -> None:
        self._model, self._prompt = model, prompt
        self._fallback, self._ranker = fallback, ranker

    async def answer(self, ask: Ask, progress: Progress) -> Draft:
        mask = Mask()
        packed = pack(ask, await self._ranker.ranked(ask), self._model.name)
        system, user = self._filled(ask, packed, mask)
        writing, failure = await self._written(ask, mask, (system, user), progress)
        if writing.is_in_another_language and not failure:
            user += _AGAIN.format(language=_name(ask.language))
            writing, failure = await self._written(ask, mask, (system, user), progress)
        tokens = sum(count_tokens(text, self._model.name) for text in (system, user, writing.text))
        if writing.says_no_answer and not writing.shown and not failure:
            draft = Draft(text="", model=self._model.name)
        elif failure or not writing.shown:
            writing.withdraw(failure)
            draft = await self._fallback.answer(ask, progress)
        else:
            draft = Draft(text=writing.text, citations=writing.citations(), model=self._model.name)
        withheld = tuple(writing.withheld)
        return replace(draft, prompt_version=self._prompt.version, tokens=tokens, withheld=withheld)

    def _filled(self, ask: Ask, passages: str, mask: Mask) -> tuple[str, str]:
        return self._prompt.fill(
            language=_name(ask.language),
            passages=passages,
            history=condensed(ask.lines, mask),
            question=as_data(mask.hide(ask.question)),
        )

    async def _written(
        self, ask: Ask, mask: Mask, prompt: tuple[str, str], progress: Progress
    ) -> tuple[Writing, str]:
        """What of the model's words stood the check, and why it broke off if it did."""
        sources = [Source.of(passage) for passage in ask.passages]
        writing = Writing(ask=ask, sources=sources, mask=mask, likeness=self._ranker.likeness)
        try:
            async with aclosing(self._pieces(*prompt)) as pieces:
                async for piece in pieces:
                    if await writing.add(piece):
                        await progress(writing.text)
                    if writing.is_full or writing.is_in_another_language:
                        break
        except ModelUnavailable as error:
            return writing, str(error)
        return writing, ""

    async def _pieces(self, system: str, user: str) -> AsyncGenerator[Piece, None]:
        splitter = Splitter()
        stream = self._model.stream(system, user)
        try:
            async for text in stream:
                for piece in splitter.feed(text):
                    yield piece
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()
        for piece in splitter.finish():
            yield piece


def _name(language: str) -> str:
    return _LANGUAGES.get(language, language)
