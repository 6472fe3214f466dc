"""The customers' API of the web chat."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from assistant.api.attribute_schemas import AttributesIn
from assistant.api.channel_schemas import serialize_public_messages
from assistant.api.client_address import get_client_address
from assistant.api.context import ApiContext, Ctx
from assistant.api.live_updates import iterate_customer_events, serialize_survey
from assistant.api.rate_limit_rules import RateLimitedRoute, reserve_stream
from assistant.api.responses import (
    ConversationOut,
    ConversationStartOut,
    ConversationStateOut,
    EmptyOut,
    HandoffReceiptOut,
    MessageReceiptOut,
    WidgetConfigOut,
    describe_content,
)
from assistant.api.schemas import (
    CloseIn,
    FeedbackIn,
    MessageIn,
    OpenIn,
    TypingIn,
    serialize_message,
    serialize_state,
)
from assistant.api.sse import DESCRIBED, EventStream
from assistant.conversation.handoff.wait_estimate import render_absence
from assistant.conversation.inbound import customer_actions
from assistant.conversation.inbound.conversation_start import (
    WEB,
    Visitor,
    authenticate_visitor,
    hash_origin,
    hash_secret,
    open_conversation,
    select_language,
)
from assistant.conversation.inbound.receive import InboundReceipt, receive_inbound
from assistant.conversation.surveys import build_survey
from assistant.conversation.templates import WIDGET_WORDS, render_template
from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import Conflict, NotFound, Unauthorized
from assistant.domain.messages import Author, InboundMessage
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1", tags=["customer"], route_class=RateLimitedRoute)


PICTURE = describe_content("The picture", "image/*", "binary")
#: Messages per page.
MESSAGES = 500
#: The largest integer that every database stores as a seq.
MAX_SEQ = 2**31 - 1
#: An end without an answer to "did that help?".
NOT_ASKED = CloseIn()


TOKEN_SCHEME = HTTPBearer(
    scheme_name="conversationToken",
    description="The token from the response that opened the conversation.",
    auto_error=False,
)


def hash_bearer_token(
    sent: Annotated[HTTPAuthorizationCredentials | None, Security(TOKEN_SCHEME)],
) -> str:
    """The hash of the request's bearer token."""
    if sent is None:
        raise Unauthorized("Send the conversation's token as Authorization: Bearer.")
    return hash_secret(sent.credentials)


BearerHash = Annotated[str, Depends(hash_bearer_token)]


async def load_owned_conversation(conversation: str, ctx: Ctx, token: BearerHash) -> Conversation:
    """The conversation that the bearer token belongs to."""
    now = ctx.clock()
    return await ctx.database.read(lambda store: _load_conversation_by_token(store, conversation, token, now))


def _load_conversation_by_token(store: Store, conversation: str, token: str, now: datetime) -> Conversation:
    """Another customer's conversation gives the same 404 as a missing one."""
    found = authenticate_visitor(store, conversation, token, now)
    if found is None:
        raise NotFound("There is no such conversation.")
    return found


OwnedConversation = Annotated[Conversation, Depends(load_owned_conversation)]


@router.post("/conversations", status_code=201)
async def create_conversation(body: OpenIn, request: Request, ctx: Ctx) -> ConversationStartOut:
    """Open a conversation; the token in the response belongs to it alone."""
    visitor = Visitor(
        locale=body.locale,
        id=body.customer.id if body.customer else None,
        signature=body.customer.signature if body.customer else None,
        name=body.customer.name if body.customer else None,
        email=body.customer.email if body.customer else None,
        origin=hash_origin(get_client_address(request), ctx.identity_key),
        previous=(body.previous.id, body.previous.token) if body.previous else None,
    )
    now = ctx.clock()
    opened = await ctx.database.write(
        lambda store: open_conversation(store, visitor, ctx.identity_key, ctx.languages, now)
    )
    ctx.notifier.notify(opened.conversation.id)
    return {"id": opened.conversation.id, "token": opened.token, "state": opened.conversation.state}


@router.get("/widget")
async def get_widget_config(ctx: Ctx, lang: Annotated[str, Query(max_length=35)] = "") -> WidgetConfigOut:
    """What the widget shows before the first message."""
    language = select_language(lang, ctx.languages)
    absence = render_absence(ctx.policy.for_channel(WEB).hours, language, ctx.clock())
    return {
        "assistant": {
            "name": render_template("assistant_name", language),
            "logo": f"/v1/widget/logo?v={ctx.live.logo.version}" if ctx.live.logo else None,
        },
        "greeting": render_template("greeting", language),
        "disclosure": " ".join(filter(None, (render_template("disclosure", language), absence))),
        "examples": list(ctx.examples(language)),
        # A code must stand alone, and mails have signatures.
        "apps": sorted({name for name, _ in ctx.channels} - {"email"}),
        "languages": list(ctx.languages),
        "language": language,
        "text": WIDGET_WORDS[language],
    }


@router.get("/widget/logo", response_class=Response, responses=PICTURE)
async def get_logo(ctx: Ctx, v: Annotated[str, Query(max_length=64)] = "") -> Response:
    """The picture in the chat's header; its address changes with it."""
    logo = ctx.live.logo
    if logo is None:
        raise NotFound("There is no logo.")
    # Another process may not have the new one yet: only what is asked for is kept.
    caching = "public, max-age=31536000, immutable" if v == logo.version else "no-cache"
    headers = {"Cache-Control": caching, "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(logo.data, media_type=logo.type, headers=headers)


@router.post("/conversations/{conversation}/messages", status_code=202)
async def send_message(conversation: str, body: MessageIn, token: BearerHash, ctx: Ctx) -> MessageReceiptOut:
    """Store a customer's message; the reply comes through the stream. The same id again adds nothing."""
    inbound = InboundMessage(conversation=conversation, message_id=str(body.id), text=body.text)
    now = ctx.clock()

    def receive_message(store: Store) -> InboundReceipt:
        _load_conversation_by_token(store, conversation, token, now)
        return receive_inbound(store, inbound, ctx.timing, now)

    receipt = await ctx.database.write(receive_message)
    if receipt.message.author is not Author.CUSTOMER:  # a private note must look like a missing message
        raise Conflict("Another message has this id; make a new one.")
    if not receipt.is_duplicate:
        ctx.notifier.publish_typing(conversation, Author.CUSTOMER, False)
        ctx.notifier.publish_typing(conversation, Author.ASSISTANT, receipt.state is State.ASSISTANT)
        ctx.notifier.notify(conversation)
    return {"message": serialize_message(receipt.message, ctx.hosts)}


@router.get("/conversations/{conversation}")
async def get_conversation(
    owner: OwnedConversation, ctx: Ctx, after: Annotated[int, Query(ge=0, le=MAX_SEQ)] = 0
) -> ConversationOut:
    """The conversation with its messages after seq *after*; `next` is the `after` of the next page."""
    return await ctx.database.read(lambda store: _load_conversation_page(store, ctx, owner.id, after))


def _load_conversation_page(
    store: Store, ctx: ApiContext, conversation_id: str, after: int
) -> ConversationOut:
    conversation = store.conversations.get(conversation_id)
    agent = store.agents.get(conversation.agent) if conversation.agent else None
    messages = store.messages.list_public(conversation.id, after=after, limit=MESSAGES + 1)
    page = messages[:MESSAGES]
    return {
        "id": conversation.id,
        **serialize_state(conversation, agent),
        "messages": serialize_public_messages(store, conversation.id, page, ctx.hosts),
        "next": page[-1].seq if len(messages) > MESSAGES else None,
        "survey": serialize_survey(build_survey(store, conversation, ctx.clock())),
    }


@router.get(
    "/conversations/{conversation}/events",
    status_code=200,
    response_class=Response,
    responses=DESCRIBED,
)
async def stream_conversation_events(
    owner: OwnedConversation,
    request: Request,
    ctx: Ctx,
    last_event_id: Annotated[str | None, Header()] = None,
) -> EventStream:
    """Server-sent events: `state`, `message`, `delta`, `typing`, `survey`, `reset`; resumable."""
    ended = reserve_stream(request, ctx.limits, by_address=True)
    return EventStream(iterate_customer_events(ctx, owner.id, last_event_id), ended)


@router.post("/conversations/{conversation}/typing", status_code=204)
async def set_customer_typing(body: TypingIn, owner: OwnedConversation, ctx: Ctx) -> Response:
    """The customer is typing: the assistant waits, six seconds at most."""
    ctx.notifier.publish_typing(owner.id, Author.CUSTOMER, body.on)
    return Response(status_code=204)


@router.post("/conversations/{conversation}/handoff", status_code=202)
async def request_handoff(owner: OwnedConversation, ctx: Ctx) -> HandoffReceiptOut:
    """Hand over to a person; needs nothing but the database."""
    now = ctx.clock()
    conversation, message = await ctx.database.write(
        lambda store: customer_actions.request_human(store, owner.id, ctx.policy, ctx.pick_facts, now)
    )
    ctx.notifier.publish_draft(owner.id, "")
    ctx.notifier.notify(owner.id)
    return {"state": conversation.state, "message": serialize_message(message, ctx.hosts)}


@router.post("/conversations/{conversation}/handoff/cancel")
async def cancel_handoff(owner: OwnedConversation, ctx: Ctx) -> ConversationStateOut:
    """Back to the assistant, for who waits for a person."""
    now = ctx.clock()
    conversation = await ctx.database.write(lambda store: customer_actions.cancel_wait(store, owner.id, now))
    ctx.notifier.notify(owner.id)
    return {"state": conversation.state}


@router.post("/conversations/{conversation}/attributes", status_code=204)
async def set_attributes(body: AttributesIn, owner: OwnedConversation, ctx: Ctx) -> Response:
    """What the page says of its visitor, for agents, who see that it is claimed; null takes one away."""
    await ctx.database.write(
        lambda store: customer_actions.save_attributes(store, owner.customer, body.attributes)
    )
    ctx.notifier.notify(owner.id)
    return Response(status_code=204)


@router.post("/conversations/{conversation}/feedback", status_code=201)
async def submit_feedback(body: FeedbackIn, owner: OwnedConversation, ctx: Ctx) -> EmptyOut:
    """Rate a reply (`thumb`) or the conversation."""
    rating = customer_actions.Rating(
        kind=body.kind, value=body.value, message_id=body.message_id, comment=body.comment
    )
    now = ctx.clock()
    await ctx.database.write(lambda store: customer_actions.save_rating(store, owner.id, rating, now))
    ctx.notifier.notify(owner.id)
    return {}


@router.post("/conversations/{conversation}/close")
async def close_conversation(
    owner: OwnedConversation, ctx: Ctx, body: CloseIn = NOT_ASKED
) -> ConversationStateOut:
    """End the conversation; it can still be read for 30 days. `helped` answers "did that help?"."""
    now = ctx.clock()
    conversation = await ctx.database.write(
        lambda store: customer_actions.close_conversation(
            store, owner.id, ctx.policy, ctx.pick_facts, now, helped=body.helped
        )
    )
    ctx.notifier.publish_draft(owner.id, "")
    ctx.notifier.notify(owner.id)
    return {"state": conversation.state}
