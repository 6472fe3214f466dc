"""Events that the business's own systems push: signed, each taken in once."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from typing_extensions import TypedDict

from assistant.api.context import ApiContext, Ctx
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.conversation.proactive import INCIDENT_EVENT, parse_incident, schedule_notices
from assistant.domain.consents import CONSENT_EVENT, parse_consent_event
from assistant.domain.customer_data import parse_event
from assistant.domain.errors import BadInput, NotFound, TooLarge, Unauthorized
from assistant.domain.webhook_signatures import is_signed
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/business", tags=["business"], route_class=RateLimitedRoute)

#: Bytes of an event.
MAX_EVENT_BYTES = 64 * 1024
#: Where the ids of events are kept.
SOURCE = "business"


class EventReceiptOut(TypedDict):
    duplicate: bool
    #: Facts that were newer than what was known.
    newer: int
    #: Notices to customers that wait because of it (docs/proactive.md).
    notices: int


@router.post("/events")
async def receive_event(request: Request, ctx: Ctx) -> EventReceiptOut:
    """Take in an event of one of the business's systems.

    200 when the event is stored, now or before; the latest state wins, whatever the order."""
    if ctx.backend_key is None:
        raise NotFound("Set ASSISTANT_BACKEND_SECRET to receive events.")
    body = await request.body()
    if len(body) > MAX_EVENT_BYTES:
        raise TooLarge(f"An event has at most {MAX_EVENT_BYTES} bytes.")
    now = ctx.clock()
    if not is_signed((ctx.backend_key,), request.headers, body, now):
        raise Unauthorized("The signature does not fit (Standard Webhooks).")
    event_id = request.headers["webhook-id"]
    apply_event = _prepare_event(_parse_object(body) | {"id": event_id}, ctx, now)

    def step(store: Store) -> tuple[int, int] | None:
        if store.threads.is_duplicate_event(SOURCE, "", event_id, now):
            return None
        return apply_event(store)

    found = await ctx.database.write(step)
    newer, notices = found or (0, 0)
    return {"duplicate": found is None, "newer": newer, "notices": notices}


def _prepare_event(
    event: dict[str, Any], ctx: ApiContext, now: datetime
) -> Callable[[Store], tuple[int, int]]:
    """What an event does: (newer facts, new notices); BadInput for what is none."""
    if event.get("type") == CONSENT_EVENT:
        record = parse_consent_event(event, now)

        def add_consent(store: Store) -> tuple[int, int]:
            store.consents.add(record)
            return 1, 0

        return add_consent
    if event.get("type") == INCIDENT_EVENT:
        parse_incident(event)
        return lambda store: (0, schedule_notices(store, event, ctx.policy, now))
    facts = parse_event(event, now)
    return lambda store: (
        store.customer_facts.save_facts(facts),
        schedule_notices(store, event, ctx.policy, now),
    )


def _parse_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise BadInput("The body is not JSON.") from exc
    if not isinstance(value, dict):
        raise BadInput("The body is not a JSON object.")
    return value
