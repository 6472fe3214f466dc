"""The live part of the dashboard: one count for all consoles that ask within two seconds."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from assistant.api.auth import CurrentAgent
from assistant.api.context import ApiContext, Ctx
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import format_timestamp
from assistant.conversation.templates.report import LIVE_DEFINITIONS
from assistant.domain.signals import FEELING_THRESHOLD
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/agent/insight", tags=["agent"], route_class=RateLimitedRoute)

#: A deadline is near so long before it.
NEAR = timedelta(minutes=15)
#: Who wrote within this is there now; the latest so many are looked at.
ACTIVE_FOR = timedelta(minutes=30)
MAX_ACTIVE = 300
HEALTH_TIMEOUT_SECONDS = 1.0


class LiveOut(BaseModel):
    as_of: str | None
    waiting: int
    waiting_since: str | None
    with_agent: int
    sla_near: int
    sla_over: int
    frustrated: int
    active: int
    #: online, away or offline -> agents.
    agents: dict[str, int]
    #: Conversations of agents who are online, and how many these may have at once.
    load: int
    capacity: int
    #: Component -> what is wrong with it; empty: all is well. None: not known at this moment.
    problems: dict[str, str] | None
    definitions: dict[str, dict[str, str]]


@router.get("/live")
async def get_live_figures(_inside: CurrentAgent, ctx: Ctx) -> LiveOut:
    """What is going on now; ask again when the event stream tells of a change."""
    found: LiveOut = await ctx.live_figures.get(lambda: count_live_figures(ctx))
    return found


async def count_live_figures(ctx: ApiContext) -> LiveOut:
    now = ctx.clock()
    counts, problems = await asyncio.gather(
        ctx.database.read(lambda store: load_counts(store, ctx.policy.presence_seconds, now)),
        _find_problems(ctx),
    )
    return LiveOut(
        as_of=format_timestamp(now),
        **counts,
        problems=problems,
        definitions={name: dict(texts) for name, texts in LIVE_DEFINITIONS.items()},
    )


def load_counts(store: Store, presence_seconds: int, now: datetime) -> dict[str, Any]:
    counts = store.metrics.count_live(now, now + NEAR)
    active = store.metrics.list_active(now - ACTIVE_FOR, limit=MAX_ACTIVE)
    felt = store.turns.load_recent_feelings(active)
    agents = [one for one in store.agents.list_availability()]
    seen = timedelta(seconds=presence_seconds)
    states = {
        one.id: one.availability.value if one.seen_at and now - one.seen_at <= seen else "offline"
        for one in agents
    }
    online = [one for one in agents if states[one.id] == "online"]
    return {
        "waiting": counts.waiting,
        "waiting_since": format_timestamp(counts.waiting_since),
        "with_agent": counts.with_agent,
        "sla_near": counts.sla_near,
        "sla_over": counts.sla_over,
        "frustrated": sum(each["frustration"] >= FEELING_THRESHOLD for each in felt.values()),
        "active": len(active),
        "agents": {"online": 0, "away": 0, "offline": 0} | Counter(states.values()),
        "load": sum(one.load for one in online),
        "capacity": sum(one.capacity for one in online),
    }


async def _find_problems(ctx: ApiContext) -> dict[str, str] | None:
    """What `/readyz` would say; None where that takes too long."""
    try:
        parts = await asyncio.wait_for(ctx.health(), HEALTH_TIMEOUT_SECONDS)
    except TimeoutError:
        return None
    return {part: why for part, why in parts.items() if why}
