"""An agent tries once more what did not reach the customer."""

from dataclasses import replace
from datetime import datetime

from assistant.domain.channels import DeliveryState
from assistant.domain.errors import Conflict, NotFound
from assistant.domain.jobs import JobKind
from assistant.domain.messages import Message
from assistant.ports.storage.store import Store


def resend_undelivered(store: Store, conversation_id: str, message_id: str, now: datetime) -> Message:
    """Have it sent with the tries of a new message; parts that arrived are not repeated.

    Conflict unless sending it has failed; NotFound where nothing is sent, as on the web.
    """
    conversation = store.conversations.get(conversation_id)
    message = store.messages.get(conversation.id, message_id)
    delivery = store.deliveries.find_by_message(conversation.id, message_id)
    if message is None or delivery is None:
        raise NotFound("There is no such message on its way to an app.")
    if delivery.state is not DeliveryState.FAILED:
        raise Conflict("Only what could not be sent can be sent again.")
    if thread := store.threads.get(delivery.thread):
        store.threads.save_thread(replace(thread, unreachable=None))
    waiting = replace(delivery, state=DeliveryState.WAITING, tries=0, why=None, status=None, created_at=now)
    store.deliveries.save(waiting)
    store.jobs.schedule_once(JobKind.DELIVERY, conversation.id, now, now)
    store.journal.append_entry(conversation.id, message.id, now)
    return message
