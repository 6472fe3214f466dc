"""An agent puts a conversation aside until a time, or until somebody else says something in it.

While it is aside, its deadline is the end of the snooze: the watchdog wakes it.
"""

from datetime import datetime, timedelta

from assistant.conversation.timing import Timing
from assistant.conversation.transcript import save_conversation
from assistant.domain.conversation import Conversation
from assistant.domain.errors import BadInput
from assistant.domain.jobs import JobKind
from assistant.domain.messages import Author
from assistant.domain.people import Agent
from assistant.ports.storage.store import Store

MAX_SNOOZE = timedelta(days=366)


def snooze_conversation(
    store: Store, conversation_id: str, agent: Agent, until: datetime, now: datetime
) -> Conversation:
    """Only its owner may; BadInput for a time that has passed or is more than a year away."""
    if not now < until <= now + MAX_SNOOZE:
        raise BadInput("Snooze until a moment of the next 366 days.")
    conversation = store.conversations.get(conversation_id).snooze(agent.id, until, now)
    store.jobs.schedule(JobKind.DEADLINE, conversation.id, until, now)
    return save_conversation(store, conversation, now)


def wake_conversation(
    store: Store, conversation_id: str, agent: Agent, timing: Timing, now: datetime
) -> Conversation:
    """Its owner takes it up again."""
    conversation = store.conversations.get(conversation_id)
    conversation.require_owner(agent.id)
    return save_conversation(store, end_snooze(store, conversation, timing, now), now)


def end_snooze(store: Store, conversation: Conversation, timing: Timing, now: datetime) -> Conversation:
    """No longer aside, not yet saved; a customer who has the last word is due again."""
    if conversation.snoozed_until is None:
        return conversation
    store.jobs.complete_job(JobKind.DEADLINE, conversation.id)
    last = store.messages.load_last([conversation.id]).get(conversation.id)
    if last is not None and last.author is Author.CUSTOMER:
        store.jobs.schedule(JobKind.DEADLINE, conversation.id, now + timing.agent_deadline, now)
    return conversation.wake(now)


def keep_snooze(store: Store, conversation: Conversation, now: datetime) -> None:
    """The agent's own reply does not wake it: the end of the snooze is still its deadline."""
    if conversation.snoozed_until is not None:
        store.jobs.schedule(JobKind.DEADLINE, conversation.id, conversation.snoozed_until, now)
