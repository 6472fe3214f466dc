"""Who else wants to know: colleagues named in a note, and followers of a conversation."""

from datetime import datetime

from assistant.domain.audit import format_actor as actor
from assistant.domain.conversation import Conversation
from assistant.domain.mentions import find_mentioned_agents
from assistant.domain.messages import Message
from assistant.domain.people import Agent
from assistant.ports.storage.store import Store


def follow_conversation(store: Store, conversation_id: str, agent: Agent, now: datetime) -> Conversation:
    """From now on the agent hears of it as of their own; following twice is harmless."""
    conversation = store.conversations.get(conversation_id)
    if store.followers.add(conversation.id, agent.id, now):
        # What was said before is no news.
        store.messages.mark_read(agent.id, conversation.id, conversation.seq)
        store.audit.append_entry(actor(agent.id), "followed", now, conversation=conversation.id)
        store.journal.append_entry(conversation.id, None, now)
    return conversation


def unfollow_conversation(store: Store, conversation_id: str, agent: Agent, now: datetime) -> Conversation:
    conversation = store.conversations.get(conversation_id)
    if store.followers.remove(conversation.id, agent.id):
        store.audit.append_entry(actor(agent.id), "unfollowed", now, conversation=conversation.id)
        store.journal.append_entry(conversation.id, None, now)
    return conversation


def save_mentions(store: Store, note: Message, author: Agent) -> None:
    """Colleagues who can sign in and whom the note names find it among their mentions."""
    if "@" not in note.text and "＠" not in note.text:
        return
    for agent in find_mentioned_agents(note.text, store.agents.list_active()):
        if agent.id != author.id:
            store.mentions.add(note.conversation, note.id, agent.id, note.created_at)


def mark_conversation_read(
    store: Store, conversation_id: str, agent: Agent, seq: int, now: datetime
) -> Conversation:
    """The agent has seen it up to a message, with the notes that name them; 0: it is unread again."""
    conversation = store.conversations.get(conversation_id)
    store.messages.mark_read(agent.id, conversation.id, min(seq, conversation.seq))
    if seq or not conversation.seq:
        store.mentions.mark_read(conversation.id, agent.id, now)
    return conversation
