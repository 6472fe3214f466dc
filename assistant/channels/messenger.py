"""Messenger and Instagram: Meta's Messenger Platform, with what differs as data.

https://developers.facebook.com/docs/messenger-platform
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from assistant.channels.base import ChannelSetting
from assistant.channels.file_limits import INSTAGRAM_FILES, MESSENGER_FILES
from assistant.channels.formatting import TextLimits, count_utf8_bytes
from assistant.channels.http import parse_each, require_text, with_send_deadline
from assistant.channels.inbound_content import (
    UNKNOWN,
    MessageContent,
    is_sentence,
    join_words,
    try_parse_content,
)
from assistant.channels.meta import (
    APP_SECRET,
    VERIFY_TOKEN,
    WINDOW,
    MetaChannel,
    check_reply_window,
    is_from_agent,
)
from assistant.domain.channels import (
    Address,
    Attachment,
    ChannelEvent,
    MessageDeleted,
    MessageEdited,
    MessagePart,
    MessageReceived,
    OutboundFile,
    OutboundMessage,
    ReachabilityChanged,
    SendResult,
    Thread,
)

FILES = {"image": "image", "video": "video", "audio": "audio", "file": "file"}
#: Attachment types -> our media kinds; others are unknown.
THINGS = {
    "fallback": "link",
    "share": "post",
    "post": "post",
    "ig_post": "post",
    "reel": "post",
    "ig_reel": "post",
    "story_mention": "story",
    "ig_story": "story",
    "like_heart": "sticker",
    "animated_image": "sticker",
}
#: With the human agent tag agents may answer for this long, the assistant never.
AGENTS_WINDOW = timedelta(days=7)
PAGE_TOKEN = ChannelSetting(name="PAGE_TOKEN", description="Page access token with pages_messaging")
STEPS_JA = (
    "Meta for Developers > {app} > 設定: コールバックURLに {{webhook}} と確認トークンを入れて保存し、"
    "messages と messaging_postbacks を購読します。"
)
STEPS_EN = (
    "Meta for Developers > {app} > Settings: enter {{webhook}} and the verify token, save, subscribe to "
    "messages and messaging_postbacks."
)


class MessengerChannel(MetaChannel):
    name = "messenger"
    file_limits = MESSENGER_FILES
    text_limits = TextLimits(max_length=2000, buttons=13, label=20)
    token_setting = "PAGE_TOKEN"
    agents_window = AGENTS_WINDOW
    settings = (PAGE_TOKEN, APP_SECRET, VERIFY_TOKEN)
    steps: ClassVar[Mapping[str, str]] = {
        "ja": STEPS_JA.format(app="Messenger"),
        "en": STEPS_EN.format(app="Messenger"),
    }

    def _parse_entry(self, entry: dict[str, Any]) -> Iterator[ChannelEvent]:
        """Events of an entry; those under ``standby`` belong to another app that holds the conversation."""
        yield from parse_each(entry.get("messaging"), self._parse_event)

    def _parse_event(self, event: dict[str, Any]) -> list[ChannelEvent]:
        address = self.build_address(require_text(event["sender"]["id"]))
        if postback := event.get("postback"):
            return _parse_postback(postback, event, address)
        if reaction := event.get("reaction"):
            return _parse_reaction(reaction, event, address)
        if edit := event.get("message_edit"):
            id_, text = f"{require_text(edit['mid'])}:edit:{edit.get('num_edit')}", require_text(edit["text"])
            return [MessageEdited(id=id_, address=address, message_id=require_text(edit["mid"]), text=text)]
        message = event.get("message")
        if not message or message.get("is_echo"):
            return []
        mid = require_text(message["mid"])
        if message.get("is_deleted"):
            return [MessageDeleted(id=f"{mid}:deleted", address=address, message_id=mid)]
        return [
            MessageReceived(
                id=mid,
                address=address,
                message_id=mid,
                **try_parse_content(parse_content, message).event_fields,
            )
        ]

    @with_send_deadline
    async def send_part(self, outbound: OutboundMessage, part: MessagePart) -> SendResult:
        """A response within 24 hours; later only agents' messages, with the tag."""
        late = outbound.now - outbound.thread.heard_at > WINDOW
        check_reply_window(outbound, AGENTS_WINDOW if is_from_agent(outbound) else WINDOW)
        message: dict[str, Any] = {"text": part.texts[0]}
        if outbound.file:
            message = _build_file(outbound.file)
        if part.buttons:
            message["quick_replies"] = [
                {"content_type": "text", "title": _shorten_label(b.label), "payload": b.value[:1000]}
                for b in part.buttons
            ]
        way = (
            {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
            if late
            else {"messaging_type": "RESPONSE"}
        )
        to = {"recipient": {"id": outbound.thread.address.peer}}
        answer = await self._post_json("me/messages", {**to, **way, "message": message})
        return SendResult(id=answer.find_text("message_id"))

    async def send_typing_indicator(self, thread: Thread) -> None:
        to = {"recipient": {"id": thread.address.peer}}
        await self._post_json("me/messages", to | {"sender_action": "typing_on"})

    async def fetch_peer_name(self, thread: Thread) -> str | None:
        answer = await self._get_json(f"{quote(thread.address.peer, safe='')}?fields=name")
        return answer.find_text("name") or None if answer.is_ok else None

    async def fetch_media(self, source: str) -> bytes:
        return await self._download_file(source)


class InstagramChannel(MessengerChannel):
    """Instagram: the same platform with shorter messages of 1,000 bytes, or 333 Japanese characters."""

    name = "instagram"
    file_limits = INSTAGRAM_FILES
    text_limits = TextLimits(max_length=1000, measure=count_utf8_bytes, buttons=13, label=20)
    steps: ClassVar[Mapping[str, str]] = {
        "ja": STEPS_JA.format(app="Instagram"),
        "en": STEPS_EN.format(app="Instagram"),
    }


# -- message content


def parse_content(message: dict[str, Any]) -> MessageContent:
    """Text, files, and the first of the other attachments."""
    text = require_text(message.get("quick_reply", {}).get("payload") or message.get("text") or "")
    attachments = message.get("attachments") or ()
    files = tuple(parse_each(list(attachments), _parse_file))
    things = [
        try_parse_content(_parse_other_attachment, one) for one in attachments if not _is_file_attachment(one)
    ]
    if things and things[0].kind == "link" and text:  # the preview of an address in the text
        things = []
    if not things and not files and message.get("is_unsupported"):
        things = [UNKNOWN]
    thing = things[0] if things else MessageContent()
    return replace(thing, text=text, attachments=files)


def _is_file_attachment(attachment: Any) -> bool:
    return attachment["type"] in FILES and not attachment.get("payload", {}).get("sticker_id")


def _parse_file(attachment: dict[str, Any]) -> list[Attachment]:
    if not _is_file_attachment(attachment):
        return []
    return [Attachment(kind=FILES[attachment["type"]], source=require_text(attachment["payload"]["url"]))]


def _parse_other_attachment(attachment: dict[str, Any]) -> MessageContent:
    """Source: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messages"""
    inner = attachment.get("payload") or {}
    if inner.get("sticker_id"):
        return MessageContent(kind="sticker")
    if attachment["type"] == "template":
        elements = inner.get("product", {}).get("elements") or inner.get("elements") or ()
        return MessageContent(kind="product", about=join_words(*(one.get("title") for one in elements)))
    if attachment["type"] == "location":
        place = inner.get("coordinates", {})
        where = f"{place['lat']},{place['long']}" if place else None
        return MessageContent(kind="location", about=join_words(attachment.get("title"), where))
    title, url = inner.get("title") or attachment.get("title"), inner.get("url") or attachment.get("url")
    return MessageContent(kind=THINGS.get(attachment["type"], "unknown"), about=join_words(title, url))


def _parse_postback(postback: dict[str, Any], event: dict[str, Any], address: Address) -> list[ChannelEvent]:
    """A menu button: its payload if that is a sentence, else its title."""
    title, payload = postback.get("title"), postback.get("payload")
    id_ = postback.get("mid") or _derive_event_id("postback", event)
    if isinstance(payload, str) and payload.casefold().replace("_", "") == "getstarted":
        return [ReachabilityChanged(id=require_text(id_), address=address, greet=True)]
    words = payload if is_sentence(payload) else title or payload
    return [MessageReceived(id=require_text(id_), address=address, message_id=id_, text=require_text(words))]


def _parse_reaction(reaction: dict[str, Any], event: dict[str, Any], address: Address) -> list[ChannelEvent]:
    if reaction.get("action") != "react":
        return []
    id_, about = (
        _derive_event_id("reaction", event),
        join_words(reaction.get("emoji") or reaction.get("reaction")),
    )
    return [MessageReceived(id=id_, address=address, message_id=id_, text="", kind="reaction", about=about)]


def _derive_event_id(kind: str, event: dict[str, Any]) -> str:
    """A stable id for an event without one, so that redelivery is recognized."""
    told = json.dumps([event["sender"], event.get("timestamp"), event[kind]], sort_keys=True)
    return f"{kind}:{hashlib.sha256(told.encode()).hexdigest()[:40]}"


def _build_file(file: OutboundFile) -> dict[str, Any]:
    kind = "image" if file.is_image else "file"
    return {"attachment": {"type": kind, "payload": {"url": file.url, "is_reusable": False}}}


def _shorten_label(label: str) -> str:
    return label if len(label) <= 20 else label[:19] + "…"
