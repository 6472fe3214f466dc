"""Issue trackers in which improvements are followed: one file each, which never import each other."""

from collections.abc import Mapping

from assistant.plugins import TRACKERS, list_plugins

#: Names of ours; `registry` has their classes.
NAMES = ("github", "jira", "backlog", "kintone")


def list_tracker_names() -> tuple[str, ...]:
    """Ours, and those of plug-ins, none of which is imported."""
    return (*NAMES, *list_plugins(TRACKERS))


def list_configured_trackers(environment: Mapping[str, str]) -> list[str]:
    """Names of the trackers that have settings."""
    given = [name.upper() for name, value in environment.items() if value]
    prefixes = {name: build_variable_name(name, "") for name in list_tracker_names()}
    return [name for name, prefix in prefixes.items() if any(each.startswith(prefix) for each in given)]


def build_variable_name(tracker: str, setting: str) -> str:
    """``ASSISTANT_TRACKER_GITHUB_TOKEN``."""
    return f"ASSISTANT_TRACKER_{tracker}_{setting}".upper()
