"""Messaging apps: one file each, siblings never import each other; the table of them is in `registry.py`."""

from collections.abc import Iterable

#: By name; what each is stands in `registry`, which takes a moment to import.
NAMES = ("line", "whatsapp", "messenger", "instagram", "sms", "telegram", "slack", "email")


def has_channel_settings(variables: Iterable[str]) -> bool:
    """Whether any of the environment's *variables* may be about a messaging app."""
    prefixes = tuple(f"ASSISTANT_{name}_".upper() for name in NAMES)
    return any(variable.upper().startswith(prefixes) for variable in variables)
