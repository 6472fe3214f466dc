"""Improvements: what is made better for the customers of several cases."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, StringConstraints

from assistant.api.auth import CurrentAgent, CurrentLead
from assistant.api.case_schemas import ImprovementOut, ImprovementsOut
from assistant.api.cases import ForeignKey, serialize_cases
from assistant.api.context import Ctx
from assistant.api.insight import parse_due_time
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import build_example, format_timestamp
from assistant.conversation.improvement_exports import WEBHOOK, export_improvement, has_export_webhook
from assistant.conversation.improvements import (
    ImprovementChange,
    change_improvement,
    create_improvement,
    load_effect,
)
from assistant.domain.cases import CaseState
from assistant.domain.errors import NotFound
from assistant.domain.improvements import OPEN_STATES, Improvement
from assistant.domain.trackers import TrackedIssue
from assistant.ports.storage.store import Store
from assistant.text.pii_masking import mask_pii

router = APIRouter(prefix="/v1/agent/insight/improvements", tags=["agent"], route_class=RateLimitedRoute)

MAX_LISTED_IMPROVEMENTS = 200

NoticeText = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]


class ImprovementIn(BaseModel):
    model_config = build_example(title="Stronger boxes", texts={"en": "We now send glass in stronger boxes."})

    step: Literal["start", "finish", "drop"] | None = None
    title: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)] | None = (
        None
    )
    #: Empty: none.
    theme: Annotated[str, StringConstraints(max_length=64)] | None = None
    owner: ForeignKey | None = None
    action: NoticeText | None = None
    due_at: datetime | None = None
    texts: dict[Literal["ja", "en"], NoticeText] | None = None


class ExportIn(BaseModel):
    model_config = build_example(to="github")

    #: The name of a tracker, or webhook.
    to: Annotated[str, StringConstraints(max_length=32)]


@router.get("", response_model=ImprovementsOut)
async def list_improvements(_inside: CurrentAgent, ctx: Ctx) -> dict[str, Any]:
    """The latest improvements, newest change first."""
    now = ctx.clock()

    def load_improvements(store: Store) -> dict[str, Any]:
        found = store.improvements.list_latest(limit=MAX_LISTED_IMPROVEMENTS)
        issues = store.improvements.issues.list_by_improvements([one.id for one in found])
        webhook = [WEBHOOK] if has_export_webhook(store) else []
        return {
            "improvements": [_serialize_improvement(one, issues.get(one.id), now) for one in found],
            "exports": [*ctx.trackers, *webhook],
        }

    return await ctx.database.read(load_improvements)


@router.post("", response_model=ImprovementOut)
async def add_improvement(body: ImprovementIn, inside: CurrentLead, ctx: Ctx) -> dict[str, Any]:
    """Plan an improvement; for leads."""
    change = _parse_change(body)

    def create(store: Store) -> dict[str, Any]:
        new = create_improvement(store, inside.agent, change, ctx.clock())
        return _load_improvement(store, new.id, ctx)

    return await ctx.database.write(create)


@router.get("/{improvement}", response_model=ImprovementOut)
async def get_improvement(improvement: str, _inside: CurrentAgent, ctx: Ctx) -> dict[str, Any]:
    """An improvement with its cases, who was told, and what it changed."""
    return await ctx.database.read(lambda store: _load_improvement(store, improvement, ctx))


@router.post("/{improvement}", response_model=ImprovementOut)
async def update_improvement(
    improvement: str, body: ImprovementIn, inside: CurrentLead, ctx: Ctx
) -> dict[str, Any]:
    """Fill it in, or take its next step; for leads. Finished, its customers are told by the worker."""
    change = _parse_change(body)

    def update(store: Store) -> dict[str, Any]:
        change_improvement(store, improvement, inside.agent, change, ctx.clock())
        return _load_improvement(store, improvement, ctx)

    return await ctx.database.write(update)


@router.post("/{improvement}/export", response_model=ImprovementOut)
async def request_export(improvement: str, body: ExportIn, inside: CurrentLead, ctx: Ctx) -> dict[str, Any]:
    """Have it created as an issue of a tracker, or tell webhooks of it; for leads.

    What is done in the tracker is done here.
    """
    if body.to != WEBHOOK and body.to not in ctx.trackers:
        raise NotFound("There is no such tracker; its settings are missing.")

    def save_export(store: Store) -> dict[str, Any]:
        export_improvement(store, improvement, body.to, inside.agent, ctx.clock(), mask_pii)
        return _load_improvement(store, improvement, ctx)

    return await ctx.database.write(save_export)


def _parse_change(body: ImprovementIn) -> ImprovementChange:
    return ImprovementChange(**body.model_dump() | {"due_at": parse_due_time(body.due_at)})


def _load_improvement(store: Store, improvement: str, ctx: Ctx) -> dict[str, Any]:
    found, now = store.improvements.get(improvement), ctx.clock()
    rows = store.cases.list_rows(list(CaseState), improvement=found.id, limit=MAX_LISTED_IMPROVEMENTS)
    return _serialize_improvement(found, store.improvements.issues.find(found.id), now) | {
        "cases": serialize_cases(store, rows, now),
        "notices": store.improvements.count_notices(found.id),
        "effect": load_effect(store, found, now),
    }


def _serialize_improvement(
    improvement: Improvement, issue: TrackedIssue | None, now: datetime
) -> dict[str, Any]:
    return {
        "id": improvement.id,
        "title": improvement.title,
        "state": improvement.state,
        "theme": improvement.theme,
        "owner": improvement.owner,
        "action": improvement.action,
        "due_at": format_timestamp(improvement.due_at),
        "is_overdue": bool(
            improvement.due_at and improvement.due_at < now and improvement.state in OPEN_STATES
        ),
        "texts": dict(improvement.texts),
        "created_at": format_timestamp(improvement.created_at),
        "updated_at": format_timestamp(improvement.updated_at),
        "done_at": format_timestamp(improvement.done_at),
        "issue": None if issue is None else _serialize_issue(issue),
    }


def _serialize_issue(issue: TrackedIssue) -> dict[str, Any]:
    return {
        "tracker": issue.tracker,
        "state": issue.state,
        "key": issue.key,
        "url": issue.url,
        "trouble": issue.trouble,
        "updated_at": format_timestamp(issue.updated_at),
    }
