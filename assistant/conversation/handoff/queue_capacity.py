"""The queue has room for everybody: one place a customer, some an address, so many in all."""

from dataclasses import replace
from datetime import datetime

from assistant.conversation.inbound.conversation_start import WEB
from assistant.conversation.templates import render_template as words
from assistant.conversation.transcript import append_notice, save_conversation
from assistant.domain.audit import CUSTOMER
from assistant.domain.conversation import Conversation, State
from assistant.domain.jobs import JobKind
from assistant.domain.messages import Author, Message
from assistant.domain.policy import Policy
from assistant.ports.storage.store import Store

#: Places that the visitors of one address may have; a family, a shop, an office.
MAX_PLACES_PER_ADDRESS = 30


def has_room(store: Store, conversation: Conversation, policy: Policy) -> bool:
    """Whether one more may wait."""
    if conversation.state is State.QUEUED:
        return True
    of_address = conversation.origin and store.conversations.count_queued(origin=conversation.origin)
    return (
        store.conversations.count_queued() < policy.queue_limit and (of_address or 0) < MAX_PLACES_PER_ADDRESS
    )


def refuse_queue_place(
    store: Store, conversation: Conversation, now: datetime
) -> tuple[Conversation, Message]:
    """Say so; the assistant goes on, and asking again later is fine."""
    for kind in (JobKind.TURN, JobKind.DEADLINE):
        store.jobs.complete_job(kind, conversation.id)
    text = words("queue_full", conversation.language)
    conversation, message = append_notice(store, conversation, Author.ASSISTANT, text, now)
    return save_conversation(store, conversation, now), message


def move_queue_place(store: Store, conversation: Conversation, now: datetime) -> Conversation:
    """A web customer who waits in another conversation waits in this one from now on, for as long as before.

    Mails and apps keep theirs: two of those are two issues.
    """
    if conversation.channel != WEB:
        return conversation
    since = conversation.waiting_since or now
    for found in store.conversations.list_queued(conversation.customer, besides=conversation.id):
        other = store.conversations.get(found.id)
        if other.channel != WEB or other.state is not State.QUEUED:
            continue
        since = min(since, other.waiting_since or now)
        store.jobs.complete_job(JobKind.DEADLINE, other.id)
        text = words("place_moved", other.language)
        other, _ = append_notice(store, other, Author.ASSISTANT, text, now)
        save_conversation(store, other.cancel_wait(now), now, new_owner_by=CUSTOMER)
    return conversation if since == now else replace(conversation, waiting_since=since)
