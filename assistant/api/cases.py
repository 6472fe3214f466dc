"""Cases of the closed loop, for agents and leads."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, StringConstraints

from assistant.api.auth import CurrentAgent
from assistant.api.case_schemas import CaseOut, CasesOut
from assistant.api.context import Ctx
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import Moment, build_example, format_timestamp
from assistant.conversation.cases import CaseChange, change_case
from assistant.domain.cases import ASKED_AGAIN_PREFIX, PENDING_STATES, CaseNotes, CaseRow, CaseState
from assistant.domain.errors import Forbidden
from assistant.ports.storage.store import Store
from assistant.text.pii_masking import mask_pii

router = APIRouter(prefix="/v1/agent/insight/cases", tags=["agent"], route_class=RateLimitedRoute)

#: Cases of a list.
MAX_LISTED = 200

Note = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]
ForeignKey = Annotated[str, StringConstraints(max_length=255)]


class CaseIn(BaseModel):
    model_config = build_example(step="resolve", root_cause="Seal broke in transit", remedy="Sent a new one")

    step: (
        Literal["contact", "resolve", "tell", "ask_again", "recover", "give_up", "dismiss", "reopen"] | None
    ) = None
    owner: ForeignKey | None = None
    due_at: Moment | None = None
    root_cause: Note | None = None
    remedy: Note | None = None
    reason: Note | None = None
    #: The improvement that it belongs to; empty: none.
    improvement: Annotated[str, StringConstraints(max_length=64)] | None = None
    #: With the step tell: what the customer is written; without it they were told another way.
    text: Annotated[str, StringConstraints(min_length=1, max_length=4_000, strip_whitespace=True)] | None = (
        None
    )


@router.get("", response_model=CasesOut)
async def list_cases(
    _inside: CurrentAgent,
    ctx: Ctx,
    state: CaseState | None = None,
    owner: Annotated[str | None, Query(max_length=64)] = None,
) -> dict[str, Any]:
    """Cases that somebody has something to do for, or those in a state; the first due first."""
    states = [state] if state else PENDING_STATES
    now = ctx.clock()

    def load_cases(store: Store) -> dict[str, Any]:
        rows = store.cases.list_rows(states, owner=owner, limit=MAX_LISTED)
        return {"cases": serialize_cases(store, rows, now)}

    return await ctx.database.read(load_cases)


@router.get("/{case}", response_model=CaseOut)
async def get_case(case: str, _inside: CurrentAgent, ctx: Ctx) -> dict[str, Any]:
    """A case with the theme of its conversation."""
    now = ctx.clock()
    return await ctx.database.read(lambda store: _load_case(store, case, now))


@router.post("/{case}", response_model=CaseOut)
async def update_case(case: str, body: CaseIn, inside: CurrentAgent, ctx: Ctx) -> dict[str, Any]:
    """Assign a case, or take its next step. Agents take cases; leads give them to others."""
    agent, now = inside.agent, ctx.clock()
    if body.owner not in (None, agent.id, agent.email) and not agent.is_lead:
        raise Forbidden("Only leads give cases to others.")
    change = CaseChange(
        step=body.step,
        owner=body.owner,
        due_at=body.due_at,
        notes=CaseNotes(root_cause=body.root_cause, remedy=body.remedy, reason=body.reason),
        text=body.text,
        improvement=body.improvement,
    )

    def update(store: Store) -> tuple[dict[str, Any], str]:
        written_in = change_case(store, case, agent, change, now)
        return _load_case(store, case, now), written_in

    found, written_in = await ctx.database.write(update)
    ctx.notifier.notify(written_in)
    return found


def serialize_cases(store: Store, rows: Sequence[CaseRow], now: datetime) -> list[dict[str, Any]]:
    """Cases with the names of their themes, and what their customers answered when asked again."""
    names = {theme.id: theme.name for theme in store.themes.list_alive()} if rows else {}
    again = _load_new_scores(store, rows)
    return [
        _serialize_case(row, names.get(row.theme or ""), now) | {"again": again.get(row.case.id)}
        for row in rows
    ]


def _load_new_scores(store: Store, rows: Sequence[CaseRow]) -> dict[str, dict[str, Any]]:
    """Case -> the kind and the value of the answer to the survey that was asked again."""
    found: dict[str, dict[str, Any]] = {}
    for kind in {row.case.survey_kind for row in rows}:
        asked = {row.case.conversation: row.case.id for row in rows if row.case.survey_kind is kind}
        values = store.feedback.load_last_values(f"{ASKED_AGAIN_PREFIX}{kind}", list(asked))
        found |= {asked[one]: {"kind": kind, "value": value} for one, value in values.items()}
    return found


def _load_case(store: Store, case: str, now: datetime) -> dict[str, Any]:
    return serialize_cases(store, [store.cases.load_row(case)], now)[0]


def _serialize_case(row: CaseRow, theme_name: str | None, now: datetime) -> dict[str, Any]:
    case = row.case
    return {
        "id": case.id,
        "conversation": case.conversation,
        "customer": row.customer,
        "channel": row.channel,
        "language": row.language,
        "theme": row.theme,
        "theme_name": mask_pii(theme_name) if theme_name else None,
        "trigger": case.trigger,
        "value": case.value,
        "state": case.state,
        "owner": case.owner,
        "due_at": format_timestamp(case.due_at),
        "is_overdue": case.state is CaseState.OPEN and case.due_at < now,
        "root_cause": case.root_cause,
        "remedy": case.remedy,
        "reason": case.reason,
        "improvement": case.improvement,
        "created_at": format_timestamp(case.created_at),
        "updated_at": format_timestamp(case.updated_at),
    }
