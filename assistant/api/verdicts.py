"""Agents' verdicts on the assistant's replies in one click, and customers' thumbs beside them."""

from collections import defaultdict
from collections.abc import Mapping
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
from assistant.domain.messages import Author
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
    names = {agent.id: agent.name for agent in store.agents.list_all()}
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
        return _load_one(store, conversation, message)

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
        return _load_one(store, conversation, message)

    return await ctx.database.write(remove)


def _load_one(store: Store, conversation: str, message: str) -> ReplyOpinionsOut:
    said = store.messages.get(conversation, message)
    own: OpinionsOut = load_opinions(store, conversation).get(message, {"verdicts": [], "thumb": None})
    reply = strip_markdown(mask_secrets(said.text))[:MAX_REPLY_CHARACTERS] if said else ""
    return {"conversation": conversation, "message": message, "reply": reply, **own}


@router.get("/verdicts")
async def list_opinions(
    _inside: CurrentAgent, ctx: Ctx, days: Annotated[int, Query(ge=1, le=366)] = 30
) -> OpinionListOut:
    """Replies that agents found wanting, or customers gave a thumb down, newest first."""
    since = ctx.clock() - timedelta(days=days)

    def load_list(store: Store) -> OpinionListOut:
        verdicts = store.reply_verdicts.list_since(since, limit=MAX_LISTED_OPINIONS)
        thumbs = store.feedback.list_recent_thumbs_down(since, limit=MAX_LISTED_OPINIONS)
        wanting = [one for one in verdicts if one.verdict is not ReplyRating.RIGHT]
        both: list[ReplyVerdict | Thumb] = [*wanting, *thumbs]
        newest = sorted(both, key=lambda one: one.at, reverse=True)
        replies = list(dict.fromkeys((one.conversation, one.message) for one in newest))
        return {"opinions": [_load_one(store, *one) for one in replies[:MAX_LISTED_OPINIONS]]}

    return await ctx.database.read(load_list)
