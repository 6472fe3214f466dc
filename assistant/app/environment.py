"""The environment and `.env`: what libraries read of it, and what nobody reads."""

import os
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from dotenv import dotenv_values

#: Variables that libraries read themselves: of model vendors, tracing, proxies and certificates.
LIBRARY_VARIABLES = re.compile(
    r"(ANTHROPIC|GOOGLE|GEMINI|AZURE_OPENAI|MISTRAL|GROQ|DEEPSEEK|XAI|COHERE|TOGETHER|FIREWORKS|OPENROUTER"
    r"|OLLAMA|HF|HUGGINGFACEHUB|AWS|LANGSMITH|LANGCHAIN|OTEL|CHROMA)_.+|(HTTPS?|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)"
)
PREFIX = "ASSISTANT_"


def load_environment() -> dict[str, str]:
    """All variables of the environment and of `.env`: channels select theirs by name (`docs/channels.md`)."""
    kept = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    return {**kept, **os.environ}


def export_library_variables() -> None:
    """Put variables of `.env` that libraries read themselves into the environment, which wins."""
    for name, value in load_environment().items():
        if LIBRARY_VARIABLES.fullmatch(name):
            os.environ.setdefault(name, value)


def list_unknown_settings(environment: Mapping[str, str], settings: Iterable[str]) -> list[str]:
    """A line for each variable with our prefix that nobody reads, with what may have been meant.

    *settings*: the fields of `Settings`.
    """
    known = [f"{PREFIX}{name.upper()}" for name in settings if not name.startswith("openai_")]
    others = [name for name in environment if name.upper().startswith(PREFIX) and name.upper() not in known]
    known += [*_list_channel_settings(), *_list_tracker_settings(), *_list_desk_settings()] if others else []
    lines = []
    for variable in sorted(others):
        base = variable.upper().partition("__")[0]
        if base not in known:
            near = get_close_matches(base, known, 1, 0.75)
            lines.append(f"{variable} is no setting" + (f"; {near[0]} is" if near else ""))
    return lines


def _list_channel_settings() -> list[str]:
    from assistant.channels.registry import list_channel_classes, list_setting_names

    return [
        f"{PREFIX}{name}_{setting}".upper()
        for name, kind in list_channel_classes().items()
        for setting in list_setting_names(kind)
    ]


def _list_desk_settings() -> list[str]:
    from assistant.desks.base import build_desk_variable
    from assistant.desks.registry import list_desk_classes, list_desk_settings

    return [
        build_desk_variable(name, setting)
        for name, kind in list_desk_classes().items()
        for setting in list_desk_settings(kind)
    ]


def _list_tracker_settings() -> list[str]:
    from assistant.trackers.registry import list_tracker_settings

    return list_tracker_settings()
