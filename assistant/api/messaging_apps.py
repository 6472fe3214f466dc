"""Files from messaging apps, and links between a customer's identities."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Response
from pydantic import BaseModel, StringConstraints

from assistant.api.agent_responses import AgentMessageReceiptOut, CandidateOut, CandidatesOut, IdOut
from assistant.api.auth import CurrentAgent
from assistant.api.context import ApiContext, Ctx
from assistant.api.customer import OwnedConversation
from assistant.api.foreign_desks import Signature, Until
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.responses import LinkCodeOut, describe_content
from assistant.api.schemas import build_example, format_timestamp, serialize_agent_message
from assistant.conversation.inbound import customer_linking
from assistant.conversation.resend import resend_undelivered
from assistant.domain.channels import Media
from assistant.domain.errors import NotFound
from assistant.domain.file_types import INLINE_TYPES
from assistant.domain.signed_links import AGENT_FILE_LINK, is_link_valid
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1", tags=["agent"], route_class=RateLimitedRoute)


FILE = describe_content("The file", "application/octet-stream", "binary")


class LinkIn(BaseModel):
    model_config = build_example(conversation="5d41402abc4b", reason="The same order number in both.")

    #: Another conversation of the same person.
    conversation: Annotated[str, StringConstraints(max_length=64)]
    reason: Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)]


@router.get("/agent/media/{media}", responses=FILE, response_class=Response)
async def get_agent_media(media: str, _inside: CurrentAgent, ctx: Ctx, inline: bool = False) -> Response:
    """A file, as a download; `inline` shows a picture."""
    return await _build_file_response(ctx, media, None, inline=inline)


@router.get(
    "/conversations/{conversation}/media/{media}", tags=["customer"], responses=FILE, response_class=Response
)
async def get_customer_media(media: str, owner: OwnedConversation, ctx: Ctx) -> Response:
    """A file of this conversation, as a download."""
    return await _build_file_response(ctx, media, owner.id)


@router.get("/files/{media}", tags=["channels"], responses=FILE, response_class=Response)
async def get_sent_file(media: str, until: Until, signature: Signature, ctx: Ctx) -> Response:
    """An agent's file for the app that it is sent to; the link is signed and expires."""
    if not is_link_valid(ctx.link_key, AGENT_FILE_LINK, media, until, signature, ctx.clock()):
        raise NotFound("This link has expired, or is not whole.")
    return await _build_file_response(ctx, media, None, inline=True)


async def _build_file_response(
    ctx: ApiContext, media: str, of_conversation: str | None, *, inline: bool = False
) -> Response:
    """A file as an attachment, because its sender may be hostile; *inline*: shown, if it is a picture."""

    def load_media(store: Store) -> tuple[Media | None, bytes | None]:
        return store.media.get(media), store.media.load_data(media)

    found, data = await ctx.database.read(load_media)
    if found is None or data is None or of_conversation not in (None, found.conversation):
        raise NotFound("There is no such file.")
    name = quote(found.name.replace("/", "_").replace("\\", "_") or f"{found.kind}-{found.id[:8]}", safe="")
    shown = "inline" if inline and found.type in INLINE_TYPES else "attachment"
    headers = {
        "Content-Disposition": f"{shown}; filename*=UTF-8''{name}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    return Response(data, media_type=found.type or "application/octet-stream", headers=headers)


@router.post("/agent/conversations/{conversation}/links", status_code=201)
async def link_conversations(conversation: str, body: LinkIn, inside: CurrentAgent, ctx: Ctx) -> IdOut:
    """Link two conversations as one person's, by an agent's decision; reversible."""
    now = ctx.clock()
    found = await ctx.database.write(
        lambda store: customer_linking.link_customers(
            store, conversation, body.conversation, inside.agent, body.reason, now
        )
    )
    ctx.notifier.notify(conversation)
    return {"id": found}


@router.get("/agent/conversations/{conversation}/alike")
async def list_link_candidates(conversation: str, _inside: CurrentAgent, ctx: Ctx) -> CandidatesOut:
    """Conversations that may be the same person's, each with the reason: `email`, `number` or `name`."""
    found = await ctx.database.read(
        lambda store: customer_linking.list_similar_conversations(store, conversation)
    )
    return {
        "alike": [
            CandidateOut(conversation=one.id, channel=one.channel, name=customer.name, why=why)
            for one, customer, why in found
        ]
    }


@router.post("/agent/conversations/{conversation}/messages/{message}/send-again")
async def retry_delivery(
    conversation: str, message: str, _inside: CurrentAgent, ctx: Ctx
) -> AgentMessageReceiptOut:
    """Retry a failed delivery."""
    now = ctx.clock()
    found = await ctx.database.write(lambda store: resend_undelivered(store, conversation, message, now))
    ctx.notifier.notify(conversation)
    return {"message": serialize_agent_message(found, ctx.hosts)}


@router.delete("/agent/links/{link_id}", status_code=204)
async def remove_link(link_id: str, inside: CurrentAgent, ctx: Ctx) -> Response:
    """Take a link back."""
    now = ctx.clock()
    await ctx.database.write(lambda store: customer_linking.remove_link(store, link_id, inside.agent, now))
    return Response(status_code=204)


@router.post("/conversations/{conversation}/link-code", status_code=201, tags=["customer"])
async def create_link_code(owner: OwnedConversation, ctx: Ctx) -> LinkCodeOut:
    """A one-time code that links the customer's identity on another channel when sent there."""
    now = ctx.clock()
    code, expires_at = await ctx.database.write(
        lambda store: customer_linking.issue_link_code(store, owner.customer, now)
    )
    return {"code": code, "expires_at": format_timestamp(expires_at)}
