"""Files that came from messaging apps, and who is one person on several of them."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Response
from pydantic import BaseModel, StringConstraints

from assistant.api.auth import Inside
from assistant.api.context import Context, Ctx
from assistant.api.customer import Owned
from assistant.api.rate_limit_rules import LimitedRoute
from assistant.api.schemas import agent_message_out, stamp
from assistant.conversation.inbound import customer_linking
from assistant.conversation.resend import send_again
from assistant.domain.channels import Media
from assistant.domain.errors import NotFound
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1", tags=["agent"], route_class=LimitedRoute)


class LinkIn(BaseModel):
    #: Another conversation of the same person.
    conversation: Annotated[str, StringConstraints(max_length=64)]
    reason: Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)]


@router.get("/agent/media/{media}")
async def media_for_agents(media: str, _inside: Inside, ctx: Ctx) -> Response:
    return await _file(ctx, media, None)


@router.get("/conversations/{conversation}/media/{media}")
async def media_for_its_customer(media: str, owner: Owned, ctx: Ctx) -> Response:
    return await _file(ctx, media, owner.id)


async def _file(ctx: Context, media: str, of_conversation: str | None) -> Response:
    """A file to be saved, never to be shown: whoever sent it may have meant harm."""

    def step(store: Store) -> tuple[Media | None, bytes | None]:
        return store.media.get(media), store.media.load_data(media)

    found, data = await ctx.database.read(step)
    if found is None or data is None or of_conversation not in (None, found.conversation):
        raise NotFound("There is no such file.")
    name = quote(found.name.replace("/", "_").replace("\\", "_") or f"{found.kind}-{found.id[:8]}", safe="")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    return Response(data, media_type=found.type or "application/octet-stream", headers=headers)


@router.post("/agent/conversations/{conversation}/links", status_code=201)
async def link(conversation: str, body: LinkIn, inside: Inside, ctx: Ctx) -> dict[str, Any]:
    """An agent's decision that two conversations are one person's; it can be taken back."""
    now = ctx.clock()
    found = await ctx.database.write(
        lambda store: customer_linking.link(
            store, conversation, body.conversation, inside.agent, body.reason, now
        )
    )
    ctx.wire.notify(conversation)
    return {"id": found}


@router.get("/agent/conversations/{conversation}/alike")
async def alike(conversation: str, _inside: Inside, ctx: Ctx) -> dict[str, Any]:
    """Conversations that may be the same person's, each with why: `email`, `number` or `name`."""
    found = await ctx.database.read(lambda store: customer_linking.alike(store, conversation))
    return {
        "alike": [
            {"conversation": one.id, "channel": one.channel, "name": customer.name, "why": why}
            for one, customer, why in found
        ]
    }


@router.post("/agent/conversations/{conversation}/messages/{message}/send-again")
async def again(conversation: str, message: str, _inside: Inside, ctx: Ctx) -> dict[str, Any]:
    """Try to send once more what did not reach the customer's app."""
    now = ctx.clock()
    found = await ctx.database.write(lambda store: send_again(store, conversation, message, now))
    ctx.wire.notify(conversation)
    return {"message": agent_message_out(found, ctx.hosts)}


@router.delete("/agent/links/{link_id}", status_code=204)
async def unlink(link_id: str, inside: Inside, ctx: Ctx) -> Response:
    now = ctx.clock()
    await ctx.database.write(lambda store: customer_linking.unlink(store, link_id, inside.agent, now))
    return Response(status_code=204)


@router.post("/conversations/{conversation}/link-code", status_code=201, tags=["customer"])
async def link_code(owner: Owned, ctx: Ctx) -> dict[str, Any]:
    """A code that its customer says on another channel to be known there as the same person."""
    now = ctx.clock()
    code, expires_at = await ctx.database.write(
        lambda store: customer_linking.offer_code(store, owner.customer, now)
    )
    return {"code": code, "expires_at": stamp(expires_at)}
