"""Telegram: the Bot API. https://core.telegram.org/bots/api"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from assistant.channels import signatures
from assistant.channels.allowed_hosts import FileHosts
from assistant.channels.base import BaseChannel, ChannelSetting
from assistant.channels.file_limits import ANY_FILE
from assistant.channels.formatting import TextLimits, count_utf16_units
from assistant.channels.http import (
    FILE_SECONDS,
    ApiResponse,
    build_refusal,
    call_api,
    download_file,
    parse_each,
    parse_json_object,
    require_text,
    with_send_deadline,
)
from assistant.channels.inbound_content import MessageContent, join_words, try_parse_content
from assistant.domain.channels import (
    Attachment,
    ChannelEvent,
    MessageEdited,
    MessagePart,
    MessageReceived,
    OutboundFile,
    OutboundMessage,
    ReachabilityChanged,
    SendResult,
    Thread,
    WebhookRequest,
)
from assistant.domain.errors import SetupError, Undeliverable
from assistant.domain.messages import Button

FILES = {
    "photo": "image",
    "video": "video",
    "video_note": "video",
    "voice": "audio",
    "audio": "audio",
    "document": "file",
}
#: Pictures that it takes as photos.
PHOTO_TYPES = {"image/png", "image/jpeg"}
MAX_LOCALE_CHARACTERS = 35
#: Keys as short as a number stand side by side.
MAX_NARROW_CHARACTERS = 2
MAX_KEYS_IN_ROW = 6
#: Service messages of private chats, which have no content.
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


class TelegramChannel(BaseChannel):
    name = "telegram"
    api_url = "https://api.telegram.org"
    file_limits = ANY_FILE
    text_limits = TextLimits(max_length=4096, measure=count_utf16_units, buttons=12, label=40)
    settings = (
        ChannelSetting(name="BOT_TOKEN", description="The token that BotFather gave"),
        ChannelSetting(
            name="SECRET_TOKEN",
            description="A secret of your own: 16-256 of A-Z a-z 0-9 _ -",
            is_generated=True,
        ),
    )
    steps: ClassVar[Mapping[str, str]] = {
        "ja": "コンソールでの設定はありません。"
        "`assistant channel check telegram` が {webhook} を登録します。",
        "en": "Nothing in a console: `assistant channel check telegram` registers {webhook}.",
    }

    def verify_webhook(self, call: WebhookRequest) -> None:
        signatures.verify_signature(
            self.get_setting("SECRET_TOKEN"), call.headers.get("x-telegram-bot-api-secret-token")
        )

    def parse_webhook(self, call: WebhookRequest) -> list[ChannelEvent]:
        return list(parse_each([parse_json_object(call.body)], self._parse_update))

    def _parse_update(self, update: dict[str, Any]) -> Sequence[ChannelEvent]:
        event_id = str(int(update["update_id"]))
        if member := update.get("my_chat_member"):
            return self._parse_membership(member, event_id)
        if reaction := update.get("message_reaction"):
            return self._parse_reaction(reaction, event_id)
        message = update.get("message") or update.get("edited_message")
        if message is None or message["chat"]["type"] != "private" or message["from"].get("is_bot"):
            return ()
        address = self.build_address(str(int(message["chat"]["id"])))
        message_id = f"{address.peer}:{int(message['message_id'])}"
        if "edited_message" in update:
            text = message.get("text") or message.get("caption") or ""
            return (
                MessageEdited(id=event_id, address=address, message_id=message_id, text=require_text(text)),
            )
        if message.get("text", "").startswith("/start"):
            return (ReachabilityChanged(id=event_id, address=address, greet=True),)
        return self._parse_message(message, event_id, message_id)

    def _parse_message(
        self, message: dict[str, Any], event_id: str, message_id: str
    ) -> Sequence[ChannelEvent]:
        if SERVICE & message.keys():
            return ()
        sender = message["from"]
        return (
            MessageReceived(
                id=event_id,
                address=self.build_address(str(int(message["chat"]["id"]))),
                message_id=message_id,
                **try_parse_content(parse_content, message).event_fields,
                name=join_words(sender.get("first_name"), sender.get("last_name")) or None,
                locale=join_words(sender.get("language_code"))[:MAX_LOCALE_CHARACTERS] or None,
            ),
        )

    def _parse_reaction(self, reaction: dict[str, Any], event_id: str) -> Sequence[ChannelEvent]:
        emoji = join_words(*(one.get("emoji") for one in reaction["new_reaction"]))
        if not emoji or reaction["chat"]["type"] != "private":
            return ()
        address = self.build_address(str(int(reaction["chat"]["id"])))
        id_ = f"reaction:{event_id}"
        return (
            MessageReceived(
                id=event_id, address=address, message_id=id_, text="", kind="reaction", about=emoji
            ),
        )

    def _parse_membership(self, member: dict[str, Any], event_id: str) -> Sequence[ChannelEvent]:
        gone = member["new_chat_member"]["status"] == "kicked"
        address = self.build_address(str(int(member["chat"]["id"])))
        why = "the customer has blocked the bot on Telegram" if gone else None
        return (ReachabilityChanged(id=event_id, address=address, why=why),)

    # -- sending

    @with_send_deadline
    async def send_part(self, outbound: OutboundMessage, part: MessagePart) -> SendResult:
        """Choices are a one-time keyboard; a tap sends the choice's text."""
        body = {
            "chat_id": int(outbound.thread.address.peer),
            "text": part.texts[0],
            "link_preview_options": {"is_disabled": True},
            "reply_markup": build_keyboard(part.buttons),
        }
        file = outbound.file
        answer = await (self._send_file(outbound, file) if file else self._call_method("sendMessage", body))
        if answer.status == 403:
            raise Undeliverable(f"the customer has blocked the bot: {answer.error_message}", gone=True)
        if not answer.is_ok:
            raise build_refusal(answer, token=self.get_variable_name("BOT_TOKEN"))
        number = answer.find_text("result", "message_id")
        return SendResult(id=f"{outbound.thread.address.peer}:{number}" if number else "")

    async def _send_file(self, outbound: OutboundMessage, file: OutboundFile) -> ApiResponse:
        """A picture that phones show, everything else as a document, as Telegram would send it on."""
        method, name = ("sendPhoto", "photo") if file.type in PHOTO_TYPES else ("sendDocument", "document")
        return await call_api(
            self._client,
            "POST",
            f"{self._api}/bot{self.get_setting('BOT_TOKEN')}/{method}",
            data={"chat_id": outbound.thread.address.peer},
            files={name: (file.name, file.data, file.type)},
            seconds=FILE_SECONDS,
        )

    async def send_typing_indicator(self, thread: Thread) -> None:
        await self._call_method("sendChatAction", {"chat_id": int(thread.address.peer), "action": "typing"})

    async def fetch_media(self, source: str) -> bytes:
        found = await self._call_method("getFile", {"file_id": source})
        if not found.is_ok or not (path := found.find_text("result", "file_path")):
            raise Undeliverable(f"Telegram does not give the file: {found.error_message}")
        url = f"{self._api}/file/bot{self.get_setting('BOT_TOKEN')}/{quote(path)}"
        return await download_file(self._client, url, FileHosts(api=self._api))

    async def check_setup(self) -> Sequence[str]:
        """Check credentials, register the webhook, and report its last errors."""
        me = await self._call_method("getMe", {})
        if not me.is_ok:
            raise SetupError(
                f"Telegram refuses our token: {me.error_message}; mend {self.get_variable_name('BOT_TOKEN')}."
            )
        url = f"{self._public_url}/v1/channels/telegram" + (f"/{self.account}" if self.account else "")
        body = {
            "url": url,
            "secret_token": self.get_setting("SECRET_TOKEN"),
            "allowed_updates": ["message", "edited_message", "message_reaction", "my_chat_member"],
        }
        put = await self._call_method("setWebhook", body)
        if not put.is_ok:
            raise SetupError(f"Telegram does not take {url} as webhook: {put.error_message}.")
        problem = (await self._call_method("getWebhookInfo", {})).find_text("result", "last_error_message")
        return [
            f"bot @{me.find_text('result', 'username')}",
            f"webhook {url}",
            *([f"last error: {problem}"] if problem else []),
        ]

    async def _call_method(self, method: str, body: dict[str, Any]) -> ApiResponse:
        return await call_api(
            self._client, "POST", f"{self._api}/bot{self.get_setting('BOT_TOKEN')}/{method}", json=body
        )


# -- message content


def parse_content(message: dict[str, Any]) -> MessageContent:
    """Source: https://core.telegram.org/bots/api#message"""
    files = tuple(_parse_file(message[name], kind) for name, kind in FILES.items() if name in message)
    text = require_text(message.get("text") or message.get("caption") or "")
    kind, about = _parse_other_content(message)
    if kind == "text" and not (text or files):
        kind = "unknown"
    return MessageContent(text=text, kind=kind, about=about, attachments=files)


def _parse_other_content(message: dict[str, Any]) -> tuple[str, str]:
    """Other content than text and files: its kind and a description for agents."""
    if "sticker" in message:
        return "sticker", join_words(message["sticker"].get("emoji"))
    if "location" in message:
        place = message.get("venue", {})
        return "location", join_words(place.get("title"), place.get("address"))
    if contact := message.get("contact"):
        return "contact", join_words(
            contact.get("first_name"), contact.get("last_name"), contact["phone_number"]
        )
    if poll := message.get("poll"):
        return "poll", join_words(poll["question"], *(one.get("text") for one in poll.get("options", ())))
    if dice := message.get("dice"):
        return "dice", join_words(dice["emoji"], str(dice["value"]))
    if data := message.get("web_app_data"):
        return "form", join_words(data.get("button_text"), data.get("data"))
    return ("story", "") if "story" in message else ("text", "")


def _parse_file(file: Any, kind: str) -> Attachment:
    """The largest of a photo's sizes comes last."""
    one = file[-1] if isinstance(file, list) else file
    return Attachment(kind=kind, source=require_text(one["file_id"]), name=str(one.get("file_name", "")))


def build_keyboard(choices: Sequence[Button]) -> dict[str, Any]:
    """The choices below one another, numbers side by side; without any, the last keyboard goes away."""
    keys = [{"text": choice.value[:256]} for choice in choices]
    if not keys:
        return {"remove_keyboard": True}
    is_narrow = all(len(key["text"]) <= MAX_NARROW_CHARACTERS for key in keys)
    wide = MAX_KEYS_IN_ROW if is_narrow else 1
    rows = [keys[at : at + wide] for at in range(0, len(keys), wide)]
    return {"keyboard": rows, "one_time_keyboard": True, "resize_keyboard": True}
