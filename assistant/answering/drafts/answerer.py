"""Answers drafted by a model and checked against the passages; falls back to quotes."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from assistant.answering.drafts.draft import DraftInProgress
from assistant.answering.drafts.prompt_context import (
    MAX_QUESTION_CHARACTERS,
    build_prompt_context,
    condense_history,
    sanitize_data,
)
from assistant.answering.drafts.stream_splitter import DraftPiece, StreamSplitter
from assistant.answering.grounding.checker import EncodedTexts, GroundingChecker
from assistant.answering.grounding.rules import GroundingSource
from assistant.answering.prompts import Prompt
from assistant.answering.quotes.ranker import QuoteRanker
from assistant.domain.budgets import Prices
from assistant.domain.errors import ModelUnavailable
from assistant.domain.withheld_reasons import WithheldReason
from assistant.models.limits import MAX_TOKENS
from assistant.models.token_count import count_tokens, count_usage
from assistant.ports.answering import Answerer, AnswerRequest, Draft, Progress
from assistant.ports.models import ChatModel, TokenUsage
from assistant.text.pii_masking import PiiMask
from assistant.tracing import start_span

_LANGUAGES = {"ja": "Japanese", "en": "English", "ko": "Korean"}
_AGAIN = "\n\nThe last draft was in another language. Write in {language} only."


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledPrompt:
    """A rendered prompt with the data needed to check its answer."""

    system: str
    user: str
    mask: PiiMask


class GroundedAnswerer:
    """An Answerer that streams from a model and shows a sentence only after the grounding check."""

    def __init__(
        self,
        model: ChatModel,
        prompt: Prompt,
        *,
        fallback: Answerer,
        ranker: QuoteRanker,
        readings: EncodedTexts | None = None,
        prices: Prices | None = None,
    ) -> None:
        self._model, self._prompt = model, prompt
        self._fallback, self._ranker, self._readings = fallback, ranker, readings
        self._prices = prices or Prices()

    async def write_answer(self, request: AnswerRequest, progress: Progress) -> Draft:
        asked = await self._build_prompt(request)
        writing, why_not = await self._write_within_budget(request, asked, progress)
        if writing.is_in_another_language and not why_not:
            again = asked.user + _AGAIN.format(language=_get_language_name(request.language))
            spent = writing
            writing, why_not = await self._write_within_budget(request, replace(asked, user=again), progress)
            writing.prompt_tokens, writing.completion_tokens = (
                writing.prompt_tokens + spent.prompt_tokens,
                writing.completion_tokens + spent.completion_tokens,
            )
        return await self._build_draft(request, writing, why_not, progress)

    async def _build_draft(
        self, request: AnswerRequest, writing: DraftInProgress, why_not: str, progress: Progress
    ) -> Draft:
        name = self._model.name
        if writing.says_no_answer and not writing.accepted and not why_not:
            draft = Draft(text="", model=name)
        elif why_not or not writing.accepted:
            writing.withdraw_text(why_not)
            instead = why_not or WithheldReason.NOTHING_SUPPORTED
            draft = replace(await self._fallback.write_answer(request, progress), instead=instead)
        else:
            draft = Draft(text=writing.text, citations=writing.build_citations(), model=name)
        return replace(
            draft,
            prompt_version=self._prompt.version,
            tokens=writing.prompt_tokens + writing.completion_tokens,
            cost=self._prices.compute_cost(name, writing.prompt_tokens, writing.completion_tokens),
            withheld=tuple(writing.withheld),
        )

    async def _build_prompt(self, request: AnswerRequest) -> FilledPrompt:
        mask, name = PiiMask(), self._model.name
        packed = build_prompt_context(request, await self._ranker.rank_candidates(request), name)
        system, user = self._prompt.fill_template(
            language=_get_language_name(request.language),
            passages=packed,
            history=condense_history(request.lines, mask),
            question=sanitize_data(mask.mask_text(request.question))[:MAX_QUESTION_CHARACTERS],
        )
        return FilledPrompt(system=system, user=user, mask=mask)

    async def _write_within_budget(
        self, request: AnswerRequest, asked: FilledPrompt, progress: Progress
    ) -> tuple[DraftInProgress, str]:
        """The draft within the budget, and why it ended early, if it did."""
        name = self._model.name
        writing = self._start_draft(request, asked)
        taken = count_tokens(asked.system, name) + count_tokens(asked.user, name)
        reserved = taken + MAX_TOKENS
        if request.allowance and (refusal := await request.allowance.reserve_tokens(reserved)):
            return writing, refusal
        usage = TokenUsage()
        why_not = await self._write_draft(writing, asked, progress, usage)
        writing.prompt_tokens, writing.completion_tokens = count_usage(
            usage, asked.system + asked.user, writing.raw_text, name
        )
        if request.allowance:
            cost = self._prices.compute_cost(name, writing.prompt_tokens, writing.completion_tokens)
            await request.allowance.record_usage(
                reserved, writing.prompt_tokens + writing.completion_tokens, cost
            )
        return writing, why_not

    def _start_draft(self, request: AnswerRequest, asked: FilledPrompt) -> DraftInProgress:
        sources = [GroundingSource.from_passage(passage) for passage in request.passages]
        return DraftInProgress(
            request=request,
            sources=sources,
            mask=asked.mask,
            evidence=GroundingChecker(self._readings, sources, request.language),
            likeness=self._ranker.compute_likeness,
        )

    async def _write_draft(
        self, writing: DraftInProgress, asked: FilledPrompt, progress: Progress, usage: TokenUsage
    ) -> str:
        """Fill *writing* with the checked sentences; returns why the draft broke off, if it did."""
        with start_span("draft") as span:
            try:
                async with aclosing(self._stream_pieces(writing, asked, usage)) as pieces:
                    async for piece in pieces:
                        with start_span("check"):
                            accepted = await writing.add_piece(piece)
                        if accepted:
                            await progress(writing.text)
                        if writing.is_full or writing.is_in_another_language:
                            break
            except ModelUnavailable as error:
                return WithheldReason.MODEL_FAILED.with_detail(str(error))
            finally:
                span.set_attributes({"draft.withheld": len(writing.withheld)})
        return ""

    async def _stream_pieces(
        self, writing: DraftInProgress, asked: FilledPrompt, usage: TokenUsage
    ) -> AsyncGenerator[DraftPiece, None]:
        splitter = StreamSplitter()
        stream = self._model.stream_completion(asked.system, asked.user, usage)
        try:
            async for text in stream:
                writing.raw_text += text
                for piece in splitter.feed_text(text):
                    yield piece
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()
        for piece in splitter.flush_rest():
            yield piece


def _get_language_name(language: str) -> str:
    return _LANGUAGES.get(language, language)
