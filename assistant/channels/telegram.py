"""Telegram: the Bot API. https://core.telegram.org/bots/api"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from assistant.channels import signatures
from assistant.channels.channel import AppChannel, Setting
from assistant.channels.face import Look, utf16_units
from assistant.channels.web_calls import Answer, call, download, each, json_of, refused, text_of
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

FILES = {"photo": "image", "video": "video", "voice": "audio", "audio": "audio", "document": "file"}


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

    def verify(self, call: Call) -> None:
        signatures.same(self.value("SECRET_TOKEN"), call.headers.get("x-telegram-bot-api-secret-token"))

    def parse(self, call: Call) -> list[Event]:
        return list(each([json_of(call.body)], self._update))

    def _update(self, update: dict[str, Any]) -> Sequence[Event]:
        event_id = str(int(update["update_id"]))
        if member := update.get("my_chat_member"):
            return self._member(member, event_id)
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
        kind = "sticker" if "sticker" in message else "location" if "location" in message else "text"
        text = message.get("text") or message.get("caption") or ""
        files = tuple(
            f for name, as_ in FILES.items() if name in message for f in [_file(message[name], as_)]
        )
        if not (text or files or kind != "text"):
            return ()
        sender = message["from"]
        return (
            Said(
                id=event_id,
                address=self.address(str(int(message["chat"]["id"]))),
                message_id=message_id,
                text=text_of(text) if kind == "text" else str(message.get("sticker", {}).get("emoji", "")),
                attachments=files,
                kind=kind,
                name=" ".join(filter(None, (sender.get("first_name"), sender.get("last_name")))) or None,
                locale=sender.get("language_code"),
            ),
        )

    def _member(self, member: dict[str, Any], event_id: str) -> Sequence[Event]:
        gone = member["new_chat_member"]["status"] == "kicked"
        address = self.address(str(int(member["chat"]["id"])))
        why = "the customer has blocked the bot on Telegram" if gone else None
        return (Reachable(id=event_id, address=address, why=why),)

    # -- out

    async def send(self, letter: Letter, part: Part) -> Sent:
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
        return Sent(id=f"{letter.thread.address.peer}:{answer.data['result']['message_id']}")

    async def typing(self, thread: Thread) -> None:
        await self._call("sendChatAction", {"chat_id": int(thread.address.peer), "action": "typing"})

    async def fetch(self, source: str) -> bytes:
        found = await self._call("getFile", {"file_id": source})
        if not found.ok:
            raise Undeliverable(f"Telegram does not give the file: {found.says}")
        token, path = self.value("BOT_TOKEN"), found.data["result"]["file_path"]
        return await download(self._client, f"{self._api}/file/bot{token}/{path}")

    async def check(self) -> Sequence[str]:
        """Credentials; registers the webhook and asks how its calls went."""
        me = await self._call("getMe", {})
        if not me.ok:
            raise SetupError(f"Telegram refuses our token: {me.says}; mend {self.variable('BOT_TOKEN')}.")
        url = f"{self._public_url}/v1/channels/telegram" + (f"/{self.account}" if self.account else "")
        body = {
            "url": url,
            "secret_token": self.value("SECRET_TOKEN"),
            "allowed_updates": ["message", "edited_message", "my_chat_member"],
        }
        put = await self._call("setWebhook", body)
        if not put.ok:
            raise SetupError(f"Telegram does not take {url} as webhook: {put.says}.")
        info = (await self._call("getWebhookInfo", {})).data.get("result", {})
        trouble = info.get("last_error_message")
        return [
            f"bot @{me.data['result']['username']}",
            f"webhook {url}",
            *([f"last error: {trouble}"] if trouble else []),
        ]

    async def _call(self, method: str, body: dict[str, Any]) -> Answer:
        return await call(
            self._client, "POST", f"{self._api}/bot{self.value('BOT_TOKEN')}/{method}", json=body
        )


def _file(file: Any, kind: str) -> Attachment:
    """The largest of a photo's sizes comes last."""
    one = file[-1] if isinstance(file, list) else file
    return Attachment(kind=kind, source=text_of(one["file_id"]), name=str(one.get("file_name", "")))
