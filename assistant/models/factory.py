"""Chooses the chat model that a setting names; none where answers are quotes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.domain.errors import ModelUnavailable, SetupError

if TYPE_CHECKING:
    from assistant.ports.models import ChatModel

EXTRACTIVE = "extractive"


def open_chat_model(spec: str, *, api_key: str | None, base_url: str | None) -> ChatModel | None:
    """The model of *spec*; None: quotes alone. SetupError when it names no model that can be had.

    One for all that is asked of it: they share connections, the bound on calls and what is known of failures.
    """
    if spec == EXTRACTIVE:
        return None
    from assistant.models.chat import build_chat_model

    return build_chat_model(spec, api_key=api_key, base_url=base_url)


def preload_model(spec: str) -> None:
    """Import and read what the first answer of the model would wait for; seconds of a processor's time."""
    from assistant.models.token_count import count_tokens

    for name in spec.split(","):
        if name.strip() != EXTRACTIVE:
            count_tokens("", name.strip())
            if name.strip().startswith("openai:"):
                import langchain_openai  # noqa: F401


async def try_model(spec: str, *, api_key: str | None, base_url: str | None) -> str | None:
    """Ask the model for a word; None when it answers, else why not, with the mend."""
    try:
        model = open_chat_model(spec, api_key=api_key, base_url=base_url)
        if model is None:
            return None
        async for _ in model.stream_completion("Answer with one word.", "Say: ready"):
            return None
    except (ModelUnavailable, SetupError) as exc:
        mend = (
            "check OPENAI_BASE_URL, OPENAI_API_KEY and ASSISTANT_CHAT_MODEL; customers get quotes meanwhile"
        )
        return f"{exc} ({mend})"
    return "the model answered nothing"
