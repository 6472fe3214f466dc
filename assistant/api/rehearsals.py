"""Rehearsals of changed settings with simulated customers."""

from typing import Any, cast

from fastapi import APIRouter

from assistant.api.auth import CurrentLead
from assistant.api.context import Ctx
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.rehearsal_responses import LastRehearsalOut, RehearsalOut, RehearsalResultOut
from assistant.api.schemas import format_timestamp
from assistant.api.setting_schemas import ReplayIn
from assistant.domain.rehearsals import RESULT_VERSION, StoredRehearsal
from assistant.lead.rehearsals import REHEARSED_PREFIX, request_rehearsal
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/agent/settings/rehearsals", tags=["lead"], route_class=RateLimitedRoute)


@router.post("", status_code=202)
async def start_rehearsal(body: ReplayIn, inside: CurrentLead, ctx: Ctx) -> RehearsalOut:
    """Let simulated customers try changed settings; 409 `rehearsal_running` while another goes on."""
    now = ctx.clock()
    changes = ctx.live.clean_changes(
        {key: value for key, value in body.changes.items() if key.startswith(REHEARSED_PREFIX)}
    )

    def check_and_request(store: Store) -> StoredRehearsal:
        current = {key: one.value for key, one in store.settings.load_current().items()}
        ctx.live.check_changes(current, changes)
        return request_rehearsal(store, changes, inside.agent, now)

    return _serialize_rehearsal(await ctx.database.write(check_and_request))


@router.get("/last")
async def get_last_rehearsal(_inside: CurrentLead, ctx: Ctx) -> LastRehearsalOut:
    """How far the last rehearsal is, or what came of it."""
    last = await ctx.database.read(lambda store: store.rehearsals.find_last())
    return {"rehearsal": _serialize_rehearsal(last) if last is not None else None}


def _serialize_rehearsal(one: StoredRehearsal) -> RehearsalOut:
    result: dict[str, Any] = dict(one.result or {})
    is_current = result.pop("version", None) == RESULT_VERSION
    return {
        "id": one.id,
        "by": one.agent_name,
        "changes": dict(one.changes),
        "state": str(one.state),
        "done": one.done,
        "total": one.total,
        "at": format_timestamp(one.created_at),
        "problem": one.problem,
        "result": cast(RehearsalResultOut, result) if is_current else None,
    }
