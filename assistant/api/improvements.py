"""Improvements: what is made better for the customers of several cases."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, StringConstraints

from assistant.api.auth import CurrentAgent, CurrentLead
from assistant.api.case_schemas import ImprovementOut, ImprovementsOut
from assistant.api.cases import ForeignKey, serialize_cases
from assistant.api.context import Ctx
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import build_example, format_timestamp
from assistant.conversation.improvements import (
    ImprovementChange,
    change_improvement,
    create_improvement,
    load_effect,
)
from assistant.domain.cases import CaseState
from assistant.domain.improvements import Improvement
from assistant.ports.storage.store import Store

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
    texts: dict[Literal["ja", "en"], NoticeText] | None = None


@router.get("", response_model=ImprovementsOut)
async def list_improvements(_inside: CurrentAgent, ctx: Ctx) -> dict[str, Any]:
    """The latest improvements, newest change first."""
    found = await ctx.database.read(
        lambda store: store.improvements.list_latest(limit=MAX_LISTED_IMPROVEMENTS)
    )
    return {"improvements": [_serialize_improvement(one) for one in found]}


@router.post("", response_model=ImprovementOut)
async def add_improvement(body: ImprovementIn, inside: CurrentLead, ctx: Ctx) -> dict[str, Any]:
    """Plan an improvement; for leads."""
    change = ImprovementChange(**body.model_dump())

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
    change = ImprovementChange(**body.model_dump())

    def update(store: Store) -> dict[str, Any]:
        change_improvement(store, improvement, inside.agent, change, ctx.clock())
        return _load_improvement(store, improvement, ctx)

    return await ctx.database.write(update)


def _load_improvement(store: Store, improvement: str, ctx: Ctx) -> dict[str, Any]:
    found, now = store.improvements.get(improvement), ctx.clock()
    rows = store.cases.list_rows(list(CaseState), improvement=found.id, limit=MAX_LISTED_IMPROVEMENTS)
    return _serialize_improvement(found) | {
        "cases": serialize_cases(store, rows, now),
        "notices": store.improvements.count_notices(found.id),
        "effect": load_effect(store, found, now),
    }


def _serialize_improvement(improvement: Improvement) -> dict[str, Any]:
    return {
        "id": improvement.id,
        "title": improvement.title,
        "state": improvement.state,
        "theme": improvement.theme,
        "owner": improvement.owner,
        "texts": dict(improvement.texts),
        "created_at": format_timestamp(improvement.created_at),
        "updated_at": format_timestamp(improvement.updated_at),
        "done_at": format_timestamp(improvement.done_at),
    }
