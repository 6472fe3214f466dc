"""The customer's side of the web chat."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from assistant.api.client_address import address_of
from assistant.api.context import Context, Ctx
from assistant.api.live_updates import customer_events
from assistant.api.rate_limit_rules import LimitedRoute, hold_stream
from assistant.api.schemas import FeedbackIn, MessageIn, OpenIn, TypingIn, message_out, state_out, survey_out
from assistant.api.sse import DESCRIBED, EventStream
from assistant.conversation.inbound import customer_actions
from assistant.conversation.inbound.conversation_start import (
    Visitor,
    hash_of,
    language_of,
    open_conversation,
    opened_by,
    origin_of,
)
from assistant.conversation.inbound.receive import Receipt, receive
from assistant.conversation.templates import say
from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import Conflict, NotFound, Unauthorized
from assistant.domain.messages import Author, Inbound
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1", tags=["customer"], route_class=LimitedRoute)


#: Messages in one reading.
MESSAGES = 500
#: The largest number that every database keeps as a seq.
MOST_SEQ = 2**31 - 1


def bearer(authorization: Annotated[str | None, Header()] = None) -> str:
    """The hash of the token that was sent."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized("Send the conversation's token as Authorization: Bearer.")
    return hash_of(token)


Bearer = Annotated[str, Depends(bearer)]


async def owned(conversation: str, ctx: Ctx, token: Bearer) -> Conversation:
    """The conversation that the bearer token opens."""
    now = ctx.clock()
    return await ctx.database.read(lambda store: _opened(store, conversation, token, now))


def _opened(store: Store, conversation: str, token: str, now: datetime) -> Conversation:
    """Another's conversation gets the same 404 as none at all."""
    found = opened_by(store, conversation, token, now)
    if found is None:
        raise NotFound("There is no such conversation.")
    return found


Owned = Annotated[Conversation, Depends(owned)]


@router.post("/conversations", status_code=201)
async def open_(body: OpenIn, request: Request, ctx: Ctx) -> dict[str, Any]:
    visitor = Visitor(
        locale=body.locale,
        id=body.customer.id if body.customer else None,
        signature=body.customer.signature if body.customer else None,
        name=body.customer.name if body.customer else None,
        email=body.customer.email if body.customer else None,
        origin=origin_of(address_of(request), ctx.identity_key),
        previous=(body.previous.id, body.previous.token) if body.previous else None,
    )
    now = ctx.clock()
    opened = await ctx.database.write(
        lambda store: open_conversation(store, visitor, ctx.identity_key, ctx.languages, now)
    )
    ctx.wire.notify(opened.conversation.id)
    return {"id": opened.conversation.id, "token": opened.token, "state": opened.conversation.state}


@router.get("/widget")
async def widget(ctx: Ctx, lang: Annotated[str, Query(max_length=35)] = "") -> dict[str, Any]:
    """What the widget shows before the first word."""
    language = language_of(lang, ctx.languages)
    return {
        "assistant": {"name": say("assistant_name", language)},
        "greeting": say("greeting", language),
        "disclosure": say("disclosure", language),
        "examples": list(ctx.examples(language)),
        "languages": list(ctx.languages),
    }


@router.post("/conversations/{conversation}/messages", status_code=202)
async def send(conversation: str, body: MessageIn, token: Bearer, ctx: Ctx) -> dict[str, Any]:
    inbound = Inbound(conversation=conversation, message_id=str(body.id), text=body.text)
    now = ctx.clock()

    def step(store: Store) -> Receipt:
        _opened(store, conversation, token, now)
        return receive(store, inbound, ctx.timing, now)

    receipt = await ctx.database.write(step)
    if receipt.message.author is not Author.CUSTOMER:  # a private note, for all they know
        raise Conflict("Another message has this id; make a new one.")
    if not receipt.repeated:
        ctx.wire.publish_typing(conversation, Author.CUSTOMER, False)
        ctx.wire.publish_typing(conversation, Author.ASSISTANT, receipt.state is State.ASSISTANT)
        ctx.wire.notify(conversation)
    return {"message": message_out(receipt.message, ctx.hosts)}


@router.get("/conversations/{conversation}")
async def read(owner: Owned, ctx: Ctx, after: Annotated[int, Query(ge=0, le=MOST_SEQ)] = 0) -> dict[str, Any]:
    """The conversation with its messages after seq *after*; `next` is the `after` of the following page."""
    return await ctx.database.read(lambda store: _conversation(store, ctx, owner.id, after))


def _conversation(store: Store, ctx: Context, conversation_id: str, after: int) -> dict[str, Any]:
    conversation = store.conversations.get(conversation_id)
    agent = store.agents.get(conversation.agent) if conversation.agent else None
    messages = store.messages.list_public(conversation.id, after=after, limit=MESSAGES + 1)
    page = messages[:MESSAGES]
    return {
        "id": conversation.id,
        **state_out(conversation, agent),
        "messages": [message_out(message, ctx.hosts) for message in page],
        "next": page[-1].seq if len(messages) > MESSAGES else None,
        "survey": survey_out(customer_actions.survey(store, conversation)),
    }


@router.get(
    "/conversations/{conversation}/events",
    status_code=200,
    response_class=EventStream,
    responses=DESCRIBED,
)
async def events(
    owner: Owned, request: Request, ctx: Ctx, last_event_id: Annotated[str | None, Header()] = None
) -> EventStream:
    ended = hold_stream(request, ctx.limits, by_address=True)
    return EventStream(customer_events(ctx, owner.id, last_event_id), ended)


@router.post("/conversations/{conversation}/typing", status_code=204)
async def typing(body: TypingIn, owner: Owned, ctx: Ctx) -> Response:
    ctx.wire.publish_typing(owner.id, Author.CUSTOMER, body.on)
    return Response(status_code=204)


@router.post("/conversations/{conversation}/handoff", status_code=202)
async def handoff(owner: Owned, ctx: Ctx) -> dict[str, Any]:
    """A person, please: needs the database and nothing else."""
    now = ctx.clock()
    conversation, message = await ctx.database.write(
        lambda store: customer_actions.ask_for_person(store, owner.id, ctx.policy, ctx.pick_facts, now)
    )
    ctx.wire.publish_draft(owner.id, "")
    ctx.wire.notify(owner.id)
    return {"state": conversation.state, "message": message_out(message, ctx.hosts)}


@router.post("/conversations/{conversation}/handoff/cancel")
async def cancel(owner: Owned, ctx: Ctx) -> dict[str, Any]:
    now = ctx.clock()
    conversation = await ctx.database.write(lambda store: customer_actions.cancel_wait(store, owner.id, now))
    ctx.wire.notify(owner.id)
    return {"state": conversation.state}


@router.post("/conversations/{conversation}/feedback", status_code=201)
async def feedback(body: FeedbackIn, owner: Owned, ctx: Ctx) -> dict[str, Any]:
    rating = customer_actions.Rating(
        kind=body.kind, value=body.value, message_id=body.message_id, comment=body.comment
    )
    now = ctx.clock()
    await ctx.database.write(lambda store: customer_actions.rate(store, owner.id, rating, now))
    ctx.wire.notify(owner.id)
    return {}


@router.post("/conversations/{conversation}/close")
async def close(owner: Owned, ctx: Ctx) -> dict[str, Any]:
    now = ctx.clock()
    conversation = await ctx.database.write(lambda store: customer_actions.close(store, owner.id, now))
    ctx.wire.publish_draft(owner.id, "")
    ctx.wire.notify(owner.id)
    return {"state": conversation.state}
