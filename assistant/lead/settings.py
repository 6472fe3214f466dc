"""Changing settings in the console: with who and when, and without undoing a colleague's change unseen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assistant.domain.audit import format_actor
from assistant.domain.errors import Conflict
from assistant.domain.people import Agent
from assistant.domain.setting_changes import SettingChange
from assistant.lead.rehearsals import describe_rehearsal
from assistant.ports.storage.store import Store


class SettingChanged(Conflict):
    """A colleague changed this setting meanwhile; look at it and save again."""

    code = "setting_changed"


def change_settings(
    store: Store, changes: Mapping[str, Any], bases: Mapping[str, int], agent: Agent, now: datetime
) -> None:
    """Store new values (None: reset), all or none; *bases* are the changes that their author saw, 0: none."""
    current = store.settings.load_current()
    for key in changes:
        if _get_id(current.get(key)) != bases.get(key, 0):
            by = current[key].agent_name if key in current else ""
            raise SettingChanged(key=key, by=by)
    for key, value in changes.items():
        store.settings.add_change(key, value, agent, now)
    store.audit.append_entry(
        format_actor(agent.id), "settings", now, keys=sorted(changes), **describe_rehearsal(store, changes)
    )


def _get_id(change: SettingChange | None) -> int:
    return change.id if change else 0
