"""What is measured and traced of a model's call, named by OpenTelemetry's conventions for generative AI."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog

from assistant.measures import FIRST_TOKEN_SECONDS, MODEL_SECONDS, MODEL_TOKENS
from assistant.ports.models import TokenUsage
from assistant.tracing import open_span

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig


class ModelCall:
    """One call; *name* is ``provider:model``."""

    def __init__(self, name: str) -> None:
        provider, _, model = name.partition(":")
        self._name, self._started = name, time.perf_counter()
        self._first: float | None = None
        #: ``ok``, or the class of the error.
        self.outcome = "ok"
        self._span = open_span(
            f"chat {model}",
            {
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": provider,
                "gen_ai.request.model": model,
            },
        )

    def record_word(self) -> None:
        if self._first is None:
            self._first = time.perf_counter() - self._started
            FIRST_TOKEN_SECONDS.labels(self._name).observe(self._first)

    def record_end(self, usage: TokenUsage) -> None:
        MODEL_SECONDS.labels(self._name, self.outcome).observe(time.perf_counter() - self._started)
        MODEL_TOKENS.labels(self._name, "input").inc(usage.input_tokens)
        MODEL_TOKENS.labels(self._name, "output").inc(usage.output_tokens)
        self._span.set_attributes(
            {
                "gen_ai.usage.input_tokens": usage.input_tokens or None,
                "gen_ai.usage.output_tokens": usage.output_tokens or None,
                "gen_ai.response.time_to_first_chunk": self._first,
            }
        )
        self._span.end_span("" if self.outcome == "ok" else self.outcome)


def build_run_config() -> RunnableConfig:
    """LangChain's configuration of a call: tracers find the conversation by its id."""
    conversation = structlog.contextvars.get_contextvars().get("conversation")
    return {"metadata": {"conversation_id": conversation}} if conversation else {}
