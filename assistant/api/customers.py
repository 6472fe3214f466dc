"""One person, as agents see them: notes for later conversations, and a conversation that agents begin."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, StringConstraints

from assistant.api.agent_responses import RowOut
from assistant.api.auth import CurrentAgent
from assistant.api.context import Ctx
from assistant.api.customer_responses import ContactWaysOut, CustomerNoteOut
from assistant.api.inbox_rows import load_inbox_rows
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.redaction import redact_json
from assistant.api.schemas import Line, build_example, format_timestamp
from assistant.conversation import customer_notes, outbound_start
from assistant.conversation.inbound.receive import validate_text
from assistant.conversation.outbound_start import ContactWay, OutboundRules, OutboundStart
from assistant.domain.desk_items import CustomerNote
from assistant.domain.messages import AgentMessage
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/agent/customers/{customer}", tags=["agent"], route_class=RateLimitedRoute)


class CustomerNoteIn(BaseModel):
    model_config = build_example(text="お電話は夕方が良いとのこと。")

    text: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class OutboundStartIn(BaseModel):
    model_config = build_example(
        id="0f8fad5b-d9cb-469f-a165-70867728950e",
        way="5d41402abc4b2a76",
        text="ご注文の品の件でご連絡しました。",
    )

    #: Yours, made new for each message: a second try begins nothing.
    id: UUID
    #: One of the `ways` that have no obstacle.
    way: Annotated[str, StringConstraints(max_length=64)]
    text: Annotated[str, StringConstraints(max_length=20_000)]
    #: Of a mail.
    subject: Line = ""


def serialize_note(note: CustomerNote) -> CustomerNoteOut:
    shown: Any = redact_json({"text": note.text})
    return {
        "id": note.id,
        "agent": note.agent,
        "agent_name": note.agent_name,
        "text": shown["text"],
        "created_at": format_timestamp(note.created_at),
    }


def load_notes(store: Store, customer: str) -> list[CustomerNoteOut]:
    """Notes on the person, newest first, as agents see them."""
    return [serialize_note(note) for note in customer_notes.list_customer_notes(store, customer)]


@router.post("/notes", status_code=201)
async def add_customer_note(
    customer: str, body: CustomerNoteIn, inside: CurrentAgent, ctx: Ctx
) -> CustomerNoteOut:
    """Write something down about the person; every later conversation shows it."""
    text, now = validate_text(body.text), ctx.clock()
    note = await ctx.database.write(
        lambda store: customer_notes.add_customer_note(store, customer, inside.agent, text, now)
    )
    return serialize_note(note)


@router.delete("/notes/{note}", status_code=204)
async def remove_customer_note(customer: str, note: str, inside: CurrentAgent, ctx: Ctx) -> Response:
    """Remove one's own note; leads remove any."""
    now = ctx.clock()
    await ctx.database.write(
        lambda store: customer_notes.remove_customer_note(store, customer, note, inside.agent, now)
    )
    return Response(status_code=204)


@router.get("/ways")
async def list_contact_ways(customer: str, _inside: CurrentAgent, ctx: Ctx) -> ContactWaysOut:
    """Where the person may be written to first, and where not, with the reason."""
    ways = await ctx.database.read(
        lambda store: outbound_start.list_contact_ways(store, customer, ctx.channels.keys(), ctx.clock())
    )
    return {"ways": [_serialize_way(way) for way in ways]}


@router.post("/conversations", status_code=201)
async def start_conversation(customer: str, body: OutboundStartIn, inside: CurrentAgent, ctx: Ctx) -> RowOut:
    """Begin a conversation with somebody who wrote to us before; Conflict says why it cannot be done."""
    message = AgentMessage(message_id=str(body.id), text=validate_text(body.text))
    wanted, now = OutboundStart(way=body.way, message=message, subject=body.subject), ctx.clock()
    rules = OutboundRules(timing=ctx.timing, channels=ctx.channels.keys())

    def start_and_load(store: Store) -> RowOut:
        started = outbound_start.start_conversation(store, customer, inside.agent, wanted, rules, now)
        return {"conversation": load_inbox_rows(store, [started], inside.agent.id)[0]}

    started = await ctx.database.write(start_and_load)
    ctx.notifier.notify(started["conversation"]["id"])
    return started


def _serialize_way(way: ContactWay) -> Any:
    return {
        "channel": way.channel,
        "account": way.account or None,
        "peer": way.peer,
        "way": way.thread,
        "obstacle": way.obstacle,
        "conversation": way.conversation,
        "has_stopped_notices": way.has_stopped_notices,
    }
