"""Foreign desks: one file each, which never import each other; `registry.py` lists them."""

from collections.abc import Iterable

from assistant.plugins import DESKS, list_plugins

#: Names of the desks; `registry` has their classes and takes a moment to import.
NAMES = ("zendesk", "chatwoot", "slack", "email", "webhook")


def list_desk_names() -> tuple[str, ...]:
    """Ours, and those of plug-ins, none of which is imported."""
    return (*NAMES, *list_plugins(DESKS))


def has_desk_settings(variables: Iterable[str]) -> bool:
    """Whether any environment *variables* look like settings of a foreign desk."""
    prefixes = tuple(f"ASSISTANT_DESK_{name}_".upper() for name in list_desk_names())
    return any(variable.upper().startswith(prefixes) for variable in variables)
