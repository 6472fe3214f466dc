"""Plug-ins: other distributions add channels, desks, trackers, tools and retrievers by entry points."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from assistant.domain.errors import SetupError

#: A class of a messaging app, derived from `assistant.channels.base.BaseChannel`.
CHANNELS = "yorisoi.channels"
#: A class of a foreign desk, derived from `assistant.desks.base.BaseDesk`.
DESKS = "yorisoi.desks"
#: A class of an issue tracker, derived from `assistant.trackers.base.BaseTracker`.
TRACKERS = "yorisoi.trackers"
#: A package whose folder has a YAML file for each tool.
TOOLS = "yorisoi.tools"
#: A function from our search to the one that is used: `wrap(retriever: Retriever) -> Retriever`.
RETRIEVERS = "yorisoi.retrievers"


def list_plugins(group: str) -> dict[str, EntryPoint]:
    """The entry points of a group by name; nothing is imported."""
    return {each.name: each for each in sorted(entry_points(group=group), key=lambda each: each.name)}


def load_plugin(group: str, name: str) -> Any:
    """What an entry point names; SetupError where there is none, or it cannot be imported."""
    found = list_plugins(group)
    if name not in found:
        there = ", ".join(found) or "none"
        raise SetupError(f"There is no plug-in {name} in {group}; there are: {there}.")
    try:
        return found[name].load()
    except (ImportError, AttributeError) as exc:
        why = " ".join(str(exc).split())
        raise SetupError(f"The plug-in {name} of {group} cannot be loaded ({why}); reinstall it.") from exc
