"""For operators: liveness, readiness, metrics."""

import hmac
from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo
from statistics import median
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from prometheus_client import CONTENT_TYPE_LATEST

from assistant.api.auth import CurrentAgent
from assistant.api.client_address import is_local_call
from assistant.api.context import ApiContext, Ctx
from assistant.api.dashboard_responses import DashboardFields, DashboardOut, DayOut
from assistant.api.errors import build_error_response
from assistant.api.metrics import MetricTotals, count_totals, render_metrics
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.responses import LivenessOut, ReadinessOut, describe_content
from assistant.api.schemas import require_usual_year
from assistant.domain.errors import BadInput, Forbidden, Unauthorized
from assistant.domain.hours import to_local_time
from assistant.measures import WEB, render_registry
from assistant.ports.storage.store import Store

router = APIRouter(tags=["operations"], route_class=RateLimitedRoute)

DEFAULT_DAYS = 30
METRICS_SCHEME = HTTPBearer(
    scheme_name="metricsToken", description="`ASSISTANT_METRICS_TOKEN`.", auto_error=False
)
#: Components of which either one finds answers.
ANSWERING = ("words", "vectors")


@router.get("/healthz")
async def get_liveness() -> LivenessOut:
    """200 while the process lives."""
    return {"status": "ok"}


@router.get("/readyz", responses={200: {"model": ReadinessOut}})
async def get_readiness(
    ctx: Ctx,
    degraded_is_ready: Annotated[
        bool, Query(alias="degraded", description="200 while `degraded`: for who takes instances out.")
    ] = False,
) -> Response:
    """503 with the failing components; `degraded` while customers still get answers from fewer components."""
    parts = await ctx.health()
    if why := "; ".join(f"{part}: {why}" for part, why in parts.items() if why):
        degraded = any(not parts.get(part, "missing") for part in ANSWERING)
        if degraded and degraded_is_ready:
            return Response('{"status":"degraded"}', media_type="application/json")
        code = "degraded" if degraded else "not_ready"
        return build_error_response(503, code, f"{code.replace('_', ' ')}: {why}", parts=parts)
    return Response('{"status":"ready"}', media_type="application/json")


@router.get(
    "/metrics", response_class=Response, responses=describe_content("Prometheus metrics", "text/plain")
)
async def get_prometheus_metrics(
    request: Request,
    ctx: Ctx,
    sent: Annotated[HTTPAuthorizationCredentials | None, Security(METRICS_SCHEME)],
) -> Response:
    """Prometheus metrics, for this machine or with the token of the settings."""
    _authorize_metrics(request, ctx, sent)

    async def load_totals() -> MetricTotals:
        now, streams = ctx.clock(), ctx.notifier.stream_count
        return await ctx.database.read(lambda store: count_totals(store, streams, now))

    found = (await ctx.counted.get(load_totals))._replace(streams=ctx.notifier.stream_count)
    own = render_metrics(found, await ctx.restarts()) + render_registry(WEB)
    return Response(own + await ctx.worker_measures(), media_type=CONTENT_TYPE_LATEST)


def _authorize_metrics(request: Request, ctx: ApiContext, sent: HTTPAuthorizationCredentials | None) -> None:
    if ctx.metrics_token is None:
        if not is_local_call(request):
            raise Forbidden("Metrics are for this machine; set ASSISTANT_METRICS_TOKEN for others.")
        return
    token = sent.credentials if sent else ""
    if not hmac.compare_digest(token.encode(), ctx.metrics_token.encode()):
        raise Unauthorized("Send the metrics token as Authorization: Bearer.")


@router.get("/v1/agent/metrics", tags=["agent"])
async def get_dashboard_metrics(
    _inside: CurrentAgent,
    ctx: Ctx,
    from_: Annotated[str | None, Query(alias="from", max_length=40)] = None,
    to: Annotated[str | None, Query(max_length=40)] = None,
    days: Annotated[int | None, Query(ge=1, le=366)] = None,
) -> DashboardOut:
    """By days in the business's time zone, given as `zone`; the last *days* days, or from and to."""
    now, zone = to_local_time(ctx.clock(), ctx.policy.zone), ctx.policy.zone
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight - timedelta(days=days - 1) if days else now - timedelta(days=DEFAULT_DAYS)
    start = parse_moment(from_, zone) if from_ else start
    end = parse_moment(to, zone) if to else now + timedelta(seconds=1)
    found = await ctx.database.read(
        lambda store: compute_dashboard_metrics(store, to_local_time(start, zone), to_local_time(end, zone))
    )
    return {**found, "zone": zone}


def parse_moment(text: str, zone: str) -> datetime:
    """An RFC 3339 time, or a date, which means midnight in the business's zone."""
    try:
        found = require_usual_year(datetime.fromisoformat(text))
    except ValueError as exc:
        raise BadInput(f"{text!r} is not a time such as 2026-11-01 or 2026-11-01T09:00:00Z.") from exc
    return found if found.tzinfo else datetime.combine(found.date(), time(), ZoneInfo(zone))


def compute_dashboard_metrics(store: Store, start: datetime, end: datetime) -> DashboardFields:
    """The dashboard's numbers, by days of *start*'s zone.

    A conversation without an answer or a person does not count as resolved.
    """
    conversations = store.metrics.list_conversations(start, end)
    handoffs = store.metrics.list_handoffs(start, end)
    decisions = store.metrics.count_decisions(start, end)
    scores = store.metrics.list_csat_scores(start, end)
    spent = store.spending.sum_between(start, end - timedelta(microseconds=1))
    handed_over = {row.conversation for row in handoffs}
    waits = [(row.claimed_at - row.created_at).total_seconds() for row in handoffs if row.claimed_at]
    solved = [row for row in conversations if row.outcome in ("solved", "workaround")]
    return {
        "conversations": len(conversations),
        "handoffs": len(handoffs),
        "handoff_rate": round(len(handed_over) / len(conversations), 3) if conversations else None,
        "answered": decisions.get("answer", 0),
        "abstained": decisions.get("abstain", 0),
        "resolved_by_agent": len(solved),
        "closed_without_agent": sum(
            1 for row in conversations if row.state == "closed" and row.id not in handed_over
        ),
        "model": {"tokens": spent.tokens, "calls": spent.calls, "cost": spent.cost},
        "csat": {"mean": round(sum(scores) / len(scores), 2) if scores else None, "count": len(scores)},
        "median_wait_seconds": median(waits) if waits else None,
        "by_reason": _count_values([row.reason for row in handoffs]),
        "by_day": _count_by_day(conversations, handoffs, start.tzinfo),
    }


def _count_values(values: Sequence[str]) -> dict[str, int]:
    return {value: values.count(value) for value in sorted(set(values))}


def _count_by_day(conversations: Sequence[Any], handoffs: Sequence[Any], zone: tzinfo | None) -> list[DayOut]:
    begun = [row.created_at.astimezone(zone).date().isoformat() for row in conversations]
    handed = [row.created_at.astimezone(zone).date().isoformat() for row in handoffs]
    days = sorted({*begun, *handed})
    return [{"day": day, "conversations": begun.count(day), "handoffs": handed.count(day)} for day in days]
