"""Where a proposal stands, always with the entry of the audit log about who moved it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from assistant.domain.actions import Proposal, ProposalState
from assistant.domain.audit import ASSISTANT
from assistant.ports.storage.store import Store


def add_proposal(store: Store, proposal: Proposal, by: str = ASSISTANT) -> None:
    """Keep what somebody is shown who has to say yes."""
    store.actions.add(proposal)
    _append_entry(store, proposal, "proposal shown", by, proposal.created_at)


def move_proposal(
    store: Store,
    proposal: Proposal,
    state: ProposalState,
    by: str,
    now: datetime,
    *,
    before: Collection[ProposalState],
    **changes: Any,
) -> bool:
    """Move *proposal* for the actor *by*; False unless it was in one of *before*: another was first."""
    is_moved = store.actions.move(proposal.id, state, before=before, **changes)
    if is_moved:
        _append_entry(store, proposal, f"proposal {state.value}", by, now)
    return is_moved


def void_open_proposals(
    store: Store, conversation: str, by: str, now: datetime, *, kept: Collection[str | None] = ()
) -> None:
    """Once something else was asked for, or there is a new owner, nobody waits for a yes any more."""
    for one in store.actions.list_by_conversation(conversation):
        if one.state is ProposalState.OPEN and one.id not in kept:
            before = (ProposalState.OPEN,)
            move_proposal(store, one, ProposalState.VOID, by, now, before=before, finished_at=now)


def _append_entry(store: Store, proposal: Proposal, action: str, by: str, now: datetime) -> None:
    details = {"conversation": proposal.conversation, "proposal": proposal.id, "tool": proposal.tool}
    store.audit.append_entry(by, action, now, **details)
