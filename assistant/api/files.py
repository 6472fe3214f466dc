"""Files of customers in the web chat, and of agents: the body is the file itself."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from assistant.api.agent_responses import AgentMessageOut, AgentMessageReceiptOut
from assistant.api.auth import CurrentAgent
from assistant.api.channel_schemas import serialize_messages, serialize_public_messages
from assistant.api.context import Ctx
from assistant.api.customer import OwnedConversation
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.responses import MessageOut, MessageReceiptOut
from assistant.conversation.files import (
    FileDesk,
    UploadedFile,
    check_upload,
    receive_customer_file,
    send_agent_file,
)
from assistant.domain.messages import Author
from assistant.ports.storage.store import Store
from assistant.text.characters import clean_line

router = APIRouter(prefix="/v1", route_class=RateLimitedRoute)

Name = Annotated[str, Query(max_length=300)]


async def _read_upload(request: Request, id_: UUID, name: str) -> UploadedFile:
    data = await request.body()
    return await asyncio.to_thread(check_upload, str(id_), clean_line(name), data)


@router.post("/conversations/{conversation}/files", status_code=201, tags=["customer"])
async def send_customer_file(
    owner: OwnedConversation, request: Request, ctx: Ctx, id: UUID, name: Name = ""
) -> MessageReceiptOut:
    """A picture, a PDF or a text file of the customer; agents see it, the assistant says that it cannot."""
    file, now = await _read_upload(request, id, name), ctx.clock()

    def receive_file(store: Store) -> MessageOut:
        message = receive_customer_file(store, owner.id, file, ctx.timing, now)
        return serialize_public_messages(store, owner.id, [message], ctx.hosts)[0]

    message = await ctx.database.write(receive_file)
    ctx.notifier.publish_typing(owner.id, Author.CUSTOMER, False)
    ctx.notifier.notify(owner.id)
    return {"message": message}


@router.post("/agent/conversations/{conversation}/files", status_code=201, tags=["agent"])
async def send_file(
    conversation: str, inside: CurrentAgent, request: Request, ctx: Ctx, id: UUID, name: Name = ""
) -> AgentMessageReceiptOut:
    """A file of the agent who owns the conversation, where the customer's app carries it.

    409 with `reason` `channel`: it carries none; 422 `channel_file_type`, 413 `channel_file_size`.
    """
    file, now = await _read_upload(request, id, name), ctx.clock()
    desk = FileDesk(channels=ctx.channels, timing=ctx.timing)

    def send_and_load(store: Store) -> AgentMessageOut:
        message = send_agent_file(store, conversation, inside.agent, file, desk, now)
        return serialize_messages(store, conversation, [message], ctx.hosts)[0]

    message = await ctx.database.write(send_and_load)
    ctx.notifier.notify(conversation)
    return {"message": message}
