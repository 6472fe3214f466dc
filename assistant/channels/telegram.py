"""Telegram: the Bot API. https://core.telegram.org/bots/api"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from assistant.channels import signatures
from assistant.channels.allowed_hosts import Hosts
from assistant.channels.base import AppChannel, Setting
from assistant.channels.formatting import Look, utf16_units
from assistant.channels.http import Answer, call, download, each, in_time, json_of, refused, text_of
from assistant.channels.inbound_content import Content, content_of, listed
from assistant.domain.channels import (
    Attachment,
    Call,
    Edited,
    Event,
    Letter,
    Part,
    Reachable,
    Said,
    Sent,
    Thread,
)
from assistant.domain.errors import SetupError, Undeliverable

FILES = {
    "photo": "image",
    "video": "video",
    "video_note": "video",
    "voice": "audio",
    "audio": "audio",
    "document": "file",
}
LONGEST_LOCALE = 35
#: What the app itself notes in a private chat: nobody has said anything.
SERVICE = {
    "pinned_message",
    "message_auto_delete_timer_changed",
    "chat_background_set",
    "write_access_allowed",
    "connected_website",
    "boost_added",
    "successful_payment",
    "refunded_payment",
}


class Telegram(AppChannel):
    name = "telegram"
    api_url = "https://api.telegram.org"
    look = Look(longest=4096, measure=utf16_units, buttons=12, label=40)
    settings = (
        Setting(name="BOT_TOKEN", says="The token that BotFather gave"),
        Setting(name="SECRET_TOKEN", says="A secret of your own: 16-256 of A-Z a-z 0-9 _ -", ours=True),
    )
    steps: ClassVar[Mapping[str, str]] = {
        "ja": "コンソールでの設定はありません。"
        "`assistant channel check telegram` が {webhook} を登録します。",
        "en": "Nothing in a console: `assistant channel check telegram` registers {webhook}.",
    }

    def verify_webhook(self, call: Call) -> None:
        signatures.same(self.value("SECRET_TOKEN"), call.headers.get("x-telegram-bot-api-secret-token"))

    def parse_webhook(self, call: Call) -> list[Event]:
        return list(each([json_of(call.body)], self._update))

    def _update(self, update: dict[str, Any]) -> Sequence[Event]:
        event_id = str(int(update["update_id"]))
        if member := update.get("my_chat_member"):
            return self._member(member, event_id)
        if reaction := update.get("message_reaction"):
            return self._reacted(reaction, event_id)
        message = update.get("message") or update.get("edited_message")
        if message is None or message["chat"]["type"] != "private" or message["from"].get("is_bot"):
            return ()
        address = self.address(str(int(message["chat"]["id"])))
        message_id = f"{address.peer}:{int(message['message_id'])}"
        if "edited_message" in update:
            text = message.get("text") or message.get("caption") or ""
            return (Edited(id=event_id, address=address, message_id=message_id, text=text_of(text)),)
        if message.get("text", "").startswith("/start"):
            return (Reachable(id=event_id, address=address, greet=True),)
        return self._said(message, event_id, message_id)

    def _said(self, message: dict[str, Any], event_id: str, message_id: str) -> Sequence[Event]:
        if SERVICE & message.keys():
            return ()
        sender = message["from"]
        return (
            Said(
                id=event_id,
                address=self.address(str(int(message["chat"]["id"]))),
                message_id=message_id,
                **content_of(carried, message).parts,
                name=listed(sender.get("first_name"), sender.get("last_name")) or None,
                locale=listed(sender.get("language_code"))[:LONGEST_LOCALE] or None,
            ),
        )

    def _reacted(self, reaction: dict[str, Any], event_id: str) -> Sequence[Event]:
        emoji = listed(*(one.get("emoji") for one in reaction["new_reaction"]))
        if not emoji or reaction["chat"]["type"] != "private":
            return ()
        address = self.address(str(int(reaction["chat"]["id"])))
        id_ = f"reaction:{event_id}"
        return (Said(id=event_id, address=address, message_id=id_, text="", kind="reaction", about=emoji),)

    def _member(self, member: dict[str, Any], event_id: str) -> Sequence[Event]:
        gone = member["new_chat_member"]["status"] == "kicked"
        address = self.address(str(int(member["chat"]["id"])))
        why = "the customer has blocked the bot on Telegram" if gone else None
        return (Reachable(id=event_id, address=address, why=why),)

    # -- out

    @in_time
    async def send_part(self, letter: Letter, part: Part) -> Sent:
        """Choices are a keyboard that goes away with the answer; a tap sends its words."""
        keyboard: dict[str, Any] = {"remove_keyboard": True}
        if part.buttons:
            rows = [[{"text": button.value[:256]}] for button in part.buttons]
            keyboard = {"keyboard": rows, "one_time_keyboard": True, "resize_keyboard": True}
        body = {
            "chat_id": int(letter.thread.address.peer),
            "text": part.texts[0],
            "link_preview_options": {"is_disabled": True},
            "reply_markup": keyboard,
        }
        answer = await self._call("sendMessage", body)
        if answer.status == 403:
            raise Undeliverable(f"the customer has blocked the bot: {answer.says}", gone=True)
        if not answer.ok:
            raise refused(answer, token=self.variable("BOT_TOKEN"))
        number = answer.text("result", "message_id")
        return Sent(id=f"{letter.thread.address.peer}:{number}" if number else "")

    async def send_typing_indicator(self, thread: Thread) -> None:
        await self._call("sendChatAction", {"chat_id": int(thread.address.peer), "action": "typing"})

    async def fetch_media(self, source: str) -> bytes:
        found = await self._call("getFile", {"file_id": source})
        if not found.ok or not (path := found.text("result", "file_path")):
            raise Undeliverable(f"Telegram does not give the file: {found.says}")
        url = f"{self._api}/file/bot{self.value('BOT_TOKEN')}/{quote(path)}"
        return await download(self._client, url, Hosts(api=self._api))

    async def check_setup(self) -> Sequence[str]:
        """Credentials; registers the webhook and asks how its calls went."""
        me = await self._call("getMe", {})
        if not me.ok:
            raise SetupError(f"Telegram refuses our token: {me.says}; mend {self.variable('BOT_TOKEN')}.")
        url = f"{self._public_url}/v1/channels/telegram" + (f"/{self.account}" if self.account else "")
        body = {
            "url": url,
            "secret_token": self.value("SECRET_TOKEN"),
            "allowed_updates": ["message", "edited_message", "message_reaction", "my_chat_member"],
        }
        put = await self._call("setWebhook", body)
        if not put.ok:
            raise SetupError(f"Telegram does not take {url} as webhook: {put.says}.")
        trouble = (await self._call("getWebhookInfo", {})).text("result", "last_error_message")
        return [
            f"bot @{me.text('result', 'username')}",
            f"webhook {url}",
            *([f"last error: {trouble}"] if trouble else []),
        ]

    async def _call(self, method: str, body: dict[str, Any]) -> Answer:
        return await call(
            self._client, "POST", f"{self._api}/bot{self.value('BOT_TOKEN')}/{method}", json=body
        )


# -- what a message carries


def carried(message: dict[str, Any]) -> Content:
    """https://core.telegram.org/bots/api#message"""
    files = tuple(_file(message[name], kind) for name, kind in FILES.items() if name in message)
    text = text_of(message.get("text") or message.get("caption") or "")
    kind, about = _thing(message)
    if kind == "text" and not (text or files):
        kind = "unknown"
    return Content(text=text, kind=kind, about=about, attachments=files)


def _thing(message: dict[str, Any]) -> tuple[str, str]:
    """What came besides words and files: its kind and what people should know of it."""
    if "sticker" in message:
        return "sticker", listed(message["sticker"].get("emoji"))
    if "location" in message:
        place = message.get("venue", {})
        return "location", listed(place.get("title"), place.get("address"))
    if contact := message.get("contact"):
        return "contact", listed(contact.get("first_name"), contact.get("last_name"), contact["phone_number"])
    if poll := message.get("poll"):
        return "poll", listed(poll["question"], *(one.get("text") for one in poll.get("options", ())))
    if dice := message.get("dice"):
        return "dice", listed(dice["emoji"], str(dice["value"]))
    if data := message.get("web_app_data"):
        return "form", listed(data.get("button_text"), data.get("data"))
    return ("story", "") if "story" in message else ("text", "")


def _file(file: Any, kind: str) -> Attachment:
    """The largest of a photo's sizes comes last."""
    one = file[-1] if isinstance(file, list) else file
    return Attachment(kind=kind, source=text_of(one["file_id"]), name=str(one.get("file_name", "")))
