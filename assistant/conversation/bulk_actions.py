"""One action on many conversations: each by the steps of a single one, with its guards; and undoing it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from assistant.conversation import desk
from assistant.conversation.agent_access import get_active_agent
from assistant.conversation.snooze import snooze_conversation, wake_conversation
from assistant.conversation.tags import tag_conversation
from assistant.domain.audit import format_actor as actor
from assistant.domain.bulk_actions import BulkAction, BulkChange
from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import BadInput, Conflict, NotOwner
from assistant.domain.people import Agent
from assistant.ports.storage.store import Store

MAX_CONVERSATIONS = 200
UNDO_SECONDS = 60
CHANGED_SINCE = "It has changed since; look at it first."


def apply_bulk_action(
    store: Store, conversation_id: str, agent: Agent, action: BulkAction, desk_: desk.Desk, now: datetime
) -> bool:
    """Whether doing it to one conversation changed anything; or the error that doing it alone raises."""
    before = store.conversations.get(conversation_id)
    kept = _APPLY[action.kind](store, before, agent, action, desk_, now)
    if kept is None:
        return False
    epoch = store.conversations.get(before.id).epoch
    change = BulkChange(
        batch=action.batch,
        conversation=before.id,
        agent=agent.id,
        action=action.kind,
        epoch=epoch,
        before=kept,
    )
    store.bulk_changes.add(change, now)
    store.audit.append_entry(
        actor(agent.id), "bulk", now, conversation=before.id, kind=action.kind, batch=action.batch
    )
    return True


def list_undoable_changes(store: Store, batch: str, agent: Agent, now: datetime) -> list[str]:
    """Conversations of a batch that the agent can still undo; Conflict when it is too late for all."""
    found = store.bulk_changes.list_batch(batch, agent.id, now - timedelta(seconds=UNDO_SECONDS))
    if not found:
        raise Conflict(f"Only what was done within {UNDO_SECONDS} seconds can be undone, once.")
    return [change.conversation for change in found]


def undo_bulk_change(
    store: Store, conversation_id: str, agent: Agent, batch: str, desk_: desk.Desk, now: datetime
) -> None:
    """The conversation as it was; Conflict when somebody did something else to it since."""
    listed = store.bulk_changes.list_batch(batch, agent.id, now - timedelta(seconds=UNDO_SECONDS))
    change = next((one for one in listed if one.conversation == conversation_id), None)
    if change is None or not store.bulk_changes.remove(batch, conversation_id):
        raise Conflict("That was undone already, or too long ago.")
    conversation = store.conversations.get(conversation_id)
    if conversation.epoch != change.epoch and change.action != "tag":
        raise Conflict(CHANGED_SINCE)
    _UNDO[change.action](store, conversation, agent, change.before, desk_, now)
    store.audit.append_entry(
        actor(agent.id), "bulk_undone", now, conversation=conversation.id, kind=change.action, batch=batch
    )


def _add_tags(
    store: Store, before: Conversation, agent: Agent, action: BulkAction, _: desk.Desk, now: datetime
) -> Mapping[str, Any] | None:
    present = _list_tags(store, before)
    tags = tag_conversation(store, before.id, agent, [*present, *action.tags], now)
    added = [tag.name for tag in tags if tag.name not in present]
    return {"added": added} if added else None


def _remove_tags(
    store: Store, now_is: Conversation, agent: Agent, before: Mapping[str, Any], _: desk.Desk, now: datetime
) -> None:
    stay = [name for name in _list_tags(store, now_is) if name not in before["added"]]
    tag_conversation(store, now_is.id, agent, stay, now)


def _list_tags(store: Store, conversation: Conversation) -> list[str]:
    found = store.tags.load_by_conversation([conversation.id]).get(conversation.id, ())
    return [tag.name for tag in found]


def _snooze(
    store: Store, before: Conversation, agent: Agent, action: BulkAction, _: desk.Desk, now: datetime
) -> Mapping[str, Any] | None:
    if action.until is None:
        raise BadInput("until: say until when.")
    if before.snoozed_until == action.until:
        return None
    snooze_conversation(store, before.id, agent, action.until, now)
    earlier = before.snoozed_until
    return {"until": action.until.isoformat(), "earlier": earlier.isoformat() if earlier else None}


def _wake(
    store: Store,
    now_is: Conversation,
    agent: Agent,
    before: Mapping[str, Any],
    desk_: desk.Desk,
    now: datetime,
) -> None:
    if now_is.snoozed_until != datetime.fromisoformat(before["until"]):
        raise Conflict(CHANGED_SINCE)
    earlier = datetime.fromisoformat(before["earlier"]) if before["earlier"] else None
    if earlier is not None and earlier > now:
        snooze_conversation(store, now_is.id, agent, earlier, now)
    else:
        wake_conversation(store, now_is.id, agent, desk_.timing, now)


def _assign(
    store: Store, before: Conversation, agent: Agent, action: BulkAction, desk_: desk.Desk, now: datetime
) -> Mapping[str, Any] | None:
    colleague = get_active_agent(store, action.agent)
    if before.state is State.AGENT and before.agent == colleague.id:
        return None
    if agent.is_lead:
        desk.reassign_conversation(store, before.id, agent, colleague.id, desk_, now)
    elif colleague.id == agent.id:
        desk.claim_conversation(store, before.id, agent, desk_, now)
    else:
        desk.transfer_conversation(store, before.id, agent, colleague.id, now)
    return {"state": before.state, "agent": before.agent}


def _give_back(
    store: Store, now_is: Conversation, agent: Agent, before: Mapping[str, Any], _: desk.Desk, now: datetime
) -> None:
    owner = store.agents.get(now_is.agent or "")
    if owner is None:
        raise NotOwner
    if before["state"] == State.QUEUED:
        desk.release_conversation(store, now_is.id, owner, now, by=agent)
    elif before["state"] == State.ASSISTANT:
        desk.return_to_assistant(store, now_is.id, owner, now, by=agent)
    else:
        earlier = get_active_agent(store, before["agent"] or "")
        desk.give_conversation(store, now_is.transfer(owner.id, earlier.id, now), earlier, agent, now)


def _resolve(
    store: Store, before: Conversation, agent: Agent, action: BulkAction, desk_: desk.Desk, now: datetime
) -> Mapping[str, Any] | None:
    if before.state is State.CLOSED:
        return None
    resolution = desk.Resolution(outcome=action.outcome)
    desk.resolve_conversation(store, before.id, agent, resolution, desk_.policy, now)
    return {}


def _reopen(
    store: Store, now_is: Conversation, agent: Agent, _before: Mapping[str, Any], _: desk.Desk, now: datetime
) -> None:
    desk.reopen_conversation(store, now_is.id, agent, now)


_APPLY = {"tag": _add_tags, "snooze": _snooze, "assign": _assign, "resolve": _resolve}
_UNDO = {"tag": _remove_tags, "snooze": _wake, "assign": _give_back, "resolve": _reopen}
