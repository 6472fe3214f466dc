"""Events that the business's own systems push: signed, each taken in once."""

import json
from typing import Any

from fastapi import APIRouter, Request
from typing_extensions import TypedDict

from assistant.api.context import Ctx
from assistant.api.rate_limit_rules import RateLimitedRoute
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
    facts = parse_event(_parse_object(body), now)
    event_id = request.headers["webhook-id"]

    def step(store: Store) -> int | None:
        if store.threads.is_duplicate_event(SOURCE, "", event_id, now):
            return None
        return store.customer_facts.save_facts(facts)

    newer = await ctx.database.write(step)
    return {"duplicate": newer is None, "newer": newer or 0}


def _parse_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise BadInput("The body is not JSON.") from exc
    if not isinstance(value, dict):
        raise BadInput("The body is not a JSON object.")
    return value
