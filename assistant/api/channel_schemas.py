"""JSON of messaging apps as agents see them: delivery states, files, limits, links."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from assistant.api.agent_responses import (
    AgentMessageOut,
    ContactOut,
    DeliveryOut,
    LinkOut,
)
from assistant.api.context import ApiContext
from assistant.api.packet_responses import ChannelOut
from assistant.api.responses import MediaKind, MediaOut, MessageOut
from assistant.api.schemas import format_timestamp, serialize_agent_message, serialize_message
from assistant.conversation.contacts import list_contacts
from assistant.conversation.files import find_file_limits
from assistant.domain.channels import Delivery, DeliveryState, Media
from assistant.domain.confidential import mask_secrets
from assistant.domain.conversation import Conversation
from assistant.domain.messages import Message
from assistant.ports.storage.store import Store
from assistant.text.characters import strip_invisible

#: Fields of a delivery that agents see.
STATUS: dict[DeliveryState, Literal["pending", "sent", "failed"]] = {
    DeliveryState.WAITING: "pending",
    DeliveryState.SENDING: "pending",
    DeliveryState.SENT: "sent",
    DeliveryState.FAILED: "failed",
    DeliveryState.WITHHELD: "failed",
}
MEDIA_KINDS: dict[str, MediaKind] = {"image": "image", "video": "video", "audio": "audio"}


def serialize_messages(
    store: Store, conversation: str, messages: Sequence[Message], hosts: Sequence[str]
) -> list[AgentMessageOut]:
    """Messages as agents see them, with delivery state and files."""
    deliveries = store.deliveries.list_by_conversation(conversation)
    files: dict[str, list[Media]] = {}
    for one in store.media.list_by_conversation(conversation):
        files.setdefault(one.message, []).append(one)
    return [
        {
            **serialize_agent_message(message, hosts),
            "delivery": serialize_delivery(deliveries.get(message.id)),
            "media": [serialize_media(one) for one in files.get(message.id, ())],
        }
        for message in messages
    ]


def serialize_public_messages(
    store: Store, conversation: str, messages: Sequence[Message], hosts: Sequence[str]
) -> list[MessageOut]:
    """Messages as their customer sees them, with files."""
    files: dict[str, list[Media]] = {}
    for one in store.media.list_by_conversation(conversation) if messages else ():
        files.setdefault(one.message, []).append(one)
    return [
        {
            **serialize_message(message, hosts),
            "media": [serialize_media(one) for one in files.get(message.id, ())],
        }
        for message in messages
    ]


def serialize_delivery(delivery: Delivery | None) -> DeliveryOut | None:
    """None on the web, where the stored message counts as delivered: the stream reads it."""
    if delivery is None:
        return None
    return {
        "status": STATUS[delivery.state],
        "seen": delivery.status,
        "error": delivery.why,
        "again": delivery.state is DeliveryState.FAILED,
        "sent_at": format_timestamp(delivery.sent_at),
    }


def serialize_media(media: Media) -> MediaOut:
    return {
        "id": media.id,
        "kind": MEDIA_KINDS.get(media.kind, "file"),
        "name": mask_secrets(strip_invisible(media.name)),
        "type": media.type,
        "size": media.size,
        "error": media.why,
    }


def serialize_channel(store: Store, ctx: ApiContext, conversation: Conversation) -> ChannelOut | None:
    """The conversation's app with its current limits; None on the web."""
    thread = store.threads.find_by_conversation(conversation.id)
    if thread is None:
        return None
    channel = ctx.channels.get((thread.address.channel, thread.address.account))
    limits: list[Any] = list(channel.limits_now(thread, ctx.clock())) if channel else []
    return {
        "name": thread.address.channel,
        "account": thread.address.account or None,
        "unreachable": thread.unreachable,
        "limits": limits,
        "file_limits": dict(find_file_limits(thread, ctx.channels)),
    }


def serialize_contacts(store: Store, ctx: ApiContext, conversation: Conversation) -> list[ContactOut]:
    """Where the customer says they can be reached, and from when on they were told that somebody answers."""
    hours = ctx.policy.for_channel(conversation.channel).hours
    packet = store.handoffs.load_last_packet(conversation.id)
    asked = datetime.fromisoformat(packet["created_at"]) if packet else ctx.clock()
    opening = None if hours.is_open(asked) else hours.find_next_opening(asked)
    return [
        {
            "kind": contact.kind,
            "value": contact.value,
            "writable": contact.account is not None,
            "answer_from": format_timestamp(opening),
        }
        for contact in list_contacts(store, conversation, ctx.build_contact_finder())
    ]


def serialize_links(store: Store, customer: str) -> list[LinkOut]:
    """The active links of a customer, with their proof."""
    return [
        {
            "id": row["id"],
            "customer": row["other"] if row["one"] == customer else row["one"],
            "proof": row["proof"],
            "reason": row["reason"],
            "created_at": format_timestamp(row["created_at"]),
        }
        for row in store.links.list_by_customer(customer)
    ]
