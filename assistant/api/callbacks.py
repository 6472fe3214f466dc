"""Calls back: planned and finished by agents, chosen by whoever waits."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, StringConstraints

from assistant.api.auth import CurrentAgent
from assistant.api.callback_responses import CallbackOut, CallbackPlanOut, CallbackSlotsOut
from assistant.api.context import Ctx
from assistant.api.customer import OwnedConversation
from assistant.api.inbox_rows import serialize_callback
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import Moment, build_example, format_timestamp
from assistant.conversation import callbacks
from assistant.conversation.callbacks import CallbackChoice, CallbackRequest
from assistant.domain.callbacks import Callback, CallbackOutcome
from assistant.text.characters import clean_line

router = APIRouter(prefix="/v1", tags=["agent"], route_class=RateLimitedRoute)

Number = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Topic = Annotated[
    str, StringConstraints(max_length=callbacks.MAX_TOPIC_CHARACTERS), AfterValidator(clean_line)
]


class CallbackIn(BaseModel):
    model_config = build_example(
        number="03-1234-5678",
        topic="返金",
        slot_from="2026-12-01T14:00:00+09:00",
        slot_to="2026-12-01T15:00:00+09:00",
    )

    number: Number
    topic: Topic = ""
    slot_from: Moment
    slot_to: Moment


class CallbackEndIn(BaseModel):
    model_config = build_example(outcome="reached", note="Refund arranged.")

    outcome: CallbackOutcome
    note: Annotated[str, StringConstraints(max_length=2000)] = ""


class CallbackChoiceIn(BaseModel):
    model_config = build_example(number="03-1234-5678", topic="返金", slot_from="2026-12-01T14:00:00+09:00")

    number: Number
    topic: Topic = ""
    #: The beginning of an offered time.
    slot_from: Moment


@router.post("/agent/conversations/{conversation}/callbacks", status_code=201)
async def plan_callback(conversation: str, body: CallbackIn, inside: CurrentAgent, ctx: Ctx) -> CallbackOut:
    """Plan a call; when it begins, the conversation is awake, and missed it stays in the list."""
    now, wanted = ctx.clock(), CallbackRequest(**body.model_dump())
    planned = await ctx.database.write(
        lambda store: callbacks.plan_callback(store, conversation, inside.agent, wanted, now)
    )
    ctx.notifier.notify(conversation)
    return serialize_callback(planned, now)


@router.post("/agent/callbacks/{callback}")
async def finish_callback(callback: str, body: CallbackEndIn, inside: CurrentAgent, ctx: Ctx) -> CallbackOut:
    """Write down how it went."""
    now = ctx.clock()
    done = await ctx.database.write(
        lambda store: callbacks.finish_callback(store, callback, inside.agent, body.outcome, body.note, now)
    )
    ctx.notifier.notify(done.conversation)
    return serialize_callback(done, now)


@router.get("/conversations/{conversation}/callback", tags=["customer"])
async def list_callback_slots(owner: OwnedConversation, ctx: Ctx) -> CallbackSlotsOut:
    """Times at which whoever waits may be called; none: calls are not offered now."""
    slots = callbacks.list_offered_slots(owner, ctx.policy, ctx.clock())
    planned = await ctx.database.read(lambda store: callbacks.find_planned_callback(store, owner.id))
    return {
        "slots": [
            {"slot_from": format_timestamp(start), "slot_to": format_timestamp(end)} for start, end in slots
        ],
        "planned": _serialize_plan(planned) if planned else None,
    }


@router.post("/conversations/{conversation}/callback", status_code=201, tags=["customer"])
async def request_callback(body: CallbackChoiceIn, owner: OwnedConversation, ctx: Ctx) -> CallbackPlanOut:
    """Whoever waits chooses one of the offered times; the place in the queue stays."""
    now, choice = ctx.clock(), CallbackChoice(**body.model_dump())
    planned = await ctx.database.write(
        lambda store: callbacks.request_callback(store, owner.id, choice, ctx.policy, now)
    )
    ctx.notifier.notify(owner.id)
    return _serialize_plan(planned)


def _serialize_plan(callback: Callback) -> CallbackPlanOut:
    return {"slot_from": format_timestamp(callback.slot_from), "slot_to": format_timestamp(callback.slot_to)}
