"""The report: figures of conversations that ended in a range, and the conversations behind them."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from assistant.api.auth import CurrentAgent, CurrentLead
from assistant.api.context import ApiContext, Ctx
from assistant.api.health import parse_moment
from assistant.api.insight import MAX_DAYS, USUAL_DAYS, Days
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.report_schemas import (
    DigestOut,
    EndedConversationOut,
    EndedConversationsOut,
    ExposureOut,
    ReportOut,
    WorkloadsOut,
)
from assistant.api.responses import describe_content
from assistant.api.schemas import format_timestamp
from assistant.conversation.csv_export import render_csv
from assistant.conversation.digest import build_digest, build_week_range
from assistant.conversation.exposure import count_exposure
from assistant.conversation.report import ReportRange, list_report_rows, load_report
from assistant.conversation.templates.digest import render_digest
from assistant.conversation.templates.report import EXPOSURE_DEFINITION, WORKLOAD_DEFINITION
from assistant.conversation.workload import load_workloads
from assistant.domain.errors import BadInput
from assistant.domain.hours import to_local_time
from assistant.domain.outcomes import OutcomeKind
from assistant.ports.storage.store import Store
from assistant.text.pii_masking import mask_pii

router = APIRouter(prefix="/v1/agent/insight", tags=["agent"], route_class=RateLimitedRoute)

#: Conversations listed behind a figure.
MAX_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeFilters:
    """What the conversations of a report have in common."""

    channel: Annotated[str | None, Query(max_length=32)] = None
    language: Annotated[str | None, Query(max_length=35)] = None
    theme: Annotated[str | None, Query(max_length=64)] = None
    reason: Annotated[str | None, Query(max_length=32)] = None
    agent: Annotated[str | None, Query(max_length=64)] = None


def read_range(
    ctx: Ctx,
    filters: Annotated[RangeFilters, Depends()],
    from_: Annotated[str | None, Query(alias="from", max_length=40)] = None,
    to: Annotated[str | None, Query(max_length=40)] = None,
    days: Days = USUAL_DAYS,
) -> ReportRange:
    """The range and filters of a request."""
    start, end = parse_range(ctx.clock(), ctx.policy.zone, from_, to, days)
    return ReportRange(start=start, end=end, **asdict(filters))


Range = Annotated[ReportRange, Depends(read_range)]


def parse_range(
    moment: datetime, zone: str, from_: str | None, to: str | None, days: int
) -> tuple[datetime, datetime]:
    """[start, end): the last *days* days of the business's zone, or from and to."""
    now = to_local_time(moment, zone)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    end = parse_moment(to, zone) if to else now + timedelta(seconds=1)
    start = parse_moment(from_, zone) if from_ else midnight - timedelta(days=days - 1)
    if not timedelta(0) < end - start <= timedelta(days=MAX_DAYS):
        raise BadInput(f"The range must have {MAX_DAYS} days at most, and begin before it ends.")
    return start, end


@router.get("/report", response_model=ReportOut)
async def get_report(_inside: CurrentAgent, wanted: Range, ctx: Ctx, compare: bool = False) -> dict[str, Any]:
    """Figures of the conversations that ended in the range, with intervals and definitions."""
    return await read_report(ctx, wanted, compare=compare)


async def read_report(ctx: ApiContext, wanted: ReportRange, *, compare: bool = False) -> dict[str, Any]:
    """The report from the kept rows."""
    now = ctx.clock()
    found = await ctx.reports.read(
        ctx.database,
        lambda store, load_rows: load_report(store, wanted, now, compare=compare, load_rows=load_rows),
    )
    return found | {"zone": ctx.policy.zone}


@router.get("/exposure", response_model=ExposureOut)
async def get_exposure(_inside: CurrentLead, wanted: Range, ctx: Ctx) -> dict[str, Any]:
    """How much harassment each agent met in conversations that ended in the range; leads."""
    agents = await ctx.database.read(lambda store: count_exposure(store, wanted))
    return {
        "start": wanted.start.isoformat(),
        "end": wanted.end.isoformat(),
        "agents": [asdict(one) for one in agents],
        "definition": EXPOSURE_DEFINITION,
    }


@router.get("/workload", response_model=WorkloadsOut)
async def get_workload(_inside: CurrentLead, wanted: Range, ctx: Ctx) -> dict[str, Any]:
    """What each agent had to do in the range, by name; leads."""
    now = ctx.clock()
    agents = await ctx.database.read(lambda store: load_workloads(store, wanted, now))
    return {
        "start": wanted.start.isoformat(),
        "end": wanted.end.isoformat(),
        "agents": [
            asdict(one)
            | {
                "notes": [
                    {"verdict": note.verdict, "note": mask_pii(note.note), "conversation": note.conversation}
                    for note in one.notes
                ]
            }
            for one in agents
        ],
        "definition": WORKLOAD_DEFINITION,
    }


@router.get("/digest", response_model=DigestOut)
async def get_digest(
    _inside: CurrentAgent, ctx: Ctx, week: Annotated[str | None, Query(pattern=r"^\d{4}-\d{2}-\d{2}$")] = None
) -> dict[str, Any]:
    """The digest of seven days from the day *week*; without it, of the last seven whole days."""
    now, zone = ctx.clock(), ctx.policy.zone
    start = week or (to_local_time(now, zone) - timedelta(days=7)).date().isoformat()
    wanted = build_week_range(parse_moment(start, zone).date().isoformat(), zone, now)
    digest = await ctx.database.read(lambda store: build_digest(store, wanted, mask_pii, now))
    texts = {name: render_digest(digest, name, f"{ctx.public_url}/console#/insight") for name in ("ja", "en")}
    return digest | {"text": texts}


@router.get(
    "/conversations.csv",
    response_class=Response,
    responses=describe_content("The table", "text/csv"),
)
async def export_conversations(_inside: CurrentAgent, wanted: Range, ctx: Ctx) -> Response:
    """The rows behind the figures, one for each conversation, as CSV."""

    def load_csv(store: Store) -> str:
        names = {theme.id: theme.name for theme in store.themes.list_alive()}
        return render_csv(list_report_rows(store, wanted, ctx.clock()) or [], names)

    text = await ctx.database.read(load_csv)
    headers = {"Content-Disposition": 'attachment; filename="conversations.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/conversations", response_model=EndedConversationsOut)
async def list_ended_conversations(
    _inside: CurrentAgent,
    wanted: Range,
    ctx: Ctx,
    outcome: Annotated[OutcomeKind | None, Query()] = None,
    figure: Annotated[str | None, Query(max_length=32)] = None,
    counted: bool = True,
) -> dict[str, Any]:
    """The conversations behind a figure, by the same filter; the latest first.

    *counted* false: those of its total that it does not count.
    """
    rows = await ctx.reports.read(
        ctx.database,
        lambda store, load_rows: list_report_rows(
            store, wanted, ctx.clock(), figure=figure, counted=counted, load_rows=load_rows
        ),
    )
    if rows is None:
        raise BadInput(f"{figure!r} is no figure of the report.")
    found = [row for row in rows if outcome in (None, row.kind)]
    names = [name for name in EndedConversationOut.model_fields if name != "ended_at"]
    latest = found[: -MAX_ROWS - 1 : -1]
    return {
        "found": len(found),
        "conversations": [
            {name: getattr(row, name) for name in names} | {"ended_at": format_timestamp(row.ended_at)}
            for row in latest
        ],
    }
