"""All trackers, and those that the settings enable."""

from collections.abc import Mapping

import httpx

from assistant.domain.errors import SetupError
from assistant.plugins import TRACKERS as PLUGINS
from assistant.plugins import list_plugins, load_plugin
from assistant.ports.trackers import IssueTracker
from assistant.trackers import build_variable_name, list_configured_trackers, list_tracker_names
from assistant.trackers.backlog import BacklogTracker
from assistant.trackers.base import BaseTracker
from assistant.trackers.github import GitHubTracker
from assistant.trackers.jira import JiraTracker
from assistant.trackers.kintone import KintoneTracker

TRACKERS: dict[str, type[BaseTracker]] = {
    kind.name: kind for kind in (GitHubTracker, JiraTracker, BacklogTracker, KintoneTracker)
}


def open_trackers(environment: Mapping[str, str], client: httpx.AsyncClient) -> dict[str, IssueTracker]:
    """Each tracker with a token; SetupError names what is missing."""
    known = {name.upper(): value for name, value in environment.items() if value}
    found: dict[str, IssueTracker] = {}
    for name in list_configured_trackers(environment):
        kind = get_tracker_class(name)
        variables = {one.name: build_variable_name(name, one.name) for one in kind.settings}
        values = {setting: known[variable] for setting, variable in variables.items() if variable in known}
        found[name] = kind(values, client)  # type: ignore[assignment] # the three calls are each its own
    return found


def list_tracker_settings() -> list[str]:
    """The environment variables that trackers read."""
    return [
        build_variable_name(name, setting.name)
        for name in list_tracker_names()
        for setting in get_tracker_class(name).settings
    ]


def get_tracker_class(name: str) -> type[BaseTracker]:
    """The tracker's class, or SetupError that lists the trackers."""
    if name in TRACKERS:
        return TRACKERS[name]
    if name not in list_plugins(PLUGINS):
        raise SetupError(f"There is no tracker {name}; there are {', '.join(list_tracker_names())}.")
    kind = load_plugin(PLUGINS, name)
    if not (isinstance(kind, type) and issubclass(kind, BaseTracker) and kind.name == name):
        raise SetupError(f"The plug-in {name} is no tracker: derive a class with that name from BaseTracker.")
    return kind
