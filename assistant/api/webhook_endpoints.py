"""Outgoing webhooks: which systems are told of events, and what was sent to them; for admins."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints

from assistant.api.auth import CurrentAdmin
from assistant.api.context import Ctx
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import build_example, format_timestamp
from assistant.conversation.webhook_events import (
    add_endpoint,
    change_endpoint,
    delete_endpoint,
    replay_delivery,
    rotate_endpoint_secret,
    send_test_event,
)
from assistant.domain.errors import Conflict
from assistant.domain.outgoing_webhooks import EventType, WebhookDelivery, WebhookEndpoint
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/agent/webhooks", tags=["agent"], route_class=RateLimitedRoute)

MAX_ENDPOINTS = 20
MAX_LISTED_DELIVERIES = 100

Url = Annotated[str, StringConstraints(max_length=2_000, strip_whitespace=True)]
Events = Annotated[list[EventType], Field(min_length=1, max_length=len(EventType))]


class WebhookIn(BaseModel):
    model_config = build_example(url="https://erp.example.jp/hooks", events=["case.opened"])

    url: Url
    events: Events


class WebhookChangeIn(BaseModel):
    model_config = build_example(enabled=True)

    url: Url | None = None
    events: Events | None = None
    enabled: bool | None = None


class WebhookOut(BaseModel):
    id: str
    url: str
    events: list[str]
    created_at: str
    disabled_at: str | None
    #: gone, unreachable or by hand.
    disabled_why: str | None
    #: Only once, in the answer that made it.
    secret: str | None = None


class WebhooksOut(BaseModel):
    webhooks: list[WebhookOut]


class WebhookAttemptOut(BaseModel):
    at: str
    status: int | None
    why: str | None
    seconds: float


class WebhookDeliveryOut(BaseModel):
    id: str
    #: The webhook-id of the call.
    message: str
    type: str
    conversation: str | None
    state: str
    due_at: str
    attempts: list[WebhookAttemptOut]
    created_at: str
    finished_at: str | None


class WebhookDeliveriesOut(BaseModel):
    deliveries: list[WebhookDeliveryOut]


@router.get("", response_model=WebhooksOut)
async def list_webhooks(_inside: CurrentAdmin, ctx: Ctx) -> dict[str, Any]:
    """All webhooks, without their secrets."""
    found = await ctx.database.read(lambda store: store.webhooks.list_endpoints())
    return {"webhooks": [_serialize_endpoint(one) for one in found]}


@router.post("", response_model=WebhookOut)
async def add_webhook(body: WebhookIn, inside: CurrentAdmin, ctx: Ctx) -> dict[str, Any]:
    """Add a webhook; its secret is shown this once."""
    await ctx.check_webhook_url(body.url)

    def add(store: Store) -> WebhookEndpoint:
        if len(store.webhooks.list_endpoints()) >= MAX_ENDPOINTS:
            raise Conflict(f"There are {MAX_ENDPOINTS} webhooks already; remove one first.")
        return add_endpoint(store, inside.agent, body.url, body.events, ctx.clock())

    added = await ctx.database.write(add)
    return _serialize_endpoint(added) | {"secret": added.secret}


@router.post("/{webhook}", response_model=WebhookOut)
async def update_webhook(
    webhook: str, body: WebhookChangeIn, inside: CurrentAdmin, ctx: Ctx
) -> dict[str, Any]:
    """Change its address or events, or switch it on or off."""
    if body.url is not None:
        await ctx.check_webhook_url(body.url)
    changes = body.model_dump(exclude_none=True)
    found = await ctx.database.write(
        lambda store: change_endpoint(store, webhook, inside.agent, ctx.clock(), **changes)
    )
    return _serialize_endpoint(found)


@router.delete("/{webhook}", status_code=204)
async def remove_webhook(webhook: str, inside: CurrentAdmin, ctx: Ctx) -> None:
    """Forget a webhook with its log."""
    await ctx.database.write(lambda store: delete_endpoint(store, webhook, inside.agent, ctx.clock()))


@router.post("/{webhook}/test", status_code=204)
async def send_webhook_test(webhook: str, inside: CurrentAdmin, ctx: Ctx) -> None:
    """Send it an event `webhook.test`; the log of its deliveries shows what came of it."""
    await ctx.database.write(lambda store: send_test_event(store, webhook, inside.agent, ctx.clock()))


@router.post("/{webhook}/rotate", response_model=WebhookOut)
async def rotate_webhook_secret(webhook: str, inside: CurrentAdmin, ctx: Ctx) -> dict[str, Any]:
    """A new secret, shown this once; the one before signs too for a day."""
    found = await ctx.database.write(
        lambda store: rotate_endpoint_secret(store, webhook, inside.agent, ctx.clock())
    )
    return _serialize_endpoint(found) | {"secret": found.secret}


@router.get("/{webhook}/deliveries", response_model=WebhookDeliveriesOut)
async def list_webhook_deliveries(webhook: str, _inside: CurrentAdmin, ctx: Ctx) -> dict[str, Any]:
    """What was sent there lately, with each try."""

    def load_deliveries(store: Store) -> list[WebhookDelivery]:
        endpoint = store.webhooks.get_endpoint(webhook)
        return list(store.webhooks.list_deliveries(endpoint.id, limit=MAX_LISTED_DELIVERIES))

    return {"deliveries": [_serialize_delivery(one) for one in await ctx.database.read(load_deliveries)]}


@router.post("/{webhook}/deliveries/{delivery}/replay", status_code=204)
async def replay_webhook_delivery(webhook: str, delivery: str, inside: CurrentAdmin, ctx: Ctx) -> None:
    """Send a delivery once more, under the same webhook-id."""
    await ctx.database.write(
        lambda store: replay_delivery(store, webhook, delivery, inside.agent, ctx.clock())
    )


def _serialize_endpoint(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "events": list(endpoint.events),
        "created_at": format_timestamp(endpoint.created_at),
        "disabled_at": format_timestamp(endpoint.disabled_at),
        "disabled_why": endpoint.disabled_why,
    }


def _serialize_delivery(delivery: WebhookDelivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "message": delivery.message,
        "type": delivery.type,
        "conversation": delivery.conversation,
        "state": delivery.state,
        "due_at": format_timestamp(delivery.due_at),
        "attempts": list(delivery.attempts),
        "created_at": format_timestamp(delivery.created_at),
        "finished_at": format_timestamp(delivery.finished_at),
    }
