"""What could not be taken in, as it is kept: nothing that a customer sent is lost by our own mistake."""

import json
from dataclasses import asdict

from assistant.domain.channels import ChannelEvent
from assistant.domain.foreign_desks import DeskDelivery, DeskEvent, DeskLink
from assistant.domain.jobs import DeadEvent

#: Of a file's address, or of the file itself.
MAX_SOURCE_CHARACTERS = 2_000


def build_dead_event(event: ChannelEvent, where: str, why: str) -> DeadEvent:
    """With all that it said; a file that came inside the call only by its name, as it has no bounds."""
    values = asdict(event)
    for file in values.get("attachments", ()):
        file["source"] = file["source"][:MAX_SOURCE_CHARACTERS]
    content = json.dumps({"event": type(event).__name__} | values, ensure_ascii=False, default=str)
    return DeadEvent(where=where, peer=event.address.peer, why=why, content=content)


def build_dead_desk_event(event: DeskEvent, link: DeskLink, why: str) -> DeadEvent:
    """Kept by the conversation, with which it is erased."""
    content = json.dumps(asdict(event), ensure_ascii=False, default=str)
    return DeadEvent(where=link.conversation, peer=link.desk, why=why, content=content)


def build_dead_delivery(delivery: DeskDelivery, why: str) -> DeadEvent:
    """What a foreign desk never got: which step, and the words that are to be brought there by hand."""
    said = [message.text for message in delivery.messages[-1:]]
    content = json.dumps({"step": delivery.step, "key": delivery.key, "text": said}, ensure_ascii=False)
    return DeadEvent(where=delivery.link.conversation, peer=delivery.link.desk, why=why, content=content)
