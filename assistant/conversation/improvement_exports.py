"""Improvements leave the house: as an issue of a tracker that is followed, or as an event for webhooks."""

from collections.abc import Callable
from datetime import datetime

from assistant.conversation.webhook_events import publish_event
from assistant.domain.audit import format_actor as actor
from assistant.domain.errors import Conflict
from assistant.domain.improvements import Improvement
from assistant.domain.outgoing_webhooks import EventType
from assistant.domain.people import Agent
from assistant.domain.trackers import IssueState, TrackedIssue
from assistant.ports.storage.store import Store

#: Where an improvement is exported to that is no tracker.
WEBHOOK = "webhook"


def export_improvement(
    store: Store, improvement_id: str, to: str, agent: Agent, now: datetime, mask: Callable[[str], str]
) -> None:
    """Have it created in the tracker *to*, or told to webhooks; Conflict once it is in a tracker.

    *mask* takes personal data out of what people wrote.
    """
    improvement = store.improvements.get(improvement_id)
    improvement.require_open()
    if to == WEBHOOK:
        _publish_export(store, improvement, now, mask)
    else:
        known = store.improvements.issues.find(improvement.id)
        if known is not None and known.state is not IssueState.FAILED:
            raise Conflict(f"This improvement is in {known.tracker} already.")
        store.improvements.issues.save(
            TrackedIssue(improvement=improvement.id, tracker=to, due_at=now, created_at=now, updated_at=now)
        )
    store.audit.append_entry(
        actor(agent.id), "improvement", now, improvement=improvement.id, step="exported", to=to
    )


def has_export_webhook(store: Store) -> bool:
    """Whether a webhook is told of exports."""
    return any(
        EventType.IMPROVEMENT_EXPORTED in each.events and each.disabled_at is None
        for each in store.webhooks.list_endpoints()
    )


def _publish_export(
    store: Store, improvement: Improvement, now: datetime, mask: Callable[[str], str]
) -> None:
    if not has_export_webhook(store):
        raise Conflict("No webhook is told of exports; add the event improvement.exported to one.")
    publish_event(
        store,
        EventType.IMPROVEMENT_EXPORTED,
        now,
        improvement=improvement.id,
        title=mask(improvement.title),
        action=improvement.action and mask(improvement.action),
        theme=improvement.theme,
        due_at=improvement.due_at and improvement.due_at.isoformat(),
    )
