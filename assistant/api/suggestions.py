"""JSON of suggested replies for agents."""

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.api.reply_html import render_reply
from assistant.domain.suggested_replies import SOURCE_MARKER


def serialize_suggestions(
    suggestions: Sequence[Mapping[str, Any]], hosts: Sequence[str]
) -> list[dict[str, Any]]:
    """The suggestions with HTML, without citation markers: customers would not see the sources."""
    return [
        {**one, "html": render_reply(SOURCE_MARKER.sub("", one["text"]), allowed_hosts=hosts)}
        for one in suggestions
    ]


def serialize_handoff(packet: Mapping[str, Any] | None, hosts: Sequence[str]) -> dict[str, Any] | None:
    """A handoff packet with its suggestions."""
    if packet is None:
        return None
    return {**packet, "suggested": serialize_suggestions(packet.get("suggested", ()), hosts)}
