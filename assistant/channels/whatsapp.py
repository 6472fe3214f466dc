"""WhatsApp: the Cloud API. https://developers.facebook.com/docs/whatsapp/cloud-api"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from assistant.channels.base import ChannelSetting
from assistant.channels.file_limits import WHATSAPP_FILES
from assistant.channels.formatting import TextLimits
from assistant.channels.http import (
    ApiResponse,
    parse_each,
    parse_json_object,
    require_text,
    with_send_deadline,
)
from assistant.channels.inbound_content import MessageContent, is_sentence, join_words, try_parse_content
from assistant.channels.meta import APP_SECRET, VERIFY_TOKEN, WINDOW, MetaChannel, check_reply_window
from assistant.domain.channels import (
    Attachment,
    ChannelEvent,
    DeliveryUpdate,
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
from assistant.domain.errors import Undeliverable
from assistant.domain.messages import Button

FILES = {"image": "image", "video": "video", "audio": "audio", "voice": "audio", "document": "file"}
#: Meta's error codes: the 24 hours are over; the recipient cannot be reached.
WINDOW_CLOSED = {131047, 470}
UNREACHABLE = {131026, 131051}
MAX_BUTTONS = 3
MAX_LIST_ROWS = 10
MAX_LABEL_CHARACTERS = 20
MAX_ROW_LABEL_CHARACTERS = 24


class WhatsAppChannel(MetaChannel):
    name = "whatsapp"
    trusted = ("lookaside.fbsbx.com",)
    file_limits = WHATSAPP_FILES
    text_limits = TextLimits(max_length=1024, bold="*", buttons=MAX_LIST_ROWS, label=MAX_ROW_LABEL_CHARACTERS)
    settings = (
        ChannelSetting(
            name="PHONE_NUMBER_ID", description="Phone number ID, on WhatsApp > API setup", secret=False
        ),
        ChannelSetting(
            name="ACCESS_TOKEN",
            description="Permanent token of a system user with whatsapp_business_messaging",
        ),
        APP_SECRET,
        VERIFY_TOKEN,
        ChannelSetting(
            name="TEMPLATE",
            description="Name of an approved template with one parameter, sent when the 24 hours are over",
            secret=False,
            required=False,
        ),
    )
    steps: ClassVar[Mapping[str, str]] = {
        "ja": "Meta for Developers > WhatsApp > 設定: "
        "コールバックURLに {webhook} と確認トークンを入れて「確認して保存」、"
        "Webhookフィールドの messages を購読します。",
        "en": "Meta for Developers > WhatsApp > Configuration: enter {webhook} and the verify token, press "
        "Verify and save, subscribe to the field messages.",
    }

    @property
    def has_template(self) -> bool:
        return bool(self.get_setting("TEMPLATE"))

    def _parse_entry(self, entry: dict[str, Any]) -> Iterator[ChannelEvent]:
        yield from parse_each(entry.get("changes"), self._parse_change)

    def _parse_change(self, change: dict[str, Any]) -> list[ChannelEvent]:
        value = change["value"]
        if value.get("metadata", {}).get("phone_number_id") != self.get_setting("PHONE_NUMBER_ID"):
            return []
        names = dict(parse_each(value.get("contacts"), _parse_contact_name))
        said = parse_each(value.get("messages"), partial(self._parse_message, names=names))
        return [*said, *parse_each(value.get("statuses"), self._parse_status)]

    def _parse_message(self, message: dict[str, Any], names: dict[str, str]) -> list[ChannelEvent]:
        kind, id_ = message["type"], require_text(message["id"])
        peer = require_text(message.get("from") or message["from_user_id"])
        address = self.build_address(peer)
        if kind == "system" or (kind == "reaction" and not message["reaction"].get("emoji")):
            return []  # a change of number, or a removed reaction
        if kind == "request_welcome":
            return [ReachabilityChanged(id=id_, address=address, greet=True)]
        if kind == "revoke":
            return [
                MessageDeleted(
                    id=id_, address=address, message_id=require_text(message[kind]["original_message_id"])
                )
            ]
        if kind == "edit":
            edit = message["edit"]
            text, before = (
                require_text(parse_content(edit["message"]).text),
                require_text(edit["original_message_id"]),
            )
            return [MessageEdited(id=id_, address=address, message_id=before, text=text)]
        return [
            MessageReceived(
                id=id_,
                address=address,
                message_id=id_,
                **try_parse_content(parse_content, message).event_fields,
                name=names.get(peer) or None,
                context={"last_id": id_},
            )
        ]

    def _parse_status(self, status: dict[str, Any]) -> list[ChannelEvent]:
        """A delivery status; they come in any order and repeatedly."""
        errors = status.get("errors") or [{}]
        why = errors[0].get("title") or errors[0].get("message")
        state = require_text(status["status"])
        return [
            DeliveryUpdate(
                id=f"{require_text(status['id'])}:{state}",
                address=self.build_address(
                    require_text(status.get("recipient_id") or status["recipient_user_id"])
                ),
                platform_id=status["id"],
                status=state,
                why=f"WhatsApp: {why}" if why else None,
            )
        ]

    # -- sending

    @with_send_deadline
    async def send_part(self, outbound: OutboundMessage, part: MessagePart) -> SendResult:
        late = outbound.now - outbound.thread.heard_at > WINDOW
        if outbound.file:
            check_reply_window(outbound, WINDOW)
            content = _build_file(outbound.file)
        else:
            content = self._build_template(outbound, part) if late else _build_content(part)
        to = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            # A recipient with a user name has no number; their id is never only digits.
            "to" if outbound.thread.address.peer.isdigit() else "recipient": outbound.thread.address.peer,
        }
        answer = await self._post_json(f"{self.get_setting('PHONE_NUMBER_ID')}/messages", to | content)
        return SendResult(id=answer.find_text("messages", 0, "id"))

    def _build_template(self, outbound: OutboundMessage, part: MessagePart) -> dict[str, Any]:
        """An approved template with our text: all that may be sent after 24 hours."""
        if not (name := self.get_setting("TEMPLATE")):
            raise Undeliverable(
                "the 24 hours after the customer's last message are over, and no template is set "
                f"({self.get_variable_name('TEMPLATE')})"
            )
        words = {"type": "text", "text": " ".join(part.texts[0].split())[:1024]}
        return {
            "type": "template",
            "template": {
                "name": name,
                "language": {"code": outbound.message.language or "en"},
                "components": [{"type": "body", "parameters": [words]}],
            },
        }

    def _build_refusal(self, answer: ApiResponse) -> Undeliverable:
        code = answer.find_value("error", "code")
        if code in WINDOW_CLOSED:
            return Undeliverable("the 24 hours after the customer's last message are over")
        if code in UNREACHABLE:
            return Undeliverable(f"WhatsApp cannot reach this number: {answer.error_message}", gone=True)
        return super()._build_refusal(answer)

    async def send_typing_indicator(self, thread: Thread) -> None:
        """Mark as read and show the typing indicator, which ends with the next message or after 25
        seconds.
        """
        if last := thread.context.get("last_id"):
            seen = {"messaging_product": "whatsapp", "status": "read", "message_id": last}
            await self._post_json(
                f"{self.get_setting('PHONE_NUMBER_ID')}/messages",
                seen | {"typing_indicator": {"type": "text"}},
            )

    async def fetch_media(self, source: str) -> bytes:
        found = await self._get_json(quote(source, safe=""))
        if not found.is_ok or not found.find_text("url"):
            raise Undeliverable(f"WhatsApp does not give the file: {found.error_message}")
        return await self._download_file(found.find_text("url"))

    @property
    def _own_node(self) -> str:
        return self.get_setting("PHONE_NUMBER_ID")


# -- message content


def _parse_contact_name(contact: dict[str, Any]) -> list[tuple[str, str]]:
    profile = contact.get("profile") or {}
    peer = contact.get("wa_id") or contact["user_id"]
    return [(require_text(peer), join_words(profile.get("name") or profile.get("username")))]


def parse_content(message: dict[str, Any]) -> MessageContent:
    """By message type; what this API cannot carry comes as `unsupported`."""
    kind = message["type"]
    inner: Any = message.get(kind)
    if kind == "text":
        product = message.get("context", {}).get("referred_product")
        about = join_words(product["product_retailer_id"]) if product else ""
        return MessageContent(
            text=require_text(inner["body"]), kind="product" if product else "text", about=about
        )
    if kind == "interactive":
        return _parse_choice(inner)
    if kind == "button":
        payload = inner.get("payload")
        return MessageContent(text=payload if is_sentence(payload) else require_text(inner["text"]))
    if kind in FILES:
        file = Attachment(
            kind=FILES[kind], source=require_text(inner["id"]), name=str(inner.get("filename") or "")
        )
        return MessageContent(text=inner.get("caption") or "", attachments=(file,))
    if kind == "location":
        return MessageContent(kind=kind, about=join_words(inner.get("name"), inner.get("address")))
    if kind == "contacts":
        return MessageContent(
            kind="contact", about=join_words(*(part for one in inner for part in _list_contact_parts(one)))
        )
    if kind == "order":
        items = (f"{one['product_retailer_id']} ×{one['quantity']}" for one in inner["product_items"])
        return MessageContent(
            kind="order", text=require_text(inner.get("text") or ""), about=join_words(*items)
        )
    if kind == "reaction":
        return MessageContent(kind=kind, about=join_words(inner["emoji"]))
    return MessageContent(kind="sticker" if kind == "sticker" else "unknown")


def _parse_choice(interactive: dict[str, Any]) -> MessageContent:
    """A button or row of ours, whose id is its text; or the answers of a form."""
    kind = interactive["type"]
    if kind != "nfm_reply":
        return MessageContent(text=require_text(interactive[kind]["id"]))
    answers = parse_json_object(require_text(interactive[kind]["response_json"]).encode())
    return MessageContent(
        kind="form", about=join_words(*(v for k, v in answers.items() if k != "flow_token"))
    )


def _list_contact_parts(contact: dict[str, Any]) -> list[Any]:
    return [contact["name"]["formatted_name"], *(one.get("phone") for one in contact.get("phones", ()))]


# -- message bodies


def _build_content(part: MessagePart) -> dict[str, Any]:
    """Text, with up to three choices as buttons, with more as a list."""
    text = part.texts[0]
    if not part.buttons:
        return {"type": "text", "text": {"body": text, "preview_url": False}}
    if len(part.buttons) <= MAX_BUTTONS and all(len(b.label) <= MAX_LABEL_CHARACTERS for b in part.buttons):
        replies = [{"type": "reply", "reply": {"id": b.value[:256], "title": b.label}} for b in part.buttons]
        action: dict[str, Any] = {"buttons": replies}
        return _build_interactive("button", text, action)
    rows = [_build_row(button) for button in part.buttons[-MAX_LIST_ROWS:]]
    return _build_interactive("list", text, {"button": "▼", "sections": [{"rows": rows}]})


def _build_file(file: OutboundFile) -> dict[str, Any]:
    if file.is_image:
        return {"type": "image", "image": {"link": file.url}}
    return {"type": "document", "document": {"link": file.url, "filename": file.name}}


def _build_row(button: Button) -> dict[str, str]:
    if len(button.label) <= MAX_ROW_LABEL_CHARACTERS:
        return {"id": button.value[:200], "title": button.label}
    return {
        "id": button.value[:200],
        "title": button.label[: MAX_ROW_LABEL_CHARACTERS - 1] + "…",
        "description": button.label[:72],
    }


def _build_interactive(kind: str, text: str, action: dict[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": text}, "action": action}}
