"""Rules of messages that nobody asked for: what they did and why; the setting `proactive_on` switches."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter
from typing_extensions import TypedDict

from assistant.api.auth import CurrentAgent
from assistant.api.context import ApiContext, Ctx
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.domain.hours import to_local_time
from assistant.domain.proactive import ProactiveState, RuleEffect
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/agent/proactive", tags=["lead"], route_class=RateLimitedRoute)

#: What the counts are of, and within how many days somebody wrote to us after a message.
COUNTED = timedelta(days=28)
EFFECT_DAYS = 7


class RuleEffectOut(TypedDict):
    """People who were told and who were not on purpose, and how many of each wrote to us afterwards."""

    told: int
    told_wrote: int
    held_out: int
    held_out_wrote: int


class ProactiveRuleOut(TypedDict):
    name: str
    on: bool
    events: list[str]
    purpose: str
    holdout: float
    sent: int
    held_out: int
    #: Reason -> how many wait, or were dropped.
    waiting: dict[str, int]
    dropped: dict[str, int]
    effect: RuleEffectOut


class QuotaOut(TypedDict):
    channel: str
    account: str
    total: int
    #: Kept for replies of support.
    reserve: int
    #: Pushes of support, and of these rules, this month.
    support: int
    proactive: int


class ProactiveOut(TypedDict):
    days: int
    effect_days: int
    quiet_from: str
    quiet_until: str
    rules: list[ProactiveRuleOut]
    quotas: list[QuotaOut]


@router.get("", response_model=ProactiveOut)
async def get_proactive(_inside: CurrentAgent, ctx: Ctx) -> dict[str, Any]:
    """Every rule with what became of its messages in the last four weeks."""
    now = ctx.clock()
    return await ctx.database.read(lambda store: _load_rules(store, ctx, now))


def _load_rules(store: Store, ctx: ApiContext, now: datetime) -> dict[str, Any]:
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for name, state, reason, count in store.proactive.count_by_rule(now - COUNTED):
        counts[name, state][reason or ""] = count
    effects = store.proactive.measure_effects(now - COUNTED, EFFECT_DAYS)
    policy = ctx.policy.proactive
    return {
        "days": COUNTED.days,
        "effect_days": EFFECT_DAYS,
        "quiet_from": policy.quiet_from,
        "quiet_until": policy.quiet_until,
        "rules": [
            {
                "name": rule.name,
                "on": rule.name in ctx.policy.proactive_on,
                "events": sorted(rule.events),
                "purpose": rule.purpose,
                "holdout": rule.holdout,
                "sent": sum(counts[rule.name, ProactiveState.SENT].values()),
                "held_out": sum(counts[rule.name, ProactiveState.HELD_OUT].values()),
                "waiting": counts[rule.name, ProactiveState.WAITING],
                "dropped": counts[rule.name, ProactiveState.DROPPED],
                "effect": asdict(effects.get(rule.name, RuleEffect())),
            }
            for rule in policy.rules
        ],
        "quotas": list(_list_quotas(store, ctx, policy.quotas, now)),
    }


def _list_quotas(
    store: Store, ctx: ApiContext, quotas: Mapping[str, int], now: datetime
) -> list[dict[str, Any]]:
    """Of the accounts that are set up, for channels whose plan has an end."""
    local = to_local_time(now, ctx.policy.zone)
    begin = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return [
        {
            "channel": channel,
            "account": account,
            "total": quotas[channel],
            "reserve": round(quotas[channel] * ctx.policy.proactive.quota_reserve),
            "support": store.proactive.count_pushes(channel, account, f"{local:%Y-%m}"),
            "proactive": store.proactive.count_sent(begin, channel, account),
        }
        for channel, account in ctx.channels
        if channel in quotas
    ]
