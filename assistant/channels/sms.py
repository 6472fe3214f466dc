"""SMS through Twilio. https://www.twilio.com/docs/messaging"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from assistant.channels import signatures
from assistant.channels.allowed_hosts import FileHosts
from assistant.channels.base import BaseChannel, ChannelSetting
from assistant.channels.formatting import TextLimits, count_utf16_units
from assistant.channels.http import (
    ApiResponse,
    build_refusal,
    call_api,
    download_file,
    sanitize_text,
    with_send_deadline,
)
from assistant.channels.inbound_content import MessageContent, join_words
from assistant.domain.channels import (
    Attachment,
    ChannelEvent,
    DeliveryUpdate,
    MessagePart,
    MessageReceived,
    OutboundMessage,
    ReachabilityChanged,
    SendResult,
    Thread,
    WebhookRequest,
)
from assistant.domain.errors import BadInput, SetupError, Unauthorized, Undeliverable

#: Segments per reply: 67 Japanese or 153 Latin characters each.
SEGMENTS = 5
MAX_SMS_CHARACTERS = SEGMENTS * 67
STOP = {
    *("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"),
    *("停止", "配信停止"),
}
START = {"start", "unstop", "yes", "再開"}
HELP = {"help", "info", "ヘルプ"}
#: Twilio's error codes: opted out, no such number, landline.
GONE = {21610, 21211, 21614}
#: Hosts to which Twilio redirects media requests.
FILE_HOSTS = ("twiliocdn.com",)
#: The GSM 7-bit alphabet; any other character makes the whole message UCS-2.
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = set("^{}\\[~]|€")


class SmsChannel(BaseChannel):
    name = "sms"
    max_webhook_bytes = 64 * 1024
    api_url = "https://api.twilio.com"
    text_limits = TextLimits(max_length=MAX_SMS_CHARACTERS, measure=count_utf16_units, parts=1)
    settings = (
        ChannelSetting(
            name="ACCOUNT_SID", description="Account SID, on the Twilio console's first page", secret=False
        ),
        ChannelSetting(name="AUTH_TOKEN", description="Auth token, beside it; it also signs the webhook"),
        ChannelSetting(name="NUMBER", description="Our number, like +815012345678", secret=False),
    )
    steps: ClassVar[Mapping[str, str]] = {
        "ja": "Twilioコンソール > Phone Numbers > 番号 > Messaging: "
        "「A message comes in」に {webhook} (HTTP POST) を設定します。",
        "en": "Twilio console > Phone Numbers > your number > Messaging: set A message comes in to {webhook} "
        "(HTTP POST).",
    }

    def verify_webhook(self, call: WebhookRequest) -> None:
        """Twilio signs the address that it called; behind a proxy that is our public one."""
        fields, token = _parse_fields(call), self.get_setting("AUTH_TOKEN")
        given = call.headers.get("x-twilio-signature", "")
        if "bodySHA256" in call.query:
            body = hashlib.sha256(call.body).hexdigest()
            signatures.verify_signature(body, call.query["bodySHA256"])
            fields = {}
        wanted = [signatures.sign_twilio(token, url, fields) for url in _list_port_variants(call.url)]
        if not any(hmac.compare_digest(one, given) for one in wanted if given.isascii()):
            raise Unauthorized("The signature is wrong.")

    def parse_webhook(self, call: WebhookRequest) -> list[ChannelEvent]:
        fields = {name: sanitize_text(values[0]) for name, values in _parse_fields(call).items()}
        sid = fields.get("MessageSid")
        if not sid:
            raise BadInput("There is no MessageSid.")
        if status := fields.get("MessageStatus"):
            return self._parse_status(sid, status, fields)
        if not (peer := fields.get("From")):
            raise BadInput("There is no From.")
        address, words = self.build_address(peer), fields.get("Body", "").strip()
        if fields.get("OptOutType") == "STOP" or words.casefold() in STOP:
            return [
                ReachabilityChanged(
                    id=sid, address=address, why=f"the customer has sent {words.upper() or 'STOP'}"
                )
            ]
        if fields.get("OptOutType") == "HELP":
            return []  # Twilio has answered by itself
        if words.casefold() in HELP:
            return [ReachabilityChanged(id=sid, address=address, greet=True, template="sms_help")]
        # "Yes" undoes STOP; without an earlier STOP it is an answer to a question of ours.
        restarts = fields.get("OptOutType") == "START" or words.casefold() in START
        carried = _parse_content(fields, words)
        return [
            MessageReceived(
                id=sid, address=address, message_id=sid, **carried.event_fields, restarts=restarts
            )
        ]

    def _parse_status(self, sid: str, status: str, fields: Mapping[str, str]) -> list[ChannelEvent]:
        known = {
            "sent": "sent",
            "delivered": "delivered",
            "read": "read",
            "failed": "failed",
            "undelivered": "failed",
        }
        if status not in known:
            return []
        why = f"Twilio error {fields['ErrorCode']}" if fields.get("ErrorCode") else None
        address = self.build_address(fields.get("To", ""))
        return [
            DeliveryUpdate(
                id=f"{sid}:{status}", address=address, platform_id=sid, status=known[status], why=why
            )
        ]

    @with_send_deadline
    async def send_part(self, letter: OutboundMessage, part: MessagePart) -> SendResult:
        body = {
            "From": self.get_setting("NUMBER"),
            "To": letter.thread.address.peer,
            "Body": part.texts[0],
            "StatusCallback": self._webhook_url,
        }
        answer = await self._call_endpoint(
            "POST", f"Accounts/{self.get_setting('ACCOUNT_SID')}/Messages.json", data=body
        )
        if answer.is_ok:
            return SendResult(id=answer.find_text("sid"))
        if answer.data.get("code") in GONE:
            raise Undeliverable(f"this number cannot be reached: {answer.error_message}", gone=True)
        raise build_refusal(answer, token=self.get_variable_name("AUTH_TOKEN"))

    async def fetch_media(self, source: str) -> bytes:
        return await download_file(
            self._client, source, FileHosts(api=self._api, plain=FILE_HOSTS), auth=self._basic_auth
        )

    def limits_now(self, thread: Thread, now: Any) -> Sequence[Mapping[str, Any]]:
        return (
            {
                "ja": "SMSは日本語67文字ごとに1通分の料金がかかります。",
                "en": "Every 153 Latin (or 67 Japanese) characters cost one message.",
            },
        )

    async def check_setup(self) -> Sequence[str]:
        sid = self.get_setting("ACCOUNT_SID")
        account = await self._call_endpoint("GET", f"Accounts/{sid}.json")
        if not account.is_ok:
            raise SetupError(
                f"Twilio refuses us: {account.error_message}; mend {self.get_variable_name('AUTH_TOKEN')}."
            )
        number = await self._call_endpoint(
            "GET",
            f"Accounts/{sid}/IncomingPhoneNumbers.json",
            params={"PhoneNumber": self.get_setting("NUMBER")},
        )
        called = number.find_text("incoming_phone_numbers", 0, "sms_url")
        if called != self._webhook_url:
            raise SetupError(
                f"The number calls {called or 'nobody'}; set its webhook to {self._webhook_url}."
            )
        return [
            f"account {account.data.get('friendly_name')}",
            f"{self.get_setting('NUMBER')} calls {self._webhook_url}",
        ]

    @property
    def _webhook_url(self) -> str:
        return f"{self._public_url}/v1/channels/sms" + (f"/{self.account}" if self.account else "")

    @property
    def _basic_auth(self) -> tuple[str, str]:
        return self.get_setting("ACCOUNT_SID"), self.get_setting("AUTH_TOKEN")

    async def _call_endpoint(self, method: str, path: str, **how: Any) -> ApiResponse:
        return await call_api(
            self._client, method, f"{self._api}/2010-04-01/{path}", auth=self._basic_auth, **how
        )


def count_segments(text: str) -> int:
    """Number of segments of a text: 160 or 153 characters in the GSM alphabet, 70 or 67 otherwise."""
    if all(letter in GSM or letter in GSM_TWICE for letter in text):
        length, one, more = sum(2 if letter in GSM_TWICE else 1 for letter in text), 160, 153
    else:
        length, one, more = count_utf16_units(text), 70, 67
    return 1 if length <= one else -(-length // more)


def _parse_fields(call: WebhookRequest) -> dict[str, list[str]]:
    try:
        body = call.body.decode("utf-8")
        return parse_qs(body, keep_blank_values=True, strict_parsing=False, max_num_fields=200)
    except ValueError as exc:
        raise BadInput("The body is not a form.") from exc


def _parse_content(fields: Mapping[str, str], words: str) -> MessageContent:
    """Text, images, and locations where the sender's phone can send them."""
    if fields.get("Latitude"):
        about = join_words(fields.get("Label"), fields.get("Address"))
        return MessageContent(kind="location", text=words, about=about)
    return MessageContent(text=words or fields.get("ButtonText", ""), attachments=tuple(_parse_media(fields)))


def _parse_media(fields: Mapping[str, str]) -> list[Attachment]:
    count = fields.get("NumMedia", "0")
    number = min(int(count), 10) if count.isascii() and count.isdigit() and len(count) < 4 else 0
    found = []
    for n in range(number):
        if url := fields.get(f"MediaUrl{n}"):
            kind = fields.get(f"MediaContentType{n}", "").partition("/")[0]
            found.append(Attachment(kind=kind if kind in ("image", "video", "audio") else "file", source=url))
    return found


def _list_port_variants(url: str) -> list[str]:
    """The address with and without the default port: Twilio signs either."""
    parts = urlsplit(url)
    host, _, port = parts.netloc.partition(":")
    usual = {"https": "443", "http": "80"}.get(parts.scheme, "")
    other = host if port else f"{host}:{usual}"
    return [url, parts._replace(netloc=other).geturl()]
