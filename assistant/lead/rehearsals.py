"""Asking for a rehearsal of changed settings, and what it said when they are saved."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from assistant.domain.audit import format_actor
from assistant.domain.errors import Conflict
from assistant.domain.people import Agent
from assistant.domain.rehearsals import OPEN_STATES, StoredRehearsal
from assistant.ports.storage.store import Store

#: Settings that simulated customers can notice.
REHEARSED_PREFIX = "policy."


class RehearsalRunning(Conflict):
    """A rehearsal is still going on; wait for its result."""

    code = "rehearsal_running"


def request_rehearsal(
    store: Store, changes: Mapping[str, Any], agent: Agent, now: datetime
) -> StoredRehearsal:
    """One of *changes*; RehearsalRunning while another goes on."""
    last = store.rehearsals.find_last()
    if last is not None and last.state in OPEN_STATES:
        raise RehearsalRunning
    wanted = StoredRehearsal(
        id=uuid4().hex, agent=agent.id, agent_name=agent.name, changes=dict(changes), created_at=now
    )
    store.rehearsals.add(wanted)
    store.audit.append_entry(format_actor(agent.id), "rehearsal", now, keys=sorted(changes))
    return wanted


def describe_rehearsal(store: Store, changes: Mapping[str, Any]) -> dict[str, str]:
    """For the audit log: what the last rehearsal of exactly these changes said; {}: there was none."""
    noticed = {key: value for key, value in changes.items() if key.startswith(REHEARSED_PREFIX)}
    last = store.rehearsals.find_last() if noticed else None
    if last is None or dict(last.changes) != noticed:
        return {}
    if last.is_passed is None:
        return {"rehearsal": "not finished"}
    return {"rehearsal": "passed" if last.is_passed else "failed"}
