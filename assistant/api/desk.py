"""Agents' actions on a conversation."""

from collections.abc import Callable
from uuid import uuid4

from fastapi import APIRouter, Response

from assistant.api.agent_responses import (
    AgentMessageReceiptOut,
    InboxRowOut,
    RowOut,
)
from assistant.api.auth import CurrentAgent, CurrentLead
from assistant.api.context import ApiContext, Ctx
from assistant.api.desk_responses import RevealedMessageOut
from assistant.api.desk_schemas import (
    ActivityIn,
    ContactIn,
    ReadIn,
    ResolveIn,
    SnoozeIn,
    TagsIn,
    TransferIn,
)
from assistant.api.inbox_rows import load_inbox_rows
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import (
    AgentMessageIn,
    TypingIn,
    serialize_agent_message,
    serialize_message,
)
from assistant.conversation import desk, following, snooze, tags
from assistant.conversation.contacts import continue_by_email as continue_conversation_by_email
from assistant.conversation.inbound.receive import validate_text
from assistant.conversation.macros import send_with_macro
from assistant.domain.audit import format_actor as actor
from assistant.domain.conversation import Conversation
from assistant.domain.errors import NotFound
from assistant.domain.messages import AgentMessage, Author, Message
from assistant.ports.storage.store import Store

router = APIRouter(
    prefix="/v1/agent/conversations/{conversation}", tags=["agent"], route_class=RateLimitedRoute
)


async def _run_desk_action(ctx: ApiContext, agent: str, step: Callable[[Store], Conversation]) -> RowOut:
    """Run the action, notify subscribers, and return the conversation's new state."""

    def run_action(store: Store) -> tuple[str, InboxRowOut]:
        conversation = step(store)
        return conversation.id, load_inbox_rows(store, [conversation], agent)[0]

    conversation_id, row = await ctx.database.write(run_action)
    ctx.notifier.notify(conversation_id)
    return {"conversation": row}


@router.post("/claim")
async def claim_conversation(conversation: str, inside: CurrentAgent, ctx: Ctx) -> RowOut:
    """Take the conversation over; of several agents at once exactly one succeeds."""
    now = ctx.clock()
    claimed = await _run_desk_action(
        ctx,
        inside.agent.id,
        lambda store: desk.claim_conversation(store, conversation, inside.agent, ctx.desk, now),
    )
    ctx.notifier.publish_draft(conversation, "")
    return claimed


@router.post("/release")
async def release_conversation(conversation: str, inside: CurrentAgent, ctx: Ctx) -> RowOut:
    """Back to the queue, with the waiting time kept."""
    now = ctx.clock()
    return await _run_desk_action(
        ctx, inside.agent.id, lambda store: desk.release_conversation(store, conversation, inside.agent, now)
    )


@router.post("/transfer")
async def transfer_conversation(
    conversation: str, body: TransferIn, inside: CurrentAgent, ctx: Ctx
) -> RowOut:
    """Give the conversation to another agent."""
    now = ctx.clock()
    return await _run_desk_action(
        ctx,
        inside.agent.id,
        lambda store: desk.transfer_conversation(store, conversation, inside.agent, body.agent, now),
    )


@router.post("/reassign")
async def reassign_conversation(conversation: str, body: TransferIn, inside: CurrentLead, ctx: Ctx) -> RowOut:
    """To a colleague or to oneself, whoever has it; leads."""
    now = ctx.clock()
    return await _run_desk_action(
        ctx,
        inside.agent.id,
        lambda store: desk.reassign_conversation(
            store, conversation, inside.agent, body.agent, ctx.desk, now
        ),
    )


@router.post("/return")
async def return_conversation(conversation: str, inside: CurrentAgent, ctx: Ctx) -> RowOut:
    """Back to the assistant, which answers from the next message on."""
    now = ctx.clock()
    return await _run_desk_action(
        ctx, inside.agent.id, lambda store: desk.return_to_assistant(store, conversation, inside.agent, now)
    )


@router.post("/reopen")
async def reopen_conversation(conversation: str, inside: CurrentAgent, ctx: Ctx) -> RowOut:
    """A closed conversation goes on with the caller."""
    now = ctx.clock()
    return await _run_desk_action(
        ctx, inside.agent.id, lambda store: desk.reopen_conversation(store, conversation, inside.agent, now)
    )


@router.post("/snooze")
async def snooze_conversation(conversation: str, body: SnoozeIn, inside: CurrentAgent, ctx: Ctx) -> RowOut:
    """Put it aside until a moment, or until the customer or a colleague says something."""
    now, until = ctx.clock(), body.until
    return await _run_desk_action(
        ctx,
        inside.agent.id,
        lambda store: snooze.snooze_conversation(store, conversation, inside.agent, until, now),
    )


@router.post("/wake")
async def wake_conversation(conversation: str, inside: CurrentAgent, ctx: Ctx) -> RowOut:
    """End the snooze before its time."""
    now = ctx.clock()
    return await _run_desk_action(
        ctx,
        inside.agent.id,
        lambda store: snooze.wake_conversation(store, conversation, inside.agent, ctx.timing, now),
    )


@router.post("/tags")
async def tag_conversation(conversation: str, body: TagsIn, inside: CurrentAgent, ctx: Ctx) -> RowOut:
    """Exactly these tags, by name; new names become tags."""
    now = ctx.clock()

    def replace_tags(store: Store) -> Conversation:
        tags.tag_conversation(store, conversation, inside.agent, body.tags, now)
        return store.conversations.get(conversation)

    return await _run_desk_action(ctx, inside.agent.id, replace_tags)


@router.post("/read", status_code=204)
async def mark_conversation_read(conversation: str, body: ReadIn, inside: CurrentAgent, ctx: Ctx) -> Response:
    """The caller has seen it up to a message, with the notes that name them; 0: it is unread again."""
    now = ctx.clock()
    await ctx.database.write(
        lambda store: following.mark_conversation_read(store, conversation, inside.agent, body.seq, now)
    )
    return Response(status_code=204)


@router.post("/follow")
async def follow_conversation(conversation: str, inside: CurrentAgent, ctx: Ctx) -> RowOut:
    """The caller hears of it from now on, whoever has it."""
    now = ctx.clock()
    return await _run_desk_action(
        ctx,
        inside.agent.id,
        lambda store: following.follow_conversation(store, conversation, inside.agent, now),
    )


@router.post("/unfollow")
async def unfollow_conversation(conversation: str, inside: CurrentAgent, ctx: Ctx) -> RowOut:
    """The caller hears of it no more."""
    now = ctx.clock()
    return await _run_desk_action(
        ctx,
        inside.agent.id,
        lambda store: following.unfollow_conversation(store, conversation, inside.agent, now),
    )


@router.post("/resolve")
async def resolve_conversation(conversation: str, body: ResolveIn, inside: CurrentAgent, ctx: Ctx) -> RowOut:
    """Close the conversation with its outcome; the note stays private."""
    now = ctx.clock()
    note = (
        AgentMessage(message_id=uuid4().hex, text=validate_text(body.note), private=True)
        if body.note
        else None
    )
    resolution = desk.Resolution(outcome=body.outcome, note=note)
    return await _run_desk_action(
        ctx,
        inside.agent.id,
        lambda store: desk.resolve_conversation(
            store, conversation, inside.agent, resolution, ctx.policy, now
        ),
    )


@router.post("/email")
async def continue_by_email(conversation: str, body: ContactIn, inside: CurrentAgent, ctx: Ctx) -> RowOut:
    """Write to an e-mail address that the customer left in the chat, beside the chat, from now on."""
    now, finder = ctx.clock(), ctx.build_contact_finder()
    return await _run_desk_action(
        ctx,
        inside.agent.id,
        lambda store: continue_conversation_by_email(
            store, conversation, inside.agent, body.address, finder, now
        ),
    )


@router.post("/messages", status_code=201)
async def send_agent_message(
    conversation: str, body: AgentMessageIn, inside: CurrentAgent, ctx: Ctx
) -> AgentMessageReceiptOut:
    """Write to the customer, or with `private` a note for colleagues."""
    written = AgentMessage(
        message_id=str(body.id), text=validate_text(body.text), private=body.private, macro=body.macro
    )
    now = ctx.clock()
    message = await ctx.database.write(
        lambda store: send_with_macro(store, conversation, inside.agent, written, ctx.desk, now)
    )
    ctx.notifier.notify(conversation)
    return {"message": serialize_agent_message(message, ctx.hosts)}


@router.post("/messages/{message}/reveal")
async def reveal_message(
    conversation: str, message: str, inside: CurrentAgent, ctx: Ctx
) -> RevealedMessageOut:
    """A message with its masked card numbers and secrets; the access is audited."""
    now = ctx.clock()

    def load_and_audit(store: Store) -> Message:
        found = store.messages.get(store.conversations.get(conversation).id, message)
        if found is None:
            raise NotFound("There is no such message.")
        store.audit.append_entry(
            actor(inside.agent.id), "reveal", now, conversation=conversation, message=message
        )
        return found

    found = await ctx.database.write(load_and_audit)
    return {
        "message": {"id": found.id, "text": found.text, "html": serialize_message(found, ctx.hosts)["html"]}
    }


@router.post("/typing", status_code=204)
async def set_agent_typing(conversation: str, body: TypingIn, inside: CurrentAgent, ctx: Ctx) -> Response:
    """Show the customer that the agent who has the conversation types."""
    found = await ctx.database.read(lambda store: store.conversations.get(conversation))
    found.require_owner(inside.agent.id)
    ctx.notifier.publish_typing(conversation, Author.AGENT, body.on, inside.agent.name)
    return Response(status_code=204)


@router.post("/activity", status_code=204)
async def publish_activity(conversation: str, body: ActivityIn, inside: CurrentAgent, ctx: Ctx) -> Response:
    """What the caller does there, for colleagues who have it open; not stored."""
    await ctx.database.read(lambda store: store.conversations.get(conversation))  # NotFound
    ctx.notifier.publish_activity(conversation, inside.agent.id, inside.agent.name, body.activity)
    return Response(status_code=204)
