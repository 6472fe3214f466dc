"""What a customer said about being written to, what we told them, their segments, and who read their data."""

from typing import Any

from fastapi import APIRouter
from typing_extensions import TypedDict

from assistant.api.auth import CurrentAgent
from assistant.api.context import ApiContext, Ctx
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.responses import Timestamp
from assistant.api.schemas import format_timestamp
from assistant.conversation.consents import list_consents
from assistant.conversation.segments import list_segments
from assistant.domain.consents import Purpose, compute_consent, is_allowed
from assistant.ports.storage.store import Store

router = APIRouter(
    prefix="/v1/agent/conversations/{conversation}/consents", tags=["agent"], route_class=RateLimitedRoute
)

#: Records, looks and notices that are shown.
MAX_SHOWN = 50


class PurposeConsentOut(TypedDict):
    purpose: str
    #: given, withdrawn or unknown, on the channel of this conversation.
    state: str
    #: Whether they may be written to for it.
    allowed: bool


class ConsentRecordOut(TypedDict):
    purpose: str
    channel: str
    state: str
    wording: str
    version: str
    source: str
    by: str
    at: Timestamp


class SegmentOut(TypedDict):
    name: str
    #: Language -> name.
    title: dict[str, str]
    owner: str
    reasons: list[str]
    #: The snapshot of purchases that says so.
    as_of: Timestamp


class DataReadOut(TypedDict):
    by: str
    what: str
    at: Timestamp


class ConsentsOut(TypedDict):
    channel: str
    purposes: list[PurposeConsentOut]
    #: Newest first.
    history: list[ConsentRecordOut]
    segments: list[SegmentOut]
    reads: list[DataReadOut]


@router.get("", response_model=ConsentsOut)
async def get_consents(conversation: str, _inside: CurrentAgent, ctx: Ctx) -> dict[str, Any]:
    """The customer's consent for each purpose with its history, their segments, who looked at their data."""
    return await ctx.database.read(lambda store: _load_consents(store, conversation, ctx))


def _load_consents(store: Store, conversation_id: str, ctx: ApiContext) -> dict[str, Any]:
    conversation = store.conversations.get(conversation_id)
    records = list_consents(store, store.links.list_linked_customers(conversation.customer))
    states = {one: compute_consent(records, one, conversation.channel) for one in Purpose}
    names = {f"agent:{agent.id}": agent.name for agent in store.agents.list_all()}
    segments = list_segments(store, store.customers.get(conversation.customer), ctx.policy)
    return {
        "channel": conversation.channel,
        "purposes": [
            {"purpose": one, "state": state, "allowed": is_allowed(state, one)}
            for one, state in states.items()
        ],
        "history": [
            {
                **{
                    name: getattr(record, name)
                    for name in ("purpose", "channel", "state", "wording", "version", "source", "by")
                },
                "at": format_timestamp(record.at),
            }
            for record in reversed(records[-MAX_SHOWN:])
        ],
        "segments": [
            {
                "name": one.rule.name,
                "title": dict(one.rule.title),
                "owner": one.rule.owner,
                "reasons": list(one.reasons),
                "as_of": format_timestamp(one.taken_at),
            }
            for one in segments
        ],
        "reads": [
            {"by": names.get(one.actor, one.actor), "what": one.what, "at": format_timestamp(one.at)}
            for one in store.consents.list_reads(conversation.customer, limit=MAX_SHOWN)
        ],
    }
