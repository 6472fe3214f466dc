"""The agents' side: signing in, the inbox, one conversation with everything on the table."""

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Cookie, Header, HTTPException, Query, Request, Response

from assistant.api.auth import SESSION_DAYS, Inside, account_of, new_session
from assistant.api.channel_schemas import channel_out, links_out, messages_out
from assistant.api.client_address import address_of
from assistant.api.context import Context, Ctx
from assistant.api.inbox_rows import inbox_rows
from assistant.api.live_updates import agent_events
from assistant.api.rate_limit_rules import (
    SESSION_COOKIE,
    SIGNING_IN_ANYWHERE,
    SIGNING_IN_AS,
    LimitedRoute,
    hold_stream,
)
from assistant.api.redaction import hide_in
from assistant.api.schemas import LoginIn, agent_out, card_out, turn_out
from assistant.api.sse import DESCRIBED, EventStream
from assistant.api.suggestions import handoff_out
from assistant.conversation.handoff.handover import previous_of
from assistant.conversation.inbound.conversation_start import hash_of
from assistant.conversation.inbound.customer_linking import same_person
from assistant.domain.audit import STRANGER
from assistant.domain.audit import agent as actor
from assistant.domain.conversation import State
from assistant.domain.errors import BadInput, Unauthorized
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/agent", tags=["agent"], route_class=LimitedRoute)

PAGE = 50
#: No inbox goes on beyond so many.
MOST_CONVERSATIONS = 10_000_000


@router.post("/login")
async def login(body: LoginIn, request: Request, response: Response, ctx: Ctx) -> dict[str, Any]:
    email, address, now = account_of(body.email), address_of(request), ctx.clock()
    ctx.limits.check(SIGNING_IN_AS, f"{address} {email}")
    ctx.limits.check(SIGNING_IN_ANYWHERE, email)
    agent = await ctx.database.read(lambda store: store.agents.find_by_email(email))
    kept = await ctx.database.read(lambda store: store.agents.load_password_hash(agent.id)) if agent else None
    if not await ctx.passwords.fits(kept, body.password) or agent is None:
        who = actor(agent.id) if agent else STRANGER
        await ctx.database.write(
            lambda store: store.audit.append_entry(who, "login_failed", now, address=address)
        )
        raise Unauthorized("That e-mail address and password do not fit together.")
    secret, csrf = await ctx.database.write(lambda store: new_session(store, agent, now))
    response.set_cookie(
        SESSION_COOKIE,
        secret,
        max_age=SESSION_DAYS * 86_400,
        httponly=True,
        samesite="lax",
        secure=ctx.public_url.startswith("https:"),
    )
    return {"agent": agent_out(agent), "csrf": csrf}


@router.post("/logout", status_code=204)
async def logout(
    ctx: Ctx, inside: Inside, session: Annotated[str | None, Cookie(alias=SESSION_COOKIE)] = None
) -> Response:
    if session:
        now = ctx.clock()

        def step(store: Store) -> None:
            store.agents.revoke_credential(hash_of(session))
            store.audit.append_entry(actor(inside.agent.id), "logout", now)

        await ctx.database.write(step)
    response = Response(status_code=204)
    response.delete_cookie(SESSION_COOKIE)
    return response


@router.get("/me")
async def me(inside: Inside) -> dict[str, Any]:
    return {"agent": agent_out(inside.agent), "csrf": inside.csrf}


@router.get("/conversations")
async def inbox(
    inside: Inside,
    ctx: Ctx,
    state: Literal["", "assistant", "queued", "agent", "closed"] = "",
    mine: Literal["", "true", "false", "1", "0"] = "",
    after: Annotated[str, Query(max_length=20)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
) -> dict[str, Any]:
    start = cursor(after)
    if q.strip():
        raise HTTPException(400, "The inbox cannot be searched yet; leave q out.")
    agent = inside.agent.id

    def step(store: Store) -> dict[str, Any]:
        page = store.conversations.list_inbox(
            state=State(state) if state else None,
            agent=agent if mine in ("true", "1") else None,
            after=start,
            limit=PAGE + 1,
        )
        return {
            "conversations": inbox_rows(store, page[:PAGE]),
            "next": str(start + PAGE) if len(page) > PAGE else None,
            "counts": store.conversations.count_by_state(agent),
        }

    return await ctx.database.read(step)


def cursor(after: str) -> int:
    """Where a page starts, or BadInput for what no page before it said."""
    if after and not (after.isascii() and after.isdigit() and int(after) <= MOST_CONVERSATIONS):
        raise BadInput("after: take the cursor from the page before.")
    return int(after or 0)


@router.get("/conversations/{conversation}")
async def read(conversation: str, _inside: Inside, ctx: Ctx) -> dict[str, Any]:
    return await ctx.database.read(partial(_table, conversation_id=conversation, ctx=ctx))


def _table(store: Store, conversation_id: str, ctx: Context) -> dict[str, Any]:
    """Everything an agent needs to take over without asking again."""
    conversation = store.conversations.get(conversation_id)
    messages = store.messages.list_all(conversation.id)
    return {
        "conversation": inbox_rows(store, [conversation])[0],
        "messages": messages_out(store, conversation.id, messages, ctx.hosts),
        "customer": hide_in(
            card_out(
                store.customers.get(conversation.customer),
                [*previous_of(store, conversation), *same_person(store, conversation.customer)],
            )
        )
        | {"links": links_out(store, conversation.customer)},
        "channel": channel_out(store, ctx, conversation),
        "handoff": handoff_out(hide_in(store.handoffs.load_last_packet(conversation.id)), ctx.hosts),
        "turns": [hide_in(turn_out(record)) for record in store.turns.list_all(conversation.id)],
        "agents": [{"id": agent.id, "name": agent.name} for agent in store.agents.list_all()],
    }


@router.get("/events", status_code=200, response_class=EventStream, responses=DESCRIBED)
async def events(
    inside: Inside, request: Request, ctx: Ctx, last_event_id: Annotated[str | None, Header()] = None
) -> EventStream:
    ended = hold_stream(request, ctx.limits, by_address=False)
    return EventStream(agent_events(ctx, inside.secret_hash, last_event_id), ended)
