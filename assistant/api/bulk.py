"""One action on up to 200 conversations: what would happen, doing it, undoing it within a minute."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Literal, Self
from uuid import uuid4

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints, model_validator

from assistant.api.auth import CurrentAgent
from assistant.api.context import ApiContext, Ctx
from assistant.api.desk_responses import BulkOut, BulkResultOut
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import Moment, build_example, format_timestamp
from assistant.conversation import bulk_actions
from assistant.conversation.bulk_actions import MAX_CONVERSATIONS, UNDO_SECONDS
from assistant.domain.bulk_actions import BulkAction, BulkKind
from assistant.domain.errors import AssistantError, Unavailable
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/agent/bulk", tags=["agent"], route_class=RateLimitedRoute)

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
#: What the action must say besides.
NEEDS: dict[BulkKind, str] = {"tag": "tags", "snooze": "until", "assign": "agent", "resolve": "outcome"}


class BulkIn(BaseModel):
    model_config = build_example(conversations=["5d41402abc4b"], action="tag", tags=["returns"])

    conversations: Annotated[list[Id], Field(min_length=1, max_length=MAX_CONVERSATIONS)]
    action: Literal["tag", "snooze", "assign", "resolve"]
    #: Names; they are added to those that are there.
    tags: Annotated[list[Annotated[str, StringConstraints(max_length=200)]], Field(max_length=20)] = []
    until: Moment | None = None
    #: Id or e-mail address.
    agent: Annotated[str, StringConstraints(max_length=255)] = ""
    outcome: Annotated[str, StringConstraints(pattern="^([a-z][a-z0-9_]{0,31})?$")] = ""

    @model_validator(mode="after")
    def require_value(self) -> Self:
        if not getattr(self, NEEDS[self.action]):
            raise ValueError(f"{self.action} needs {NEEDS[self.action]}")
        return self

    def to_action(self) -> BulkAction:
        return BulkAction(
            kind=self.action,
            tags=tuple(self.tags),
            until=self.until,
            agent=self.agent,
            outcome=self.outcome,
        )


class _Rehearsed(AssistantError):
    """It was only tried: the transaction is rolled back."""

    def __init__(self, changed: bool) -> None:
        super().__init__()
        self.changed = changed


@router.post("/preview")
async def preview_bulk_action(body: BulkIn, inside: CurrentAgent, ctx: Ctx) -> BulkOut:
    """What the action would do to each: it is done, and rolled back."""
    now, action = ctx.clock(), body.to_action()

    def rehearse(store: Store, conversation: str) -> bool:
        raise _Rehearsed(
            bulk_actions.apply_bulk_action(store, conversation, inside.agent, action, ctx.desk, now)
        )

    return BulkOut(batch=None, undo_until=None, results=await _run_each(ctx, body.conversations, rehearse))


@router.post("")
async def apply_bulk_action(body: BulkIn, inside: CurrentAgent, ctx: Ctx) -> BulkOut:
    """Do it to each by the rules of a single one; what is refused is told, and the others are done."""
    now, batch = ctx.clock(), uuid4().hex
    action = replace(body.to_action(), batch=batch)

    def apply(store: Store, conversation: str) -> bool:
        return bulk_actions.apply_bulk_action(store, conversation, inside.agent, action, ctx.desk, now)

    results = await _run_each(ctx, body.conversations, apply)
    until = format_timestamp(now + timedelta(seconds=UNDO_SECONDS))
    return BulkOut(batch=batch, undo_until=until, results=results)


@router.post("/{batch}/undo")
async def undo_bulk_action(batch: str, inside: CurrentAgent, ctx: Ctx) -> BulkOut:
    """Each as it was, unless somebody did something else to it since; the caller's own, for a minute."""
    now = ctx.clock()
    found = await ctx.database.write(
        lambda store: bulk_actions.list_undoable_changes(store, batch, inside.agent, now)
    )

    def undo(store: Store, conversation: str) -> bool:
        bulk_actions.undo_bulk_change(store, conversation, inside.agent, batch, ctx.desk, now)
        return True

    return BulkOut(batch=None, undo_until=None, results=await _run_each(ctx, found, undo))


async def _run_each(
    ctx: ApiContext, conversations: Sequence[str], step: Callable[[Store, str], bool]
) -> list[BulkResultOut]:
    """Each in a transaction of its own: claims by others wait for one conversation, not for all."""
    results: list[BulkResultOut] = []
    for conversation in dict.fromkeys(conversations):
        try:
            changed = await ctx.database.write(lambda store, one=conversation: step(store, one))  # type: ignore[misc]
        except _Rehearsed as exc:
            results.append(_build_result(conversation, exc.changed))
        except Unavailable:
            raise
        except AssistantError as exc:
            results.append(
                BulkResultOut(conversation=conversation, result="refused", code=exc.code, message=str(exc))
            )
        else:
            results.append(_build_result(conversation, changed))
            ctx.notifier.notify(conversation)
    return results


def _build_result(conversation: str, changed: bool) -> BulkResultOut:
    result: Literal["changed", "unchanged"] = "changed" if changed else "unchanged"
    return BulkResultOut(conversation=conversation, result=result, code=None, message=None)
