"""The queue has room for everybody: one place a customer, some an address, so many in all."""

from dataclasses import replace
from datetime import datetime

from assistant.conversation.inbound.conversation_start import WEB
from assistant.conversation.templates import say as words
from assistant.conversation.transcript import save, say
from assistant.domain.audit import CUSTOMER
from assistant.domain.conversation import Conversation, State
from assistant.domain.jobs import Kind
from assistant.domain.messages import Author, Message, Reply
from assistant.domain.policy import Policy
from assistant.ports.storage.store import Store

#: Places that the visitors of one address may have; a family, a shop, an office.
MOST_OF_ADDRESS = 30


def has_room(store: Store, conversation: Conversation, policy: Policy) -> bool:
    """Whether one more may wait."""
    if conversation.state is State.QUEUED:
        return True
    of_address = conversation.origin and store.conversations.count_queued(origin=conversation.origin)
    return store.conversations.count_queued() < policy.queue_limit and (of_address or 0) < MOST_OF_ADDRESS


def refuse_place(store: Store, conversation: Conversation, now: datetime) -> tuple[Conversation, Message]:
    """Say so; the assistant goes on, and asking again later is fine."""
    for kind in (Kind.TURN, Kind.DEADLINE):
        store.jobs.complete_job(kind, conversation.id)
    conversation, message = _tell(store, conversation, "queue_full", now)
    return save(store, conversation, now), message


def move_place(store: Store, conversation: Conversation, now: datetime) -> Conversation:
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
        store.jobs.complete_job(Kind.DEADLINE, other.id)
        other, _ = _tell(store, other, "place_moved", now)
        save(store, other.cancel_wait(now), now, new_owner_by=CUSTOMER)
    return conversation if since == now else replace(conversation, waiting_since=since)


def _tell(store: Store, conversation: Conversation, what: str, now: datetime) -> tuple[Conversation, Message]:
    text = words(what, conversation.language)
    notice = Reply(text=text, language=conversation.language, kind="notice")
    return say(store, conversation, Author.ASSISTANT, notice, now)
