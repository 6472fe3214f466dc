"""Messaging apps: one file each, which never import each other; `registry.py` lists them."""

from collections.abc import Iterable

from assistant.plugins import CHANNELS, list_plugins

#: Names of the channels; `registry` has their classes and takes a moment to import.
NAMES = ("line", "whatsapp", "messenger", "instagram", "sms", "telegram", "slack", "email")


def list_channel_names() -> tuple[str, ...]:
    """Ours, and those of plug-ins, none of which is imported."""
    return (*NAMES, *list_plugins(CHANNELS))


def has_channel_settings(variables: Iterable[str]) -> bool:
    """Whether any environment *variables* look like settings of a messaging app."""
    prefixes = tuple(f"ASSISTANT_{name}_".upper() for name in list_channel_names())
    return any(variable.upper().startswith(prefixes) for variable in variables)
