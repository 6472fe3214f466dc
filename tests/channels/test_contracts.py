"""Every channel keeps the contract, against its own app."""

import base64
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest

from assistant.channels import signatures
from tests.channels import line_platform, things
from tests.channels.conftest import PUBLIC_URL, ChannelHarness
from tests.channels.contract import ChannelContract
from tests.channels.platform import SimulatedPlatform, body_of
from tests.channels.platforms import (
    MessengerPlatform,
    SlackPlatform,
    SmtpServer,
    TelegramPlatform,
    TwilioPlatform,
    WhatsAppPlatform,
    now_seconds,
)
from tests.harness import MONDAY_NOON

META_SECRET = "It's a Secret to Everybody"


class TestLine(ChannelContract):
    carried = ("画面.png",)
    name, settings, peer = "line", line_platform.SETTINGS, line_platform.USER
    things = things.LINE

    def thing(self, content: dict[str, Any], message_id: str) -> bytes:
        message = {"id": message_id, **content}
        return line_platform.webhook(self.app.event("message", MONDAY_NOON, message=message))

    def platform(self) -> SimulatedPlatform:
        self.app = line_platform.LinePlatform()
        return self.app

    def sign(self, body: bytes) -> Mapping[str, str]:
        return line_platform.signed(body)

    def wrongly_signed(self, body: bytes) -> list[Mapping[str, str]]:
        right = signatures.sign_line(line_platform.SECRET, body)
        other = signatures.sign_line("another secret", body)
        return [{}, *({"x-line-signature": s} for s in ("", other, right[:-2], right.lower()))]

    def _event(self, text: str, message_id: str) -> dict[str, Any]:
        event = self.app.message(text, MONDAY_NOON, id=message_id)
        return event | {"webhookEventId": f"01{message_id}"}

    def message(self, text: str, message_id: str) -> bytes:
        return line_platform.webhook(self._event(text, message_id))

    def batch(self, texts: list[str]) -> bytes:
        first, second = (self._event(text, f"b{n}") for n, text in enumerate(texts))
        return line_platform.webhook(first, {"type": "message"}, 7, first, second)

    def unknown(self) -> list[bytes]:
        plain = [
            self.app.event(kind, MONDAY_NOON) for kind in ("join", "memberJoined", "beacon", "module", "new")
        ]
        return [line_platform.webhook(), *(line_platform.webhook(event) for event in plain)]


class TestWhatsApp(ChannelContract):
    carried = ("画面.png", "送り状.pdf")
    name, peer = "whatsapp", "819012345678"
    things = things.WHATSAPP

    def thing(self, content: dict[str, Any], message_id: str) -> bytes:
        return self.call([{"from": self.peer, "id": message_id, **content}])

    settings = {
        "ASSISTANT_WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
        "ASSISTANT_WHATSAPP_ACCESS_TOKEN": "wa-token",
        "ASSISTANT_WHATSAPP_APP_SECRET": META_SECRET,
        "ASSISTANT_WHATSAPP_VERIFY_TOKEN": "my word",
    }

    def platform(self) -> SimulatedPlatform:
        return WhatsAppPlatform()

    def sign(self, body: bytes) -> Mapping[str, str]:
        return {"x-hub-signature-256": signatures.sign_meta(META_SECRET, body)}

    def wrongly_signed(self, body: bytes) -> list[Mapping[str, str]]:
        right = signatures.sign_meta(META_SECRET, body)
        wrong = ("", right[7:], right.upper(), "sha1=" + right[7:47], signatures.sign_meta("other", body))
        return [{}, *({"x-hub-signature-256": one} for one in wrong)]

    def message(self, text: str, message_id: str) -> bytes:
        return self.call([self.one(text, message_id)])

    def one(self, text: str, message_id: str) -> dict[str, Any]:
        return {
            "from": self.peer,
            "id": f"wamid.{message_id}",
            "timestamp": "1",
            "type": "text",
            "text": {"body": text},
        }

    def call(self, messages: list[Any], **more: Any) -> bytes:
        about = {"display_phone_number": "1", "phone_number_id": "106540352242922"}
        contacts = [{"profile": {"name": "花子"}, "wa_id": self.peer}]
        value = {
            "messaging_product": "whatsapp",
            "metadata": about,
            "contacts": contacts,
            "messages": messages,
        } | more
        entry = [{"id": "1", "changes": [{"field": "messages", "value": value}]}]
        # Meta signs what it sends: with every letter beyond ASCII escaped.
        return json.dumps({"object": "whatsapp_business_account", "entry": entry}).encode()

    def changed(self, body: bytes) -> list[bytes]:
        readable = json.dumps(json.loads(body), ensure_ascii=False).encode()
        return [body[:-1], body + b" ", readable]

    def batch(self, texts: list[str]) -> bytes:
        first, second = (self.one(text, f"b{n}") for n, text in enumerate(texts))
        return self.call([first, {"type": "text"}, 7, first, second])

    def unknown(self) -> list[bytes]:
        kinds = ("reaction", "system")
        calls = [self.call([{"from": self.peer, "id": kind, "type": kind, kind: {}}]) for kind in kinds]
        return [*calls, body_of({"entry": []}), body_of({"entry": [{"changes": [{"value": {}}]}]})]

    def words(self, one: Any) -> str:
        inner = one.get("text") or one["interactive"]["body"]
        return str(inner.get("body") or inner.get("text"))


class TestMessenger(ChannelContract):
    name, peer = "messenger", "24512345"
    things = things.MESSENGER

    def thing(self, content: dict[str, Any], message_id: str) -> bytes:
        return self.call([{"sender": {"id": self.peer}, "message": {"mid": message_id, **content}}])

    settings = {
        "ASSISTANT_MESSENGER_PAGE_TOKEN": "page-token",
        "ASSISTANT_MESSENGER_APP_SECRET": META_SECRET,
        "ASSISTANT_MESSENGER_VERIFY_TOKEN": "my word",
    }
    sign, wrongly_signed, changed = TestWhatsApp.sign, TestWhatsApp.wrongly_signed, TestWhatsApp.changed

    def platform(self) -> SimulatedPlatform:
        return MessengerPlatform()

    def one(self, text: str, message_id: str) -> dict[str, Any]:
        who = {"sender": {"id": self.peer}, "recipient": {"id": "1"}, "timestamp": 1}
        return {**who, "message": {"mid": f"m_{message_id}", "text": text}}

    def message(self, text: str, message_id: str) -> bytes:
        return self.call([self.one(text, message_id)])

    def call(self, events: list[Any]) -> bytes:
        return json.dumps({"object": "page", "entry": [{"id": "1", "time": 1, "messaging": events}]}).encode()

    def batch(self, texts: list[str]) -> bytes:
        first, second = (self.one(text, f"b{n}") for n, text in enumerate(texts))
        return self.call([first, {"message": {}}, 7, first, second])

    def unknown(self) -> list[bytes]:
        who = {"sender": {"id": self.peer}}
        echo = {**who, "message": {"mid": "e", "text": "x", "is_echo": True}}
        others = [self.call([who | {kind: {}}]) for kind in ("read", "delivery", "reaction", "new")]
        standby = body_of({"entry": [{"id": "1", "standby": [self.one("x", "s")]}]})
        return [self.call([echo]), standby, *others]


class TestInstagram(TestMessenger):
    carried = ("画面.png",)
    name = "instagram"
    settings = {
        "ASSISTANT_INSTAGRAM_PAGE_TOKEN": "page-token",
        "ASSISTANT_INSTAGRAM_APP_SECRET": META_SECRET,
        "ASSISTANT_INSTAGRAM_VERIFY_TOKEN": "my word",
    }

    def platform(self) -> SimulatedPlatform:
        return MessengerPlatform(longest=1000, in_bytes=True)


class TestTelegram(ChannelContract):
    name, peer, batches, long = "telegram", "4242", False, ""
    things = things.TELEGRAM

    def thing(self, content: dict[str, Any], message_id: str) -> bytes:
        call = json.loads(self.message("", message_id))
        return body_of(call | {"message": call["message"] | content})

    settings = {
        "ASSISTANT_TELEGRAM_BOT_TOKEN": "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
        "ASSISTANT_TELEGRAM_SECRET_TOKEN": "our_own_secret_of_some_length",
    }

    def platform(self) -> SimulatedPlatform:
        return TelegramPlatform()

    def sign(self, body: bytes) -> Mapping[str, str]:
        return {"x-telegram-bot-api-secret-token": "our_own_secret_of_some_length"}

    def wrongly_signed(self, body: bytes) -> list[Mapping[str, str]]:
        return [
            {},
            *(
                {"x-telegram-bot-api-secret-token": s}
                for s in ("", "our_own", "OUR_OWN_SECRET_OF_SOME_LENGTH")
            ),
        ]

    def changed(self, body: bytes) -> list[bytes]:
        return []  # Telegram signs no bytes: who knows the secret may say anything

    def message(self, text: str, message_id: str) -> bytes:
        number = int.from_bytes(message_id.encode(), "big")
        who = {"id": 4242, "is_bot": False, "first_name": "花子"}
        chat = {"id": 4242, "type": "private"}
        return body_of(
            {
                "update_id": number,
                "message": {"message_id": number, "from": who, "chat": chat, "date": 1, "text": text},
            }
        )

    def unknown(self) -> list[bytes]:
        group = {"message_id": 1, "from": {"id": 1}, "chat": {"id": -1, "type": "group"}, "text": "x"}
        kinds = ("poll", "channel_post", "inline_query", "new")
        return [
            body_of({"update_id": 5, "message": group}),
            *(body_of({"update_id": 6, kind: {}}) for kind in kinds),
        ]


class TestSms(ChannelContract):
    carried = ()
    name, peer, batches = "sms", "+819012345678", False
    things, half = things.SMS, b"%00"

    def thing(self, content: dict[str, Any], message_id: str) -> bytes:
        return urlencode({"MessageSid": message_id, "From": self.peer, **content}).encode()

    poison = (b"", b"{", b"\xff\xfe", b"Body=%FF", b"a=" * 5000, b"NumMedia=%EF%BC%91&MessageSid=")
    settings = {
        "ASSISTANT_SMS_ACCOUNT_SID": "AC1",
        "ASSISTANT_SMS_AUTH_TOKEN": "12345",
        "ASSISTANT_SMS_NUMBER": "+815012345678",
    }

    def platform(self) -> SimulatedPlatform:
        return TwilioPlatform()

    def sign(self, body: bytes) -> Mapping[str, str]:
        from urllib.parse import parse_qs

        try:
            fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=200)
        except ValueError:
            fields = {}
        signature = signatures.sign_twilio("12345", f"{PUBLIC_URL}/v1/channels/sms", fields)
        return {"x-twilio-signature": signature, "content-type": "application/x-www-form-urlencoded"}

    def wrongly_signed(self, body: bytes) -> list[Mapping[str, str]]:
        right = self.sign(body)["x-twilio-signature"]
        return [{}, *({"x-twilio-signature": s} for s in ("", right[:-2], right.lower()))]

    def changed(self, body: bytes) -> list[bytes]:
        return [body[:-1], body + b"x", body.replace(b"From", b"Form")]

    def message(self, text: str, message_id: str) -> bytes:
        return urlencode(
            {
                "MessageSid": f"SM{message_id}",
                "From": self.peer,
                "To": "+815012345678",
                "Body": text,
                "NumMedia": "0",
            }
        ).encode()

    def unknown(self) -> list[bytes]:
        about = {"MessageSid": "SM1", "To": self.peer, "MessageStatus": "queued"}
        return [urlencode(about).encode(), urlencode(about | {"MessageStatus": "new"}).encode()]

    @pytest.mark.parametrize("text", ["<script>alert(1)</script>", "𠮷野家👨‍👩‍👧‍👦"], ids=ascii)
    async def test_poison_text_is_only_text(self, scene: ChannelHarness, text: str) -> None:
        await super().test_poison_text_is_only_text(scene, text)


class TestSlack(ChannelContract):
    name, peer, batches = "slack", "D024BE91L", False
    things = things.SLACK

    def thing(self, content: dict[str, Any], message_id: str) -> bytes:
        call = json.loads(self.message("", message_id))
        return body_of(call | {"event": call["event"] | content})

    settings = {
        "ASSISTANT_SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz85a5",
        "ASSISTANT_SLACK_BOT_TOKEN": "xoxb-1",
    }

    def platform(self) -> SimulatedPlatform:
        return SlackPlatform()

    def sign(self, body: bytes) -> Mapping[str, str]:
        return self.signed_at(str(now_seconds()), body)

    def signed_at(
        self, stamp: str, body: bytes, secret: str = "8f742231b10e8888abcd99yyyzzz85a5"
    ) -> dict[str, str]:
        return {
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": signatures.sign_slack(secret, stamp, body),
        }

    def wrongly_signed(self, body: bytes) -> list[Mapping[str, str]]:
        stamp = str(now_seconds())
        right = self.signed_at(stamp, body)
        return [
            {},
            right | {"x-slack-signature": right["x-slack-signature"][:-1]},
            right | {"x-slack-signature": right["x-slack-signature"].replace("v0=", "v1=")},
            right | {"x-slack-request-timestamp": str(int(stamp) + 1)},
            self.signed_at(str(int(stamp) - 400), body),
            self.signed_at(stamp, body, "other"),
            self.signed_at(f"+{stamp}", body),
            self.signed_at(f" {stamp}", body),
        ]

    def message(self, text: str, message_id: str) -> bytes:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        event = {
            "type": "message",
            "channel": self.peer,
            "channel_type": "im",
            "user": "U1",
            "text": text,
            "ts": f"17000.{message_id}",
        }
        return self.call(event, message_id)

    def call(self, event: Any, event_id: str) -> bytes:
        return body_of(
            {"type": "event_callback", "team_id": "T1", "event_id": f"Ev{event_id}", "event": event}
        )

    def unknown(self) -> list[bytes]:
        bot = {
            "type": "message",
            "channel": "D1",
            "channel_type": "im",
            "bot_id": "B1",
            "text": "x",
            "ts": "1",
        }
        return [
            self.call(bot, "1"),
            self.call({"type": "new"}, "2"),
            body_of({"type": "new"}),
            body_of({"type": "event_callback"}),
        ]


class TestEmail(ChannelContract):
    name, peer, batches, long = "email", "hanako@customer.example", False, ""
    settings: Mapping[str, str] = {}

    @pytest.fixture
    async def office(self) -> AsyncIterator[SmtpServer]:
        office = SmtpServer()
        async with office.open():
            yield office

    @pytest.fixture
    def scene(self, make_scene: Callable[..., ChannelHarness], office: SmtpServer) -> ChannelHarness:
        return make_scene(office, email_settings(office.port), "email", self.sign)

    def platform(self) -> SimulatedPlatform:
        raise NotImplementedError

    def sign(self, body: bytes) -> Mapping[str, str]:
        password = base64.b64encode(b"postmark:a long password").decode()
        return {"authorization": f"Basic {password}", "content-type": "application/json"}

    def wrongly_signed(self, body: bytes) -> list[Mapping[str, str]]:
        kind = {"content-type": "application/json"}
        return [
            kind,
            {},
            kind | {"authorization": "Basic cG9zdG1hcms6"},
            kind | {"authorization": "Bearer x"},
        ]

    def changed(self, body: bytes) -> list[bytes]:
        return []  # Postmark signs no bytes

    def message(self, text: str, message_id: str) -> bytes:
        return body_of(self.mail(text, message_id))

    def mail(self, text: str, message_id: str, **more: Any) -> dict[str, Any]:
        root = [] if message_id == "m1" else [{"Name": "References", "Value": "<m1@customer.example>"}]
        headers = [{"Name": "Message-ID", "Value": f"<{message_id}@customer.example>"}, *root]
        to = self.reply_to or "support@shop.example"
        return {
            "From": "花子 <hanako@customer.example>",
            "To": to,
            "Subject": "返品",
            "MessageID": message_id,
            "TextBody": text,
            "Headers": headers,
        } | more

    async def sent_file(self, scene: ChannelHarness, one: Any) -> bytes:
        (attachment,) = one.iter_attachments()
        return bytes(attachment.get_content())

    #: Where an answer to our last mail goes.
    reply_to = ""

    def unknown(self) -> list[bytes]:
        def header(name: str, value: str) -> bytes:
            return body_of(self.mail("x", "u") | {"Headers": [{"Name": name, "Value": value}]})

        return [
            header("Auto-Submitted", "auto-replied"),
            header("Precedence", "auto_reply"),
            header("Return-Path", "<>"),
            header("X-Autoreply", "yes"),
            body_of({"new": 1}),
        ]

    def words(self, one: Any) -> str:
        return str(one.get_body(("plain",)).get_content())

    @pytest.mark.parametrize("language", ["ja", "en"])
    async def test_from_question_to_the_agents_answer(self, scene: ChannelHarness, language: str) -> None:
        """An answer to our mail goes to the address that we signed."""
        tell = scene.tell

        async def threaded(body: bytes) -> Any:
            if mails := scene.platform.phone.get(self.peer):
                body = body_of(json.loads(body) | {"To": str(mails[-1]["Reply-To"])})
            return await tell(body)

        setattr(scene, "tell", threaded)  # noqa: B010 - mypy knows no methods as values
        await super().test_from_question_to_the_agents_answer(scene, language)


def email_settings(port: int) -> dict[str, str]:
    return {
        "ASSISTANT_EMAIL_ADDRESS": "support@shop.example",
        "ASSISTANT_EMAIL_SECRET": "signs our addresses",
        "ASSISTANT_EMAIL_SMTP_URL": f"smtp://127.0.0.1:{port}",
        "ASSISTANT_EMAIL_WEBHOOK_PASSWORD": "a long password",
        "ASSISTANT_EMAIL_MAILGUN_KEY": "key-mailgun",
    }
