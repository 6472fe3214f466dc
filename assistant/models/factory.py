"""Builds the chat model that a setting names; none where answers are quotes only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.domain.errors import ModelUnavailable, SetupError

if TYPE_CHECKING:
    from assistant.ports.models import ChatModel

EXTRACTIVE = "extractive"


def open_chat_model(spec: str, *, api_key: str | None, base_url: str | None) -> ChatModel | None:
    """The model of *spec*; None: quotes only. SetupError when the model cannot be built.

    One instance for all uses: they share connections, the limit on calls and the circuit breaker.
    """
    if spec == EXTRACTIVE:
        return None
    from assistant.models.chat import build_chat_model

    return build_chat_model(spec, api_key=api_key, base_url=base_url)


def preload_model(spec: str) -> None:
    """Import and load what the model's first answer needs; takes seconds of CPU time."""
    from assistant.models.token_count import count_tokens

    for name in spec.split(","):
        if name.strip() != EXTRACTIVE:
            count_tokens("", name.strip())
            if name.strip().startswith("openai:"):
                import langchain_openai  # noqa: F401


async def try_model(spec: str, *, api_key: str | None, base_url: str | None) -> str | None:
    """Request one word from the model; None on success, else the reason with a remedy."""
    try:
        model = open_chat_model(spec, api_key=api_key, base_url=base_url)
        if model is None:
            return None
        async for _ in model.stream_completion("Answer with one word.", "Say: ready"):
            return None
    except (ModelUnavailable, SetupError) as exc:
        remedy = (
            "check OPENAI_BASE_URL, OPENAI_API_KEY and ASSISTANT_CHAT_MODEL; customers get quotes meanwhile"
        )
        return f"{exc} ({remedy})"
    return "the model answered nothing"
