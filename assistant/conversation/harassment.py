"""Harassment of staff: the messages it was read in, and the warning that an agent sends."""

from collections.abc import Sequence
from datetime import datetime

from assistant.conversation.desk import add_agent_message
from assistant.conversation.templates import render_template as words
from assistant.conversation.timing import Timing
from assistant.conversation.turn.turn_input import find_message_signals
from assistant.domain.audit import format_actor as actor
from assistant.domain.conversation import Conversation
from assistant.domain.errors import Conflict
from assistant.domain.messages import WARNING, AgentMessage, Message
from assistant.domain.people import Agent
from assistant.domain.signals import FEELING_THRESHOLD
from assistant.ports.storage.store import Store


def list_harassing_messages(store: Store, conversation_id: str) -> list[str]:
    """Ids of the customer's messages that harass, in order.

    A turn is read as one, so all its messages count; what is written to people is in no turn, and their
    packets tell of it.
    """
    messages = store.messages.list_public(conversation_id)
    read = find_message_signals(messages, store.turns.list_all(conversation_id))
    found = {id_ for id_, signals in read.items() if signals.harassment >= FEELING_THRESHOLD}
    for packet in store.handoffs.list_packets(conversation_id):
        found.update(packet.get("harassing_messages", ()))
    return [message.id for message in messages if message.id in found]


def render_warning(conversation: Conversation, messages: Sequence[Message]) -> str:
    """The next warning in the conversation's language: who is warned again reads another wording."""
    warned = sum(message.kind == WARNING for message in messages)
    return words("warn_harassment", conversation.language, variant=warned)


def send_warning(
    store: Store, conversation_id: str, agent: Agent, message_id: str, timing: Timing, now: datetime
) -> Message:
    """Warn the customer, as the owner of the conversation; the same id twice warns once.

    Conflict: nothing was read as harassment.
    """
    if known := store.messages.get(conversation_id, message_id):
        text = known.text
    elif list_harassing_messages(store, conversation_id):
        conversation = store.conversations.get(conversation_id)
        text = render_warning(conversation, store.messages.list_public(conversation_id))
    else:
        raise Conflict("Nothing in this conversation was read as harassment.")
    written = AgentMessage(message_id=message_id, text=text, kind=WARNING)
    message = add_agent_message(store, conversation_id, agent, written, timing, now)
    if known is None:
        store.audit.append_entry(
            actor(agent.id), "harassment_warning", now, conversation=conversation_id, message=message.id
        )
    return message
