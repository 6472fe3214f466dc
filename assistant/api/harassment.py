"""Harassment of staff: an agent's warning to the customer, and the evidence as one file."""

import asyncio
import hashlib
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel

from assistant.api.agent_responses import AgentMessageReceiptOut
from assistant.api.auth import CurrentAgent
from assistant.api.context import Ctx
from assistant.api.evidence import build_evidence, load_evidence_rows, render_canonical_json
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.responses import describe_content
from assistant.api.schemas import build_example, serialize_agent_message
from assistant.conversation.harassment import send_warning
from assistant.domain.audit import format_actor as actor

router = APIRouter(
    prefix="/v1/agent/conversations/{conversation}", tags=["agent"], route_class=RateLimitedRoute
)


class WarningIn(BaseModel):
    model_config = build_example(id="0b6c1f0e-8f0e-4f43-9a35-5f0b5f3c7f11")

    #: The message's id; sending it again warns once.
    id: UUID


@router.post("/warning", status_code=201)
async def warn_customer(
    conversation: str, body: WarningIn, inside: CurrentAgent, ctx: Ctx
) -> AgentMessageReceiptOut:
    """Ask the customer to stop, in the lead's words; the owner's, where harassment was read; audited."""
    now = ctx.clock()
    message = await ctx.database.write(
        lambda store: send_warning(store, conversation, inside.agent, str(body.id), ctx.timing, now)
    )
    ctx.notifier.notify(conversation)
    return {"message": serialize_agent_message(message, ctx.hosts)}


@router.post("/evidence", response_class=Response, responses=describe_content("The file", "application/json"))
async def export_evidence(conversation: str, inside: CurrentAgent, ctx: Ctx) -> Response:
    """What was said, read and done where harassment was read, with its SHA-256; audited."""
    who, now = inside.agent, ctx.clock()
    rows = await ctx.database.read(lambda store: load_evidence_rows(store, conversation))
    content = await asyncio.to_thread(lambda: render_canonical_json(build_evidence(rows, who, now)))
    digest = hashlib.sha256(content).hexdigest()
    await ctx.database.write(
        lambda store: store.audit.append_entry(
            actor(who.id), "harassment_evidence", now, conversation=conversation, sha256=digest
        )
    )
    name = f"harassment-{now:%Y%m%d-%H%M%S}.json"
    return Response(
        b'{"content":' + content + b',"sha256":"' + digest.encode() + b'"}',
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
