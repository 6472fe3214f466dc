"""Builds the chat model that a setting names; none where answers are quotes only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from assistant.domain.errors import ModelUnavailable, SetupError
from assistant.models.limits import MAX_TOKENS

if TYPE_CHECKING:
    from assistant.ports.models import ChatModel

EXTRACTIVE = "extractive"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatModels:
    """A model for each purpose; None: quotes only."""

    answer: ChatModel | None = None
    rewrite: ChatModel | None = None
    vote: ChatModel | None = None
    summary: ChatModel | None = None
    edit: ChatModel | None = None


#: Purpose -> tokens that its answer may have at most.
PURPOSES = {"answer": MAX_TOKENS, "rewrite": 200, "vote": 30, "summary": 500, "edit": 2_000}


def open_chat_models(
    spec: str,
    *,
    api_key: str | None,
    base_url: str | None,
    parameters: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> ChatModels:
    """The model of *spec* for each purpose. SetupError when it cannot be built.

    *parameters*: purpose, or ``all`` -> what its client is built with. All purposes share connections, the
    limit on calls and the circuit breaker.
    """
    if spec == EXTRACTIVE:
        return ChatModels()
    from assistant.models.chat import ModelCapacity, ModelUse, build_chat_model

    capacities: dict[str, ModelCapacity] = {}
    return ChatModels(
        **{
            purpose: build_chat_model(
                spec,
                api_key=api_key,
                base_url=base_url,
                use=ModelUse(
                    {"max_tokens": cap, **parameters.get("all", {}), **parameters.get(purpose, {})},
                    capacities,
                ),
            )
            for purpose, cap in PURPOSES.items()
        }
    )


def preload_model(spec: str) -> None:
    """Import and load what the model's first answer needs; takes seconds of CPU time."""
    from assistant.models.token_count import count_tokens

    for name in spec.split(","):
        if name.strip() != EXTRACTIVE:
            count_tokens("", name.strip())
            if name.strip().startswith("openai:"):
                import langchain_openai  # noqa: F401


async def try_model(
    spec: str,
    *,
    api_key: str | None,
    base_url: str | None,
    parameters: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> str | None:
    """Request one word from the model; None on success, else the reason with a remedy."""
    try:
        model = open_chat_models(spec, api_key=api_key, base_url=base_url, parameters=parameters).answer
        if model is None:
            return None
        async for _ in model.stream_completion("Answer with one word.", "Say: ready"):
            return None
    except (ModelUnavailable, SetupError) as exc:
        return f"{exc}; customers get quotes meanwhile"
    return "the model answered nothing"
