"""WhatsApp: the Cloud API. https://developers.facebook.com/docs/whatsapp/cloud-api"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from assistant.channels.base import Setting
from assistant.channels.formatting import Look
from assistant.channels.http import Answer, each, in_time, json_of, text_of
from assistant.channels.inbound_content import Content, content_of, is_words, listed
from assistant.channels.meta import APP_SECRET, VERIFY_TOKEN, WINDOW, MetaChannel
from assistant.domain.channels import (
    Arrived,
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
from assistant.domain.errors import Undeliverable
from assistant.domain.messages import Button

FILES = {"image": "image", "video": "video", "audio": "audio", "voice": "audio", "document": "file"}
#: Meta's numbers for "the 24 hours are over" and for people who cannot be reached.
WINDOW_CLOSED, UNREACHABLE = {131047, 470}, {131026, 131051}
BUTTONS, ROWS, LABEL, ROW_LABEL = 3, 10, 20, 24


class WhatsApp(MetaChannel):
    name = "whatsapp"
    trusted = ("lookaside.fbsbx.com",)
    look = Look(longest=1024, bold="*", buttons=ROWS, label=ROW_LABEL)
    settings = (
        Setting(name="PHONE_NUMBER_ID", says="Phone number ID, on WhatsApp > API setup", secret=False),
        Setting(
            name="ACCESS_TOKEN", says="Permanent token of a system user with whatsapp_business_messaging"
        ),
        APP_SECRET,
        VERIFY_TOKEN,
        Setting(
            name="TEMPLATE",
            says="Name of an approved template with one parameter, sent when the 24 hours are over",
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

    def _entry(self, entry: dict[str, Any]) -> Iterator[Event]:
        yield from each(entry.get("changes"), self._change)

    def _change(self, change: dict[str, Any]) -> list[Event]:
        value = change["value"]
        if value.get("metadata", {}).get("phone_number_id") != self.value("PHONE_NUMBER_ID"):
            return []
        names = dict(each(value.get("contacts"), _name))
        said = each(value.get("messages"), partial(self._message, names=names))
        return [*said, *each(value.get("statuses"), self._status)]

    def _message(self, message: dict[str, Any], names: dict[str, str]) -> list[Event]:
        kind, id_ = message["type"], text_of(message["id"])
        peer = text_of(message.get("from") or message["from_user_id"])
        address = self.address(peer)
        if kind == "system" or (kind == "reaction" and not message["reaction"].get("emoji")):
            return []  # news of a number, or a reaction taken back
        if kind == "request_welcome":
            return [Reachable(id=id_, address=address, greet=True)]
        if kind == "revoke":
            return [Unsent(id=id_, address=address, message_id=text_of(message[kind]["original_message_id"]))]
        if kind == "edit":
            edit = message["edit"]
            text, before = text_of(carried(edit["message"]).text), text_of(edit["original_message_id"])
            return [Edited(id=id_, address=address, message_id=before, text=text)]
        return [
            Said(
                id=id_,
                address=address,
                message_id=id_,
                **content_of(carried, message).parts,
                name=names.get(peer) or None,
                context={"last_id": id_},
            )
        ]

    def _status(self, status: dict[str, Any]) -> list[Event]:
        """What became of a message; news comes in any order and more than once."""
        errors = status.get("errors") or [{}]
        why = errors[0].get("title") or errors[0].get("message")
        state = text_of(status["status"])
        return [
            Arrived(
                id=f"{text_of(status['id'])}:{state}",
                address=self.address(text_of(status.get("recipient_id") or status["recipient_user_id"])),
                platform_id=status["id"],
                status=state,
                why=f"WhatsApp: {why}" if why else None,
            )
        ]

    # -- out

    @in_time
    async def send_part(self, letter: Letter, part: Part) -> Sent:
        late = letter.now - letter.thread.heard_at > WINDOW
        content = self._template(letter, part) if late else _content(part)
        to = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            # Whoever has a user name shows no number; their id is never only digits.
            "to" if letter.thread.address.peer.isdigit() else "recipient": letter.thread.address.peer,
        }
        answer = await self._post(f"{self.value('PHONE_NUMBER_ID')}/messages", to | content)
        return Sent(id=answer.text("messages", 0, "id"))

    def _template(self, letter: Letter, part: Part) -> dict[str, Any]:
        """The only thing that may be sent now: an approved text with our words in it."""
        if not (name := self.value("TEMPLATE")):
            raise Undeliverable(
                "the 24 hours after the customer's last message are over, and no template is set "
                f"({self.variable('TEMPLATE')})"
            )
        words = {"type": "text", "text": " ".join(part.texts[0].split())[:1024]}
        return {
            "type": "template",
            "template": {
                "name": name,
                "language": {"code": letter.message.language or "en"},
                "components": [{"type": "body", "parameters": [words]}],
            },
        }

    def _refusal(self, answer: Answer) -> Undeliverable:
        code = answer.find("error", "code")
        if code in WINDOW_CLOSED:
            return Undeliverable("the 24 hours after the customer's last message are over")
        if code in UNREACHABLE:
            return Undeliverable(f"WhatsApp cannot reach this number: {answer.says}", gone=True)
        return super()._refusal(answer)

    async def send_typing_indicator(self, thread: Thread) -> None:
        """Read, and writing; it ends with the next message or after 25 seconds."""
        if last := thread.context.get("last_id"):
            seen = {"messaging_product": "whatsapp", "status": "read", "message_id": last}
            await self._post(
                f"{self.value('PHONE_NUMBER_ID')}/messages", seen | {"typing_indicator": {"type": "text"}}
            )

    async def fetch_media(self, source: str) -> bytes:
        found = await self._get(quote(source, safe=""))
        if not found.ok or not found.text("url"):
            raise Undeliverable(f"WhatsApp does not give the file: {found.says}")
        return await self._download(found.text("url"))

    @property
    def _own(self) -> str:
        return self.value("PHONE_NUMBER_ID")


# -- what a message carries


def _name(contact: dict[str, Any]) -> list[tuple[str, str]]:
    profile = contact.get("profile") or {}
    peer = contact.get("wa_id") or contact["user_id"]
    return [(text_of(peer), listed(profile.get("name") or profile.get("username")))]


def carried(message: dict[str, Any]) -> Content:
    """By its type; what people's phones can send and this API cannot carry comes as `unsupported`."""
    kind = message["type"]
    inner: Any = message.get(kind)
    if kind == "text":
        product = message.get("context", {}).get("referred_product")
        about = listed(product["product_retailer_id"]) if product else ""
        return Content(text=text_of(inner["body"]), kind="product" if product else "text", about=about)
    if kind == "interactive":
        return _chosen(inner)
    if kind == "button":
        payload = inner.get("payload")
        return Content(text=payload if is_words(payload) else text_of(inner["text"]))
    if kind in FILES:
        file = Attachment(
            kind=FILES[kind], source=text_of(inner["id"]), name=str(inner.get("filename") or "")
        )
        return Content(text=inner.get("caption") or "", attachments=(file,))
    if kind == "location":
        return Content(kind=kind, about=listed(inner.get("name"), inner.get("address")))
    if kind == "contacts":
        return Content(kind="contact", about=listed(*(part for one in inner for part in _contact(one))))
    if kind == "order":
        items = (f"{one['product_retailer_id']} ×{one['quantity']}" for one in inner["product_items"])
        return Content(kind="order", text=text_of(inner.get("text") or ""), about=listed(*items))
    if kind == "reaction":
        return Content(kind=kind, about=listed(inner["emoji"]))
    return Content(kind="sticker" if kind == "sticker" else "unknown")


def _chosen(interactive: dict[str, Any]) -> Content:
    """A button or row of ours, whose id are its words; or the answers of a form."""
    kind = interactive["type"]
    if kind != "nfm_reply":
        return Content(text=text_of(interactive[kind]["id"]))
    answers = json_of(text_of(interactive[kind]["response_json"]).encode())
    return Content(kind="form", about=listed(*(v for k, v in answers.items() if k != "flow_token")))


def _contact(contact: dict[str, Any]) -> list[Any]:
    return [contact["name"]["formatted_name"], *(one.get("phone") for one in contact.get("phones", ()))]


# -- what we send


def _content(part: Part) -> dict[str, Any]:
    """Text; with up to three choices as buttons, with more as a list."""
    text = part.texts[0]
    if not part.buttons:
        return {"type": "text", "text": {"body": text, "preview_url": False}}
    if len(part.buttons) <= BUTTONS and all(len(b.label) <= LABEL for b in part.buttons):
        replies = [{"type": "reply", "reply": {"id": b.value[:256], "title": b.label}} for b in part.buttons]
        action: dict[str, Any] = {"buttons": replies}
        return _interactive("button", text, action)
    rows = [_row(button) for button in part.buttons[-ROWS:]]
    return _interactive("list", text, {"button": "▼", "sections": [{"rows": rows}]})


def _row(button: Button) -> dict[str, str]:
    if len(button.label) <= ROW_LABEL:
        return {"id": button.value[:200], "title": button.label}
    return {
        "id": button.value[:200],
        "title": button.label[: ROW_LABEL - 1] + "…",
        "description": button.label[:72],
    }


def _interactive(kind: str, text: str, action: dict[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": text}, "action": action}}
