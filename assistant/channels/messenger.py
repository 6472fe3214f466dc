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

from assistant.channels.base import Setting
from assistant.channels.formatting import Look, utf8_bytes
from assistant.channels.http import each, in_time, text_of
from assistant.channels.inbound_content import UNKNOWN, Content, content_of, is_words, listed
from assistant.channels.meta import APP_SECRET, VERIFY_TOKEN, WINDOW, MetaChannel, by_person, in_window
from assistant.domain.channels import (
    Address,
    Attachment,
    Edited,
    Event,
    Letter,
    Part,
    Reachable,
    Said,
    Sent,
    Thread,
    Unsent,
)

FILES = {"image": "image", "video": "video", "audio": "audio", "file": "file"}
#: Other attachments, as we call them; the rest is of a kind that we do not know.
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
#: With the tag for it, people may answer this long; never the assistant.
AGENTS_WINDOW = timedelta(days=7)
PAGE_TOKEN = Setting(name="PAGE_TOKEN", says="Page access token with pages_messaging")
STEPS_JA = (
    "Meta for Developers > {app} > 設定: コールバックURLに {{webhook}} と確認トークンを入れて保存し、"
    "messages と messaging_postbacks を購読します。"
)
STEPS_EN = (
    "Meta for Developers > {app} > Settings: enter {{webhook}} and the verify token, save, subscribe to "
    "messages and messaging_postbacks."
)


class Messenger(MetaChannel):
    name = "messenger"
    look = Look(longest=2000, buttons=13, label=20)
    token_setting = "PAGE_TOKEN"
    agents_window = AGENTS_WINDOW
    settings = (PAGE_TOKEN, APP_SECRET, VERIFY_TOKEN)
    steps: ClassVar[Mapping[str, str]] = {
        "ja": STEPS_JA.format(app="Messenger"),
        "en": STEPS_EN.format(app="Messenger"),
    }

    def _entry(self, entry: dict[str, Any]) -> Iterator[Event]:
        """Events under ``standby`` belong to another app that has the conversation now."""
        yield from each(entry.get("messaging"), self._event)

    def _event(self, event: dict[str, Any]) -> list[Event]:
        address = self.address(text_of(event["sender"]["id"]))
        if postback := event.get("postback"):
            return _pressed(postback, event, address)
        if reaction := event.get("reaction"):
            return _reacted(reaction, event, address)
        if edit := event.get("message_edit"):
            id_, text = f"{text_of(edit['mid'])}:edit:{edit.get('num_edit')}", text_of(edit["text"])
            return [Edited(id=id_, address=address, message_id=text_of(edit["mid"]), text=text)]
        message = event.get("message")
        if not message or message.get("is_echo"):
            return []
        mid = text_of(message["mid"])
        if message.get("is_deleted"):
            return [Unsent(id=f"{mid}:deleted", address=address, message_id=mid)]
        return [Said(id=mid, address=address, message_id=mid, **content_of(carried, message).parts)]

    @in_time
    async def send_part(self, letter: Letter, part: Part) -> Sent:
        """An answer in the first day; later only what a person wrote, marked as such."""
        late = letter.now - letter.thread.heard_at > WINDOW
        in_window(letter, AGENTS_WINDOW if by_person(letter) else WINDOW)
        message: dict[str, Any] = {"text": part.texts[0]}
        if part.buttons:
            message["quick_replies"] = [
                {"content_type": "text", "title": _short(b.label), "payload": b.value[:1000]}
                for b in part.buttons
            ]
        way = (
            {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
            if late
            else {"messaging_type": "RESPONSE"}
        )
        to = {"recipient": {"id": letter.thread.address.peer}}
        answer = await self._post("me/messages", {**to, **way, "message": message})
        return Sent(id=answer.text("message_id"))

    async def send_typing_indicator(self, thread: Thread) -> None:
        to = {"recipient": {"id": thread.address.peer}}
        await self._post("me/messages", to | {"sender_action": "typing_on"})

    async def fetch_peer_name(self, thread: Thread) -> str | None:
        answer = await self._get(f"{quote(thread.address.peer, safe='')}?fields=name")
        return answer.text("name") or None if answer.ok else None

    async def fetch_media(self, source: str) -> bytes:
        return await self._download(source)


class Instagram(Messenger):
    """The same platform with shorter messages: a thousand bytes, which are 333 Japanese characters."""

    name = "instagram"
    look = Look(longest=1000, measure=utf8_bytes, buttons=13, label=20)
    steps: ClassVar[Mapping[str, str]] = {
        "ja": STEPS_JA.format(app="Instagram"),
        "en": STEPS_EN.format(app="Instagram"),
    }


# -- what a message carries


def carried(message: dict[str, Any]) -> Content:
    """Words, files, and the first of whatever else is attached."""
    text = text_of(message.get("quick_reply", {}).get("payload") or message.get("text") or "")
    attachments = message.get("attachments") or ()
    files = tuple(each(list(attachments), _file))
    things = [content_of(_thing, one) for one in attachments if not _is_file(one)]
    if things and things[0].kind == "link" and text:  # the preview of an address that stands in the words
        things = []
    if not things and not files and message.get("is_unsupported"):
        things = [UNKNOWN]
    thing = things[0] if things else Content()
    return replace(thing, text=text, attachments=files)


def _is_file(attachment: Any) -> bool:
    return attachment["type"] in FILES and not attachment.get("payload", {}).get("sticker_id")


def _file(attachment: dict[str, Any]) -> list[Attachment]:
    if not _is_file(attachment):
        return []
    return [Attachment(kind=FILES[attachment["type"]], source=text_of(attachment["payload"]["url"]))]


def _thing(attachment: dict[str, Any]) -> Content:
    """https://developers.facebook.com/docs/messenger-platform/reference/webhook-events/messages"""
    inner = attachment.get("payload") or {}
    if inner.get("sticker_id"):
        return Content(kind="sticker")
    if attachment["type"] == "template":
        elements = inner.get("product", {}).get("elements") or inner.get("elements") or ()
        return Content(kind="product", about=listed(*(one.get("title") for one in elements)))
    if attachment["type"] == "location":
        place = inner.get("coordinates", {})
        where = f"{place['lat']},{place['long']}" if place else None
        return Content(kind="location", about=listed(attachment.get("title"), where))
    title, url = inner.get("title") or attachment.get("title"), inner.get("url") or attachment.get("url")
    return Content(kind=THINGS.get(attachment["type"], "unknown"), about=listed(title, url))


def _pressed(postback: dict[str, Any], event: dict[str, Any], address: Address) -> list[Event]:
    """A button of a menu: its words; a name for programs is none, so its title is."""
    title, payload = postback.get("title"), postback.get("payload")
    id_ = postback.get("mid") or _made_id("postback", event)
    if isinstance(payload, str) and payload.casefold().replace("_", "") == "getstarted":
        return [Reachable(id=text_of(id_), address=address, greet=True)]
    words = payload if is_words(payload) else title or payload
    return [Said(id=text_of(id_), address=address, message_id=id_, text=text_of(words))]


def _reacted(reaction: dict[str, Any], event: dict[str, Any], address: Address) -> list[Event]:
    if reaction.get("action") != "react":
        return []
    id_, about = _made_id("reaction", event), listed(reaction.get("emoji") or reaction.get("reaction"))
    return [Said(id=id_, address=address, message_id=id_, text="", kind="reaction", about=about)]


def _made_id(kind: str, event: dict[str, Any]) -> str:
    """Of an event that has none: the same for a second delivery of it."""
    told = json.dumps([event["sender"], event.get("timestamp"), event[kind]], sort_keys=True)
    return f"{kind}:{hashlib.sha256(told.encode()).hexdigest()[:40]}"


def _short(label: str) -> str:
    return label if len(label) <= 20 else label[:19] + "…"
