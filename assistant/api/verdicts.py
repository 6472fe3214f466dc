"""Agents' verdicts on the assistant's replies in one click, and customers' thumbs beside them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, StringConstraints

from assistant.api.auth import CurrentAgent
from assistant.api.context import Ctx
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import build_example, format_timestamp
from assistant.api.verdict_responses import (
    OpinionListOut,
    OpinionsOut,
    ReplyOpinionsOut,
    ThumbOut,
    VerdictOut,
)
from assistant.domain.confidential import mask_secrets
from assistant.domain.errors import BadInput, NotFound
from assistant.domain.markdown import strip_markdown
from assistant.domain.messages import Author, Message
from assistant.domain.reply_verdicts import ReplyRating, ReplyVerdict, Thumb
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/agent", tags=["agent"], route_class=RateLimitedRoute)

MAX_LISTED_OPINIONS = 100
MAX_REPLY_CHARACTERS = 200


class VerdictIn(BaseModel):
    model_config = build_example(verdict="stale", note="Since May it is 30 days.")

    verdict: ReplyRating
    note: Annotated[str, StringConstraints(max_length=1000, strip_whitespace=True)] = ""


def load_opinions(store: Store, conversation: str) -> dict[str, OpinionsOut]:
    """Message -> verdicts of agents and the customer's thumb, for the conversation's view."""
    return _load_opinions(store, conversation, _load_names(store))


def _load_names(store: Store) -> dict[str, str]:
    return {agent.id: agent.name for agent in store.agents.list_all()}


def _load_opinions(store: Store, conversation: str, names: Mapping[str, str]) -> dict[str, OpinionsOut]:
    found: defaultdict[str, OpinionsOut] = defaultdict(lambda: {"verdicts": [], "thumb": None})
    for verdict in store.reply_verdicts.list_by_conversation(conversation):
        found[verdict.message]["verdicts"].append(_serialize_verdict(verdict, names))
    for thumb in store.feedback.list_thumbs(conversation):
        found[thumb.message]["thumb"] = _serialize_thumb(thumb)
    return dict(found)


def _serialize_verdict(verdict: ReplyVerdict, names: Mapping[str, str]) -> VerdictOut:
    return {
        "verdict": verdict.verdict,
        "note": verdict.note,
        "agent": verdict.agent,
        "by": names.get(verdict.agent, ""),
        "at": format_timestamp(verdict.at),
    }


def _serialize_thumb(thumb: Thumb) -> ThumbOut:
    return {"up": thumb.up, "comment": mask_secrets(thumb.comment), "at": format_timestamp(thumb.at)}


@router.post("/conversations/{conversation}/messages/{message}/verdict")
async def save_verdict(
    conversation: str, message: str, body: VerdictIn, inside: CurrentAgent, ctx: Ctx
) -> ReplyOpinionsOut:
    """Judge a reply of the assistant; one's own earlier verdict on it is replaced."""
    now, me = ctx.clock(), inside.agent

    def save(store: Store) -> ReplyOpinionsOut:
        found = store.messages.get(store.conversations.get(conversation).id, message)
        if found is None or found.private:
            raise NotFound("There is no such message.")
        if found.author is not Author.ASSISTANT:
            raise BadInput("Only replies of the assistant are judged.")
        store.reply_verdicts.save(
            ReplyVerdict(
                conversation=conversation,
                message=message,
                verdict=body.verdict,
                note=body.note,
                agent=me.id,
                at=now,
            )
        )
        store.journal.append_entry(conversation, None, now)
        return _load_replies(store, [(conversation, message)])[0]

    saved = await ctx.database.write(save)
    ctx.notifier.notify(conversation)
    return saved


@router.delete("/conversations/{conversation}/messages/{message}/verdict")
async def remove_verdict(conversation: str, message: str, inside: CurrentAgent, ctx: Ctx) -> ReplyOpinionsOut:
    """Take one's own verdict back."""
    me = inside.agent.id

    def remove(store: Store) -> ReplyOpinionsOut:
        if not store.reply_verdicts.remove(store.conversations.get(conversation).id, message, me):
            raise NotFound("You have not judged this reply.")
        return _load_replies(store, [(conversation, message)])[0]

    return await ctx.database.write(remove)


def _load_replies(store: Store, replies: Sequence[tuple[str, str]]) -> list[ReplyOpinionsOut]:
    """What is thought of the replies, each named by its conversation and message."""
    names, said = _load_names(store), store.messages.load_many(replies)
    conversations = {conversation for conversation, _ in replies}
    opinions = {one: _load_opinions(store, one, names) for one in conversations}
    return [_serialize_reply(place, said.get(place), opinions[place[0]].get(place[1])) for place in replies]


def _serialize_reply(
    place: tuple[str, str], said: Message | None, own: OpinionsOut | None
) -> ReplyOpinionsOut:
    conversation, message = place
    reply = strip_markdown(mask_secrets(said.text))[:MAX_REPLY_CHARACTERS] if said else ""
    opinions: OpinionsOut = own or {"verdicts": [], "thumb": None}
    return {"conversation": conversation, "message": message, "reply": reply, **opinions}


@router.get("/verdicts")
async def list_opinions(
    _inside: CurrentAgent, ctx: Ctx, days: Annotated[int, Query(ge=1, le=366)] = 30
) -> OpinionListOut:
    """Replies that agents found wanting, or customers gave a thumb down, newest first."""
    since = ctx.clock() - timedelta(days=days)

    def load_list(store: Store) -> OpinionListOut:
        wanting = store.reply_verdicts.list_wanting_since(since, limit=MAX_LISTED_OPINIONS)
        thumbs = store.feedback.list_recent_thumbs_down(since, limit=MAX_LISTED_OPINIONS)
        both: list[ReplyVerdict | Thumb] = [*wanting, *thumbs]
        newest = sorted(both, key=lambda one: one.at, reverse=True)
        replies = list(dict.fromkeys((one.conversation, one.message) for one in newest))
        return {"opinions": _load_replies(store, replies[:MAX_LISTED_OPINIONS])}

    return await ctx.database.read(load_list)
