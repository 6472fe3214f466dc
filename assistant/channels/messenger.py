"""Messenger and Instagram: Meta's Messenger Platform, with what differs as data.

https://developers.facebook.com/docs/messenger-platform
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, ClassVar

from assistant.channels.channel import Setting
from assistant.channels.face import Look, utf8_bytes
from assistant.channels.meta import APP_SECRET, VERIFY_TOKEN, WINDOW, MetaChannel, by_person, in_window
from assistant.channels.web_calls import each, text_of
from assistant.domain.channels import Attachment, Event, Letter, Part, Said, Sent, Thread, Unsent

FILES = {"image": "image", "video": "video", "audio": "audio", "file": "file"}
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
            mid = text_of(postback["mid"])
            return [Said(id=mid, address=address, message_id=mid, text=text_of(postback["payload"]))]
        message = event.get("message")
        if not message or message.get("is_echo"):
            return []
        mid = text_of(message["mid"])
        if message.get("is_deleted"):
            return [Unsent(id=f"{mid}:deleted", address=address, message_id=mid)]
        text = message.get("quick_reply", {}).get("payload") or message.get("text", "")
        files = list(each(message.get("attachments"), _file))
        sticker = any(a.get("payload", {}).get("sticker_id") for a in message.get("attachments", ()))
        return [
            Said(
                id=mid,
                address=address,
                message_id=mid,
                text="" if sticker else text_of(text),
                attachments=() if sticker else tuple(files),
                kind="sticker" if sticker else "text",
            )
        ]

    async def send(self, letter: Letter, part: Part) -> Sent:
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
        return Sent(id=str(answer.data.get("message_id", "")))

    async def typing(self, thread: Thread) -> None:
        to = {"recipient": {"id": thread.address.peer}}
        await self._post("me/messages", to | {"sender_action": "typing_on"})

    async def name_of(self, thread: Thread) -> str | None:
        answer = await self._get(f"{thread.address.peer}?fields=name")
        name = answer.data.get("name") if answer.ok else None
        return name if isinstance(name, str) else None

    async def fetch(self, source: str) -> bytes:
        return await self._download(source)


class Instagram(Messenger):
    """The same platform with shorter messages: a thousand bytes, which are 333 Japanese characters."""

    name = "instagram"
    look = Look(longest=1000, measure=utf8_bytes, buttons=13, label=20)
    steps: ClassVar[Mapping[str, str]] = {
        "ja": STEPS_JA.format(app="Instagram"),
        "en": STEPS_EN.format(app="Instagram"),
    }


def _file(attachment: dict[str, Any]) -> list[Attachment]:
    if attachment["type"] not in FILES:
        return []
    return [Attachment(kind=FILES[attachment["type"]], source=text_of(attachment["payload"]["url"]))]


def _short(label: str) -> str:
    return label if len(label) <= 20 else label[:19] + "…"
