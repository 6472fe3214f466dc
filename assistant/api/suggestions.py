"""JSON of suggested replies for agents."""

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.api.packet_responses import PacketOut
from assistant.api.reply_html import render_reply
from assistant.domain.suggested_replies import SOURCE_MARKER


def render_suggestion(text: str, hosts: Sequence[str]) -> str:
    """HTML without citation markers: customers would not see the sources."""
    return render_reply(SOURCE_MARKER.sub("", text), allowed_hosts=hosts)


def serialize_handoff(packet: Mapping[str, Any] | None, hosts: Sequence[str]) -> PacketOut | None:
    """A handoff packet, with HTML for each of its suggestions."""
    if packet is None:
        return None
    suggested = [
        {**one, "html": render_suggestion(one["text"], hosts)} for one in packet.get("suggested", ())
    ]
    shown: Any = {**packet, "suggested": suggested}
    return shown  # type: ignore[no-any-return]  # it was stored as JSON; FastAPI checks it
