"""Parses the content of LINE messages: text, files, locations, reply token."""

from datetime import UTC, datetime
from typing import Any

from assistant.channels.http import require_text
from assistant.channels.inbound_content import UNKNOWN, MessageContent, join_words
from assistant.domain.channels import Attachment

#: Milliseconds since 1970 that datetime can represent.
MAX_TIMESTAMP_MILLISECONDS = 253_402_300_000_000
FILES = {"image": "image", "video": "video", "audio": "audio", "file": "file"}


def parse_content(message: dict[str, Any]) -> MessageContent:
    """Source: https://developers.line.biz/en/reference/messaging-api/#message-event"""
    match message["type"]:
        case "text":
            return MessageContent(text=require_text(message["text"]))
        case "sticker":
            words = [message.get("text")] if message.get("text") else (message.get("keywords") or ())[:3]
            return MessageContent(kind="sticker", about=join_words(*words))
        case "location":
            return MessageContent(
                kind="location", about=join_words(message.get("title"), message.get("address"))
            )
        case kind if kind in FILES:
            return MessageContent(attachments=(_parse_file(message),))
    return UNKNOWN


def _parse_file(message: dict[str, Any]) -> Attachment:
    provider = message.get("contentProvider", {})
    external = provider.get("originalContentUrl", "") if provider.get("type") == "external" else ""
    source, name = require_text(external or message["id"]), str(message.get("fileName", ""))
    return Attachment(kind=FILES[message["type"]], source=source, name=name)


def extract_reply_token(event: dict[str, Any]) -> dict[str, str]:
    """The token for a free reply; none on redelivery, where it may be used up and a push is safe."""
    token, at = event.get("replyToken"), event.get("timestamp")
    if not isinstance(token, str) or not isinstance(at, int) or not 0 < at < MAX_TIMESTAMP_MILLISECONDS:
        return {}
    if event.get("deliveryContext", {}).get("isRedelivery"):
        return {}
    return {"reply_token": token, "token_at": datetime.fromtimestamp(at / 1000, UTC).isoformat()}


def extract_mention_text(text: str, message: dict[str, Any]) -> str | None:
    """The text of a group message without the mention of us; None when we are not mentioned."""
    mentions = [m for m in message.get("mention", {}).get("mentionees", ()) if m.get("isSelf")]
    units = text.encode("utf-16-le")  # LINE counts in UTF-16 units
    for mention in sorted(mentions, key=lambda m: -int(m["index"])):
        start, end = 2 * int(mention["index"]), 2 * (int(mention["index"]) + int(mention["length"]))
        units = units[:start] + units[end:]
    return units.decode("utf-16-le", "replace").strip() if mentions else None
