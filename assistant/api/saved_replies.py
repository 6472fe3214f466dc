"""Saved replies: listed for the composer, used with their variables filled in, imported from CSV."""

import asyncio
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints

from assistant.api.auth import AuthenticatedAgent, CurrentAgent, require_admin
from assistant.api.context import ApiContext, Ctx
from assistant.api.desk_responses import (
    FilledReplyOut,
    ReplyImportOut,
    SavedRepliesOut,
    SavedReplyOut,
)
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import CleanText, Line, build_example
from assistant.conversation import saved_replies
from assistant.domain.audit import format_actor as actor
from assistant.domain.desk_items import VARIABLES, SavedReply
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/agent/saved-replies", tags=["agent"], route_class=RateLimitedRoute)


class SavedReplyIn(BaseModel):
    model_config = build_example(
        name="Refund arranged", text="{{customer_name}}, your refund is on its way.", language="en"
    )

    name: Line
    text: Annotated[CleanText, StringConstraints(max_length=20_000)]
    language: Annotated[Line, StringConstraints(max_length=35)] | None = None
    #: Names of tags that using it adds.
    tags: Annotated[list[Line], Field(max_length=20)] = []
    #: What sending it does, one of the three: aside for so long, to this team, ended like this.
    snooze_minutes: Annotated[int, Field(ge=1, le=366 * 24 * 60)] | None = None
    team: Annotated[str, StringConstraints(max_length=64)] | None = None
    outcome: Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,31}$")] | None = None
    #: Everybody's, not only the caller's own.
    shared: bool = False


class ReplyUseIn(BaseModel):
    model_config = build_example(conversation="5d41402abc4b")

    conversation: Annotated[str, StringConstraints(max_length=64)]


class ReplyImportIn(BaseModel):
    model_config = build_example(csv="name,text\nThanks,Thank you for waiting.", shared=True)

    csv: Annotated[CleanText, StringConstraints(max_length=200_000)]
    shared: bool = False


def _build_reply(reply: SavedReply) -> SavedReplyOut:
    return SavedReplyOut(
        id=reply.id,
        name=reply.name,
        text=reply.text,
        language=reply.language,
        tags=list(reply.tags),
        snooze_minutes=reply.snooze_minutes,
        team=reply.team,
        outcome=reply.outcome,
        shared=reply.agent is None,
        used=reply.used,
    )


@router.get("")
async def list_saved_replies(inside: CurrentAgent, ctx: Ctx) -> SavedRepliesOut:
    """Everybody's and the caller's own, the most used first."""
    found = await ctx.database.read(lambda store: store.saved_replies.list_visible(inside.agent.id))
    return SavedRepliesOut(replies=[_build_reply(reply) for reply in found], variables=list(VARIABLES))


@router.post("", status_code=201)
async def add_saved_reply(body: SavedReplyIn, inside: CurrentAgent, ctx: Ctx) -> SavedReplyOut:
    """Save a reply; everybody's by administrators."""
    return await _save_reply(uuid4().hex, body, inside, ctx, is_new=True)


@router.post("/import")
async def import_saved_replies(body: ReplyImportIn, inside: CurrentAgent, ctx: Ctx) -> ReplyImportOut:
    """All rows or none; the first one that cannot be used is named by its number."""
    owner, now = _find_owner(body.shared, inside), ctx.clock()
    replies = await asyncio.to_thread(saved_replies.parse_replies_csv, body.csv, owner)

    def import_and_audit(store: Store) -> ReplyImportOut:
        added, changed = saved_replies.import_replies(store, replies, inside.agent, now)
        store.audit.append_entry(
            actor(inside.agent.id), "replies_imported", now, added=added, changed=changed, shared=body.shared
        )
        return ReplyImportOut(added=added, changed=changed)

    return await ctx.database.write(import_and_audit)


@router.post("/{reply}")
async def change_saved_reply(reply: str, body: SavedReplyIn, inside: CurrentAgent, ctx: Ctx) -> SavedReplyOut:
    """Change the caller's own; everybody's by administrators."""
    return await _save_reply(reply, body, inside, ctx)


@router.delete("/{reply}", status_code=204)
async def remove_saved_reply(reply: str, inside: CurrentAgent, ctx: Ctx) -> Response:
    """Remove the caller's own; everybody's by administrators."""
    now = ctx.clock()

    def remove_and_audit(store: Store) -> None:
        _load_writable(store, reply, inside)
        store.saved_replies.remove(reply)
        store.audit.append_entry(actor(inside.agent.id), "reply_removed", now, reply=reply)

    await ctx.database.write(remove_and_audit)
    return Response(status_code=204)


@router.post("/{reply}/use")
async def use_saved_reply(reply: str, body: ReplyUseIn, inside: CurrentAgent, ctx: Ctx) -> FilledReplyOut:
    """The text for the customer of a conversation; adds the reply's tags and counts the use."""
    now = ctx.clock()
    text, conversation = await ctx.database.write(
        lambda store: saved_replies.use_reply(store, reply, body.conversation, inside.agent, now)
    )
    ctx.notifier.notify(conversation.id)
    return FilledReplyOut(text=text)


async def _save_reply(
    id_: str, body: SavedReplyIn, inside: AuthenticatedAgent, ctx: ApiContext, *, is_new: bool = False
) -> SavedReplyOut:
    owner, now = _find_owner(body.shared, inside), ctx.clock()

    def save_and_audit(store: Store) -> SavedReply:
        used = 0 if is_new else _load_writable(store, id_, inside).used
        reply = SavedReply(
            id=id_,
            agent=owner,
            name=body.name,
            text=body.text,
            language=body.language or None,
            tags=tuple(body.tags),
            snooze_minutes=body.snooze_minutes,
            team=body.team or None,
            outcome=body.outcome,
            used=used,
        )
        saved = saved_replies.save_reply(store, reply, now)
        store.audit.append_entry(actor(inside.agent.id), "reply_saved", now, reply=id_, shared=owner is None)
        return saved

    return _build_reply(await ctx.database.write(save_and_audit))


def _find_owner(shared: bool, inside: AuthenticatedAgent) -> str | None:
    if shared:
        require_admin(inside)
        return None
    return inside.agent.id


def _load_writable(store: Store, reply: str, inside: AuthenticatedAgent) -> SavedReply:
    """NotFound for another agent's reply, Forbidden for everybody's unless the caller is an admin."""
    found = saved_replies.find_reply(store, reply, inside.agent)
    if found.agent is None:
        require_admin(inside)
    return found
