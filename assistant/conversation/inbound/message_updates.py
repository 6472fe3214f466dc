"""Changes of mind, and an app's own news: edits, messages taken back, who can be reached, what arrived."""

import hashlib
from dataclasses import replace
from datetime import datetime

from assistant.conversation.inbound.attachments import truncate_text
from assistant.conversation.inbound.receive import receive_inbound, validate_text
from assistant.conversation.templates import render_template as words
from assistant.conversation.timing import Timing
from assistant.domain.channels import DeliveryState, DeliveryUpdate, MessageDeleted, MessageEdited
from assistant.domain.conversation import Conversation, State
from assistant.domain.jobs import ANSWER_KINDS, JobKind
from assistant.domain.messages import Author, InboundMessage
from assistant.ports.storage.store import Store

#: What an app tells of a delivery, from least to most; news may come in any order.
PROGRESS = ("sent", "delivered", "read")


def apply_edit(store: Store, event: MessageEdited, timing: Timing, now: datetime) -> str | None:
    """Before it was answered the words change; afterwards the new words are a message of their own."""
    thread = store.threads.find_by_address(event.address)
    if thread is None:
        return None
    conversation = store.conversations.get(thread.conversation)
    before = store.messages.get(conversation.id, event.message_id)
    if before is None or conversation.state is State.CLOSED:
        return None
    text = validate_text(truncate_text(event.text))
    if text == before.text:  # apps tell of previews and the like as edits too
        return None
    if before.seq > store.turns.find_last_answered_seq(conversation.id):
        store.messages.update_text(conversation.id, before.id, text, before.kind)
        store.journal.append_entry(conversation.id, before.id, now)
        _schedule_packet(store, conversation, now)
    else:
        changed = hashlib.sha256(event.id.encode()).hexdigest()
        receive_inbound(
            store, InboundMessage(conversation=conversation.id, message_id=changed, text=text), timing, now
        )
    return conversation.id


def apply_deletion(store: Store, event: MessageDeleted, now: datetime) -> str | None:
    """Nobody may read it any more, and nothing waits to be answered because of it."""
    thread = store.threads.find_by_address(event.address)
    if thread is None:
        return None
    conversation = store.conversations.get(thread.conversation)
    before = store.messages.get(conversation.id, event.message_id)
    if before is None or before.kind == "unsent":
        return None
    text = words("unsent", conversation.language)
    store.turns.redact_turn(conversation.id, before.seq)
    store.handoffs.redact_packets(conversation.id, before.text, text)
    store.messages.update_text(conversation.id, event.message_id, text, "unsent")
    store.media.delete_by_message(conversation.id, event.message_id)
    store.journal.append_entry(conversation.id, event.message_id, now)
    if conversation.state is State.ASSISTANT and not _has_unanswered(store, conversation):
        for kind in ANSWER_KINDS:
            store.jobs.complete_job(kind, conversation.id)
    _schedule_packet(store, conversation, now)
    return conversation.id


def _schedule_packet(store: Store, conversation: Conversation, now: datetime) -> None:
    """The packet of whoever waits holds what their words are now."""
    if conversation.state is State.QUEUED:
        store.jobs.schedule(JobKind.PACKET, conversation.id, now, now)


def _has_unanswered(store: Store, conversation: Conversation) -> bool:
    answered = store.turns.find_last_answered_seq(conversation.id)
    return any(
        m.author is Author.CUSTOMER and m.kind == "text"
        for m in store.messages.list_public(conversation.id, after=answered)
    )


def apply_delivery_update(store: Store, event: DeliveryUpdate, now: datetime) -> str | None:
    """News of a delivery never takes back better news."""
    delivery = store.deliveries.find_by_platform_id(event.address.channel, event.platform_id)
    if delivery is None:
        return None
    if event.status == "failed":
        if delivery.status in ("delivered", "read"):
            return None
        delivery = replace(
            delivery, state=DeliveryState.FAILED, why=event.why or "the app could not deliver it"
        )
    elif event.status in PROGRESS and _is_later_status(event.status, delivery.status):
        delivery = replace(delivery, status=event.status)
    else:
        return None
    store.deliveries.save(delivery)
    store.journal.append_entry(delivery.conversation, delivery.message, now)
    return delivery.conversation


def _is_later_status(status: str, than: str | None) -> bool:
    return than not in PROGRESS or PROGRESS.index(status) > PROGRESS.index(than)
