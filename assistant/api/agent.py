"""The agents' API: login, inbox, one conversation with all its data."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response, Security
from pydantic import BaseModel

from assistant.api.agent_responses import SignInOut
from assistant.api.auth import (
    SESSION_SCHEME,
    CurrentAgent,
    build_sign_in,
    create_session,
)
from assistant.api.channel_schemas import (
    serialize_channel,
    serialize_contacts,
    serialize_links,
    serialize_messages,
)
from assistant.api.client_address import get_client_address
from assistant.api.context import ApiContext, Ctx
from assistant.api.customers import load_notes
from assistant.api.desk_responses import PreferencesOut
from assistant.api.inbox_rows import load_inbox_rows, serialize_callback
from assistant.api.live_updates import iterate_agent_events
from assistant.api.packet_responses import ConversationDetailOut, ForeignDeskOut, HarassmentOut
from assistant.api.rate_limit_rules import (
    SESSION_COOKIE,
    SIGNING_IN_ANYWHERE,
    SIGNING_IN_AS,
    RateLimitedRoute,
    reserve_stream,
)
from assistant.api.redaction import redact_json
from assistant.api.schemas import LoginIn, build_example, serialize_agent, serialize_customer, serialize_turn
from assistant.api.sse import DESCRIBED, EventStream
from assistant.api.suggestions import serialize_handoff
from assistant.api.verdicts import load_opinions
from assistant.conversation.customer_facts import describe_attributes, load_known_facts
from assistant.conversation.handoff.handover import list_previous_conversations
from assistant.conversation.handoff.verified_facts import list_actions
from assistant.conversation.harassment import list_harassing_messages, render_warning
from assistant.conversation.inbound.conversation_start import hash_secret
from assistant.conversation.inbound.customer_linking import list_linked_conversations
from assistant.domain.audit import STRANGER
from assistant.domain.audit import format_actor as actor
from assistant.domain.conversation import Conversation
from assistant.domain.errors import Unauthorized, Unavailable
from assistant.domain.messages import Message
from assistant.domain.people import normalize_email
from assistant.ports.storage.store import Store


class PreferencesIn(BaseModel):
    """What an agent chose for their own screen."""

    model_config = build_example(notify=True, sound=False)

    #: A notification of the browser while the console is in the background.
    notify: bool = False
    sound: bool = False


router = APIRouter(prefix="/v1/agent", tags=["agent"], route_class=RateLimitedRoute)


@router.post("/login")
async def log_in_agent(body: LoginIn, request: Request, response: Response, ctx: Ctx) -> SignInOut:
    """Sign in with a password; sets the session's cookie."""
    email, address, now = normalize_email(body.email), get_client_address(request), ctx.clock()
    ctx.limits.check_rate(SIGNING_IN_AS, f"{address} {email}")
    ctx.limits.check_rate(SIGNING_IN_ANYWHERE, email)
    agent = await ctx.database.read(lambda store: store.agents.find_by_email(email))
    kept = await ctx.database.read(lambda store: store.agents.load_password_hash(agent.id)) if agent else None
    fits = await ctx.passwords.verify_hash(kept, body.password)
    if not fits or agent is None or agent.disabled_at:
        who = actor(agent.id) if agent else STRANGER
        await ctx.database.write(
            lambda store: store.audit.append_entry(who, "login_failed", now, address=address)
        )
        raise Unauthorized("That e-mail address and password do not fit together.")
    session = await ctx.database.write(lambda store: create_session(store, agent, now))
    return build_sign_in(response, agent, session, public_url=ctx.public_url)


@router.post("/logout", status_code=204)
async def log_out_agent(
    ctx: Ctx, inside: CurrentAgent, session: Annotated[str | None, Security(SESSION_SCHEME)]
) -> Response:
    """End the session."""
    if session:
        now = ctx.clock()

        def end_session(store: Store) -> None:
            store.agents.revoke_credential(hash_secret(session))
            store.audit.append_entry(actor(inside.agent.id), "logout", now)

        await ctx.database.write(end_session)
        await ctx.presence.end_presence(inside.agent.id, now)
    response = Response(status_code=204)
    response.delete_cookie(SESSION_COOKIE)
    return response


@router.get("/me")
async def get_current_agent(inside: CurrentAgent) -> SignInOut:
    """Who is signed in."""
    return {"agent": serialize_agent(inside.agent), "csrf": inside.csrf}


@router.get("/preferences")
async def get_preferences(inside: CurrentAgent, ctx: Ctx) -> PreferencesOut:
    """What the caller chose for their own screen."""
    found = await ctx.database.read(lambda store: store.agents.load_preferences(inside.agent.id))
    return {"notify": bool(found.get("notify")), "sound": bool(found.get("sound"))}


@router.post("/preferences")
async def save_preferences(body: PreferencesIn, inside: CurrentAgent, ctx: Ctx) -> PreferencesOut:
    """Choose for the caller's own screen."""
    chosen = body.model_dump()
    await ctx.database.write(lambda store: store.agents.save_preferences(inside.agent.id, chosen))
    return {"notify": body.notify, "sound": body.sound}


@router.get("/conversations/{conversation}")
async def get_conversation_detail(conversation: str, inside: CurrentAgent, ctx: Ctx) -> ConversationDetailOut:
    """Everything that an agent needs to take over without asking again."""
    load = partial(load_conversation_view, conversation_id=conversation, agent=inside.agent.id, ctx=ctx)
    found = await ctx.database.read(load)
    await _remember_read(ctx, found["customer"]["id"], actor(inside.agent.id))
    return found


async def _remember_read(ctx: ApiContext, customer: str, who: str) -> None:
    """Enter the look at a customer's data, once in a while; a database that takes nothing hides no data."""
    now = ctx.clock()
    if await ctx.database.read(lambda store: store.consents.is_new_read(customer, who, "card", now)):
        with suppress(Unavailable):
            await ctx.database.write(lambda store: store.consents.add_read(customer, who, "card", now))


def load_conversation_view(
    store: Store, conversation_id: str, agent: str, ctx: ApiContext
) -> ConversationDetailOut:
    """The conversation as the console shows it, from one moment."""
    conversation = store.conversations.get(conversation_id)
    messages = store.messages.list_all(conversation.id)
    customer = store.customers.get(conversation.customer)
    said_of_them = describe_attributes(load_known_facts(store, customer), ctx.clock(), ctx.policy.attributes)
    return {
        "conversation": load_inbox_rows(store, [conversation], agent)[0],
        "messages": serialize_messages(store, conversation.id, messages, ctx.hosts),
        "customer": redact_json(
            serialize_customer(
                replace(customer, attributes={**customer.attributes, **said_of_them}),
                [
                    *list_previous_conversations(store, conversation),
                    *list_linked_conversations(store, conversation.customer),
                ],
            )
        )
        | {
            "links": serialize_links(store, conversation.customer),
            "notes": load_notes(store, conversation.customer),
        },
        "channel": serialize_channel(store, ctx, conversation),
        "contacts": serialize_contacts(store, ctx, conversation),
        "desk": _describe_foreign_desk(store, conversation),
        "handoff": serialize_handoff(
            redact_json(store.handoffs.load_last_packet(conversation.id)), ctx.hosts
        ),
        "harassment": _describe_harassment(store, conversation, messages),
        "turns": [redact_json(serialize_turn(record)) for record in store.turns.list_all(conversation.id)],
        "opinions": load_opinions(store, conversation.id),
        "actions": redact_json(list_actions(store, conversation.id, conversation.epoch)),
        "callbacks": [
            serialize_callback(one, ctx.clock())
            for one in store.callbacks.list_by_conversation(conversation.id)
        ],
        "followers": list(store.followers.list_agents(conversation.id)),
        "agents": [
            {"id": agent.id, "name": agent.name, "lead": agent.is_lead}
            for agent in store.agents.list_active()
        ],
    }


def _describe_foreign_desk(store: Store, conversation: Conversation) -> ForeignDeskOut | None:
    link = store.desk_links.find_last(conversation.id)
    if link is None:
        return None
    return {
        "name": store.desk_links.list_names().get(link.desk, link.desk),
        "label": link.label,
        "url": link.remote_url,
        "state": link.state,
        "why": link.why,
        "loss": list(link.loss),
        "fields": link.fields,
    }


def _describe_harassment(
    store: Store, conversation: Conversation, messages: Sequence[Message]
) -> HarassmentOut | None:
    harassing = list_harassing_messages(store, conversation.id)
    if not harassing:
        return None
    return {"messages": harassing, "warning": render_warning(conversation, messages)}


@router.get("/events", status_code=200, response_class=Response, responses=DESCRIBED)
async def stream_agent_events(
    inside: CurrentAgent, request: Request, ctx: Ctx, last_event_id: Annotated[str | None, Header()] = None
) -> EventStream:
    """Server-sent events: `conversation`, `message`, `mention`, `typing`, `delta`, `colleague`, `reset`."""
    ended = reserve_stream(request, ctx.limits, by_address=False)
    return EventStream(iterate_agent_events(ctx, inside.secret_hash, last_event_id), ended)
