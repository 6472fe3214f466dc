"""Whether a message may still be sent, checked just before it is."""

from datetime import datetime

from assistant.conversation.consents import may_write
from assistant.domain.channels import Delivery, Thread
from assistant.domain.consents import Purpose
from assistant.domain.messages import PROACTIVE, Author, Message
from assistant.domain.proactive import DELIVERY_MARGIN
from assistant.ports.channels import Channel
from assistant.ports.storage.store import Store

TOO_LATE = "a person took over before it was sent"
STALE_NOTICE = "the app did not take the notice in time"
STOPPED = "the customer stopped notices before it was sent"
NO_CHANNEL = "this channel is not set up any more"


def explain_unsendable(
    store: Store,
    delivery: Delivery,
    thread: Thread | None,
    channel: Channel | None,
    message: Message | None,
    now: datetime,
) -> str | None:
    """Why it must not be sent, checked just before sending; None: it may."""
    if thread is None or channel is None or message is None:
        return NO_CHANNEL
    if thread.unreachable:
        return thread.unreachable
    conversation = store.conversations.get(delivery.conversation)
    if message.kind == PROACTIVE and delivery.part == 0:
        if now - message.created_at > DELIVERY_MARGIN:
            return STALE_NOTICE
        if not may_write(store, conversation.customer, _load_purpose(store, message), conversation.channel):
            return STOPPED
    own_words = message.author is Author.ASSISTANT and message.kind == "text"
    if own_words and conversation.epoch != delivery.epoch and delivery.part == 0:
        return TOO_LATE
    return None


def _load_purpose(store: Store, message: Message) -> str:
    """What the notice is for whose words these are: it was decided at the moment that they were written."""
    sent = store.proactive.list_by_conversations([message.conversation])
    purposes = [one.purpose for one in sent if one.decided_at == message.created_at]
    return purposes[0] if purposes else Purpose.ORDERS


def is_introduction(store: Store, message: Message) -> bool:
    """Whether the assistant must introduce itself: first message, or a person wrote the last one."""
    if message.author is not Author.ASSISTANT:
        return False
    before = [m for m in store.messages.list_public(message.conversation) if m.seq < message.seq]
    ours = [m for m in before if m.author in (Author.ASSISTANT, Author.AGENT)]
    return not ours or ours[-1].author is Author.AGENT
