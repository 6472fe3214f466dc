"""Adds one message to a conversation, with its number; used by every step that says something."""

from datetime import datetime
from uuid import uuid4

from assistant.conversation.actions.proposal_moves import void_open_proposals
from assistant.conversation.foreign_desks.links import mark_take_back, wake_desk_sync
from assistant.conversation.inbound.conversation_start import WEB
from assistant.domain.conversation import PEOPLE_STATES, Conversation, State
from assistant.domain.jobs import JobKind
from assistant.domain.messages import AgentMessage, Author, Message, Reply
from assistant.domain.people import Agent
from assistant.ports.storage.store import Store


def append_reply(
    store: Store, conversation: Conversation, author: Author, reply: Reply, now: datetime
) -> tuple[Conversation, Message]:
    """Store *reply* as the next message; returns the conversation with its number taken, not yet saved."""
    conversation = conversation.with_next_seq(now)
    message = Message(
        id=uuid4().hex,
        conversation=conversation.id,
        seq=conversation.seq,
        author=author,
        text=reply.text,
        language=reply.language,
        kind=reply.kind,
        citations=reply.citations,
        buttons=reply.buttons,
        created_at=now,
    )
    insert_message(store, message)
    _enqueue_delivery(store, conversation, message)
    return conversation, message


def append_notice(
    store: Store, conversation: Conversation, author: Author, text: str, now: datetime
) -> tuple[Conversation, Message]:
    """As `append_reply`, for a line about the conversation itself."""
    notice = Reply(text=text, language=conversation.language, kind="notice")
    return append_reply(store, conversation, author, notice, now)


def append_agent_message(
    store: Store, conversation: Conversation, agent: Agent, written: AgentMessage, now: datetime
) -> tuple[Conversation, Message]:
    """Store what an agent wrote; a private note takes no number of its own."""
    if not written.private:
        conversation = conversation.with_next_seq(now)
    message = Message(
        id=written.message_id,
        conversation=conversation.id,
        seq=conversation.seq,
        author=Author.AGENT,
        text=written.text,
        language=conversation.language,
        kind=written.kind,
        agent=agent.id,
        agent_name=agent.name,
        private=written.private,
        created_at=now,
    )
    insert_message(store, message)
    if not written.private:
        _enqueue_delivery(store, conversation, message)
    return conversation, message


def _enqueue_delivery(store: Store, conversation: Conversation, message: Message) -> None:
    """To the customer's app, if that is where they are; on the web the stored message is the delivery.

    To an address that was left in a web chat only people write, until somebody answers from it.
    """
    if conversation.channel == WEB and message.author is not Author.AGENT:
        thread = store.threads.find_by_conversation(conversation.id)
        if thread is None or thread.context.get("people_only"):
            return
    if store.deliveries.add(conversation.id, conversation.epoch, message.id, message.created_at):
        store.jobs.schedule_once(JobKind.DELIVERY, conversation.id, message.created_at, message.created_at)


def insert_message(store: Store, message: Message) -> None:
    store.messages.add(message)
    store.journal.append_entry(message.conversation, message.id, message.created_at)
    if message.author is Author.CUSTOMER:
        wake_desk_sync(store, message.conversation, message.created_at)


def schedule_clocks(store: Store, conversation: Conversation, now: datetime) -> None:
    """Whatever happens while people have it, or when they have it no more, may move its deadlines."""
    if conversation.state in PEOPLE_STATES or conversation.sla_metric is not None:
        store.jobs.schedule(JobKind.SLA, conversation.id, now, now)


def save_conversation(
    store: Store, conversation: Conversation, now: datetime, *, new_owner_by: str | None = None
) -> Conversation:
    """Store the conversation's next value and let agents' screens know.

    *new_owner_by*: who gave it another owner, where that changed.
    """
    store.conversations.save(conversation)
    schedule_clocks(store, conversation, now)
    if new_owner_by is not None:
        store.audit.append_owner_change(conversation, new_owner_by, now)
        void_open_proposals(store, conversation.id, new_owner_by, now)
        mark_take_back(store, conversation)
        is_abroad = wake_desk_sync(store, conversation.id, now)
        if conversation.state is State.QUEUED and not is_abroad and store.teams.has_automatic():
            store.jobs.schedule(JobKind.ASSIGN, conversation.id, now, now)
    store.journal.append_entry(conversation.id, None, now)
    return conversation
