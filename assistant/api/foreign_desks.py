"""Foreign desks: their callbacks, and the signed links that they open packets with."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse

from assistant.api.context import ApiContext, Ctx
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.redaction import redact_json
from assistant.api.responses import describe_content
from assistant.api.webhooks import build_webhook_request, get_parser_pool
from assistant.conversation.foreign_desks.incoming import store_desk_events
from assistant.conversation.foreign_desks.packet_text import render_packet
from assistant.conversation.templates import render_template as words
from assistant.domain.channels import Media, WebhookRequest
from assistant.domain.confidential import mask_secrets
from assistant.domain.errors import AssistantError, NotFound, TooLarge
from assistant.domain.foreign_desks import (
    DeskCall,
    DeskDelivery,
    DeskLink,
    DeskStep,
)
from assistant.domain.messages import Message
from assistant.domain.signed_links import PACKET_LINK, is_link_valid
from assistant.measures import CHANNEL_CALLS
from assistant.ports.foreign_desks import ForeignDesk
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/desks", tags=["channels"], route_class=RateLimitedRoute)

#: Events per transaction.
EVENTS_PER_TRANSACTION = 50
#: Longer than any packet.
MAX_PACKET_CHARACTERS = 200_000
PRIVATE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}

DESCRIBED = describe_content("What the desk expects; mostly nothing.", "text/plain")
PACKET_TEXT = describe_content("The packet, as text", "text/plain")
FILE = describe_content("The file", "application/octet-stream", "binary")

Until = Annotated[str, Query(max_length=12)]
Signature = Annotated[str, Query(max_length=64)]


@router.get("/packets/{link}", response_class=Response, responses=PACKET_TEXT)
async def read_packet(link: str, until: Until, signature: Signature, ctx: Ctx) -> Response:
    """All of a handoff, for people in a foreign desk; the link is signed and expires."""
    _require_valid_link(ctx, link, until, signature)
    text = await ctx.database.read(
        partial(_render_whole_packet, link_id=link, ctx=ctx, query=(until, signature))
    )
    return PlainTextResponse(text, headers=PRIVATE)


@router.get("/packets/{link}/files/{media}", response_class=Response, responses=FILE)
async def read_packet_file(link: str, media: str, until: Until, signature: Signature, ctx: Ctx) -> Response:
    """A file that the customer sent, as a download."""
    _require_valid_link(ctx, link, until, signature)

    def load(store: Store) -> tuple[Media, bytes]:
        found, known = store.desk_links.get(link), store.media.get(media)
        data = store.media.load_data(media)
        if found is None or known is None or data is None or known.conversation != found.conversation:
            raise NotFound("There is no such file.")
        if known.message not in {one.id for one in _list_shown_messages(store, found)}:
            raise NotFound("The conversation was taken back before this file came.")
        return known, data

    known, data = await ctx.database.read(load)
    name = quote(known.name.replace("/", "_").replace("\\", "_") or known.id[:8], safe="")
    headers = PRIVATE | {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(data, media_type="application/octet-stream", headers=headers)


@router.post("/{name}", include_in_schema=False)
@router.post("/{name}/{account}", response_class=Response, responses=DESCRIBED)
async def receive_desk_call(name: str, request: Request, ctx: Ctx, account: str = "") -> Response:
    """200 when every event of the call is stored, now or before."""
    key = f"{name}:{account.lower()}" if account else name
    desk = _find_desk(ctx.desks, key)
    try:
        call = await build_webhook_request(request, ctx.public_url)
        found = await get_parser_pool(f"desk-{desk.name}").run_parser(partial(_read_call, desk, call))
    except AssistantError as exc:
        CHANNEL_CALLS.labels(f"desk-{desk.name}", exc.code).inc()
        raise
    CHANNEL_CALLS.labels(f"desk-{desk.name}", "ok").inc()
    now = ctx.clock()
    for start in range(0, len(found.events), EVENTS_PER_TRANSACTION):
        some = found.events[start : start + EVENTS_PER_TRANSACTION]
        await ctx.database.write(partial(store_desk_events, desk=key, events=some, now=now))
    return PlainTextResponse(found.answer)


def _read_call(desk: ForeignDesk, call: WebhookRequest) -> DeskCall:
    if len(call.body) > desk.max_webhook_bytes:
        raise TooLarge("This desk sends no calls of that size.")
    return desk.inbound(call)


def _find_desk(desks: Mapping[str, ForeignDesk], key: str) -> ForeignDesk:
    desk = desks.get(key)
    if desk is None:
        raise NotFound("This desk is not set up.")
    return desk


def _require_valid_link(ctx: ApiContext, link: str, until: str, signature: str) -> None:
    if not is_link_valid(ctx.link_key, PACKET_LINK, link, until, signature, ctx.clock()):
        raise NotFound("This link has expired, or is not whole.")


def _list_shown_messages(store: Store, link: DeskLink) -> list[Message]:
    """What was said until our own people had the conversation again."""
    said, last = store.messages.list_public(link.conversation), link.last_shown_seq
    return [one for one in said if last is None or one.seq <= last]


def _render_whole_packet(store: Store, link_id: str, ctx: ApiContext, query: tuple[str, str]) -> str:
    link = store.desk_links.get(link_id)
    if link is None:
        raise NotFound("This conversation was erased.")
    conversation = store.conversations.get(link.conversation)
    address = f"{ctx.public_url.rstrip('/')}/v1/desks/packets/{link.id}"
    until, signature = query
    said, is_ended = _list_shown_messages(store, link), link.last_shown_seq is not None
    shown = {one.id for one in said}
    # What was written since is in the packet too, and a later handoff has one of its own.
    packet = {} if is_ended else store.handoffs.load_last_packet(conversation.id)
    delivery = DeskDelivery(
        step=DeskStep.OPEN,
        link=link,
        key="",
        may_have_arrived=False,
        language=conversation.language,
        packet=redact_json(packet or {}),
        packet_url=f"{address}?until={until}&signature={signature}",
        messages=tuple(said),
    )
    files = [
        f"{one.name or one.kind}: {address}/files/{one.id}?until={until}&signature={signature}"
        for one in store.media.list_by_conversation(conversation.id)
        if one.message in shown
    ]
    head = [words("desk_packet_ended", conversation.language), ""] if is_ended else []
    return "\n".join([*head, mask_secrets(render_packet(delivery, most=MAX_PACKET_CHARACTERS).text), *files])
