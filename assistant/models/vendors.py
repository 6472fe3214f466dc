"""Clients of model vendors: OpenAI-compatible servers, and whatever LangChain has a package for."""

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from assistant.domain.errors import SetupError
from assistant.models.limits import MAX_TOKENS, ModelLimits

if TYPE_CHECKING:
    from httpx2 import AsyncClient
    from langchain_core.language_models import BaseChatModel

#: Provider -> extra of our package that installs its client.
EXTRAS = {"anthropic": "anthropic", "google_genai": "google", "ollama": "ollama"}
#: Provider -> variables of its key, any of which is enough.
KEYS = {
    "anthropic": ("ANTHROPIC_API_KEY",),
    "google_genai": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    "groq": ("GROQ_API_KEY",),
    "mistralai": ("MISTRAL_API_KEY",),
}
#: Provider -> what it calls the largest number of tokens of an answer.
CAPS = {"ollama": "num_predict", "huggingface": "max_new_tokens"}
#: Reasoning first means silence first, and the cap is spent before a word: the least that a model can do.
LEAST_EFFORTS = ("none", "minimal", "low")

Parameters = Mapping[str, Any]


def select_factory(
    name: str,
    api_key: str | None,
    base_url: str | None,
    http: "Callable[[], AsyncClient]",
    limits: ModelLimits,
    parameters: Parameters,
) -> "Callable[[], BaseChatModel]":
    """A factory for the model's client, called on first use; SetupError now if it can never succeed."""
    provider, _, model = name.partition(":")
    if not model:
        raise SetupError(f"ASSISTANT_CHAT_MODEL={name} has no provider; write it as openai:{name}.")
    if provider == "openai":
        if not api_key and not base_url:
            raise SetupError(f"ASSISTANT_CHAT_MODEL={name} needs OPENAI_API_KEY or OPENAI_BASE_URL.")
        # Importing it takes as long as starting the rest of the service.
        return lambda: build_openai_chat(model, api_key, base_url, limits, http(), parameters)
    other = _build_other_chat(provider, model, limits, parameters)
    return lambda: other


def build_openai_chat(
    model: str,
    api_key: str | None,
    base_url: str | None,
    limits: ModelLimits,
    http: "AsyncClient",
    parameters: Parameters | None = None,
) -> "BaseChatModel":
    """Any OpenAI-compatible server through the official client, with every default set explicitly."""
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    wanted = {"max_tokens": MAX_TOKENS, **(parameters or {})}
    chat = ChatOpenAI(
        model=model,
        # A local server needs no key, but the client insists on one.
        api_key=SecretStr(api_key or "none"),
        base_url=base_url,
        # Retries and deadlines are ours: the client would wait two minutes for a Retry-After.
        max_retries=0,
        timeout=limits.total,
        stream_chunk_timeout=None,
        http_async_client=http,
        use_responses_api=False,
        **{"stream_usage": True, **wanted},
    )
    profile = chat.profile or {}
    levels = profile.get("reasoning_effort_levels") or ()
    if "reasoning_effort" not in wanted and levels:
        chat.reasoning_effort = next((level for level in LEAST_EFFORTS if level in levels), None)
    if "temperature" not in wanted:
        chat.temperature = 0 if profile.get("temperature", True) else None
    return chat


def _build_other_chat(
    provider: str, model: str, limits: ModelLimits, parameters: Parameters
) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model

    name = f"ASSISTANT_CHAT_MODEL={provider}:{model}"
    wanted = {"max_tokens": MAX_TOKENS, "temperature": 0, **parameters}
    cap = wanted.pop("max_tokens")
    wanted[CAPS.get(provider, "max_tokens")] = cap
    if provider != "ollama":
        wanted |= {"max_retries": 0, "timeout": limits.total}
    try:
        found: BaseChatModel = init_chat_model(model, model_provider=provider, **wanted)
    except ImportError as error:
        extra = f"yorisoi[{EXTRAS[provider]}]" if provider in EXTRAS else _get_first_line(error)
        raise SetupError(f"{name} cannot be used: pip install '{extra}'") from error
    except (ValueError, TypeError) as error:
        reason = _describe_missing_key(provider) or f"cannot be used: {_get_first_line(error)}"
        raise SetupError(f"{name} {reason}") from error
    if reason := _describe_missing_key(provider):
        raise SetupError(f"{name} {reason}")
    return found


def _describe_missing_key(provider: str) -> str:
    variables = KEYS.get(provider, ())
    if not variables or any(os.environ.get(variable) for variable in variables):
        return ""
    return f"needs {variables[0]}, in the environment or in .env."


def _get_first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
