"""Tells other systems what happened: in the transaction in which it does, sent afterwards."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from assistant.domain.audit import format_actor as actor
from assistant.domain.errors import Conflict
from assistant.domain.outgoing_webhooks import (
    EventType,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookState,
    generate_secret,
)
from assistant.domain.people import Agent
from assistant.ports.storage.store import Store

#: Its type is no `EventType`: nobody can ask for it.
TEST_EVENT = "webhook.test"


def publish_event(
    store: Store, event: EventType, now: datetime, *, conversation: str | None = None, **data: Any
) -> None:
    """Have every endpoint that wants such events told; *data*: ids and kinds, no customer's words."""
    message = f"msg_{uuid4().hex}"
    about = data if conversation is None else {"conversation": conversation} | data
    for endpoint in store.webhooks.list_endpoints():
        if event in endpoint.events and endpoint.disabled_at is None:
            delivery = _build_delivery(endpoint, event, message, about, now)
            store.webhooks.add_delivery(replace(delivery, conversation=conversation))


def send_test_event(store: Store, endpoint_id: str, agent: Agent, now: datetime) -> None:
    """Send an event that means nothing, whatever the endpoint wants otherwise."""
    endpoint = store.webhooks.get_endpoint(endpoint_id)
    _require_enabled(endpoint)
    test = _build_delivery(endpoint, TEST_EVENT, f"msg_{uuid4().hex}", {"webhook": endpoint.id}, now)
    store.webhooks.add_delivery(test)
    _record(store, agent, endpoint, "tested", now)


def _build_delivery(
    endpoint: WebhookEndpoint, event: str, message: str, about: Mapping[str, Any], now: datetime
) -> WebhookDelivery:
    body = {"type": event, "timestamp": now.isoformat().replace("+00:00", "Z"), "data": about}
    return WebhookDelivery(
        id=uuid4().hex,
        endpoint=endpoint.id,
        message=message,
        type=event,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        due_at=now,
        created_at=now,
    )


def add_endpoint(
    store: Store, agent: Agent, url: str, events: list[EventType], now: datetime
) -> WebhookEndpoint:
    """*url* was checked."""
    endpoint = WebhookEndpoint(
        id=uuid4().hex, url=url, events=sorted(set(events)), secret=generate_secret(), created_at=now
    )
    store.webhooks.save_endpoint(endpoint)
    _record(store, agent, endpoint, "added", now)
    return endpoint


def change_endpoint(
    store: Store, endpoint_id: str, agent: Agent, now: datetime, **changes: Any
) -> WebhookEndpoint:
    """*changes*: url, events, or enabled."""
    endpoint = store.webhooks.get_endpoint(endpoint_id)
    enabled = changes.pop("enabled", None)
    endpoint = replace(endpoint, **changes)
    if enabled is True:
        endpoint = replace(endpoint, disabled_at=None, disabled_why=None)
    elif enabled is False:
        endpoint = replace(endpoint, disabled_at=now, disabled_why="by hand")
    store.webhooks.save_endpoint(endpoint)
    _record(store, agent, endpoint, "changed", now)
    return endpoint


def rotate_endpoint_secret(store: Store, endpoint_id: str, agent: Agent, now: datetime) -> WebhookEndpoint:
    endpoint = store.webhooks.get_endpoint(endpoint_id).rotate_secret(now)
    store.webhooks.save_endpoint(endpoint)
    _record(store, agent, endpoint, "rotated", now)
    return endpoint


def delete_endpoint(store: Store, endpoint_id: str, agent: Agent, now: datetime) -> None:
    endpoint = store.webhooks.get_endpoint(endpoint_id)
    store.webhooks.delete_endpoint(endpoint.id)
    _record(store, agent, endpoint, "deleted", now)


def replay_delivery(store: Store, endpoint_id: str, delivery_id: str, agent: Agent, now: datetime) -> None:
    """Send it once more, under the same webhook-id; its tries begin anew."""
    endpoint, delivery = store.webhooks.get_endpoint(endpoint_id), store.webhooks.get_delivery(delivery_id)
    if delivery.endpoint != endpoint.id or delivery.state is WebhookState.PENDING:
        raise Conflict("Only what was delivered or has failed at this webhook is sent again.")
    _require_enabled(endpoint)
    store.webhooks.save_delivery(
        replace(delivery, state=WebhookState.PENDING, attempts=(), due_at=now, finished_at=None)
    )
    _record(store, agent, endpoint, "replayed", now)


def _require_enabled(endpoint: WebhookEndpoint) -> None:
    if endpoint.disabled_at is not None:
        raise Conflict("This webhook is switched off; switch it on first.")


def _record(store: Store, agent: Agent, endpoint: WebhookEndpoint, step: str, now: datetime) -> None:
    store.audit.append_entry(actor(agent.id), "webhook", now, webhook=endpoint.id, step=step)
