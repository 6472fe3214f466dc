"""Simulated phones of every messaging app, and webhooks with the apps' signatures."""

import asyncio
import json
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode
from uuid import uuid4

from assistant.channels import signatures

SECRET = "a secret of the bench"
FAILING = 0.10
QUESTION = "返品の期限はいつまでですか"


@dataclass
class SimulatedPhones:
    """The APIs of all apps: one send in ten fails; records what arrives for whom."""

    chance: random.Random = field(default_factory=lambda: random.Random(7))
    arrived: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    tokens: dict[str, str] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    failed: int = 0
    #: The service's address as the apps know it.
    known_as: str = ""

    async def handle_session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
                body = await reader.readexactly(int(length[1]) if length else 0)
                status, answer = self.handle_call(head.decode("latin-1"), body)
                out = json.dumps(answer).encode()
                writer.write(
                    b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                    % (status, len(out))
                )
                writer.write(out)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def handle_call(self, head: str, body: bytes) -> tuple[int, dict[str, Any]]:
        path = head.split(" ")[1]
        said = self._parse_send(path, body)
        if said is None:
            return 200, {"ok": True, "result": {}}
        if self.chance.random() < FAILING:
            self.failed += 1
            return 503, {"message": "every tenth"}
        peer, text, key = said
        if key in self.keys and key:
            return 409, {"message": "accepted before"}
        self.keys.add(key)
        self.arrived[peer].append(text)
        name = uuid4().hex
        both = {"id": name}
        return 200, {
            "sentMessages": [both],
            "messages": [both],
            "message_id": name,
            "sid": name,
            "ok": True,
            "channel": peer,
            "ts": name,
            "result": {"message_id": 1},
        }

    def _parse_send(self, path: str, body: bytes) -> tuple[str, str, str] | None:
        """(person, text, idempotency key) of a send; None for other calls."""
        if path.endswith("/Messages.json"):
            fields = parse_qs(body.decode())
            return fields["To"][0], fields["Body"][0], ""
        if not re.search(r"/(reply|push|messages|sendMessage|chat\.postMessage)$", path):
            return None
        value = json.loads(body)
        if "sender_action" in value or value.get("status") == "read":
            return None
        if "replyToken" in value:
            return self.tokens[value["replyToken"]], value["messages"][0]["text"], ""
        if "messages" in value:
            return value["to"], value["messages"][0]["text"], ""
        peer = value.get("to") or value.get("chat_id") or value.get("channel") or value["recipient"]["id"]
        inner = value.get("interactive", {}).get("body") or value.get("text") or value.get("message")
        words = inner if isinstance(inner, str) else inner.get("text") or inner.get("body")
        return str(peer), str(words), ""


Maker = Callable[[str, SimulatedPhones], tuple[bytes, Mapping[str, str]]]


def build_line_webhook(peer: str, phones: SimulatedPhones) -> tuple[bytes, Mapping[str, str]]:
    token = uuid4().hex
    phones.tokens[token] = peer
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": int(time.time() * 1000),
        "source": {"type": "user", "userId": peer},
        "webhookEventId": uuid4().hex,
        "replyToken": token,
        "message": {"id": uuid4().hex, "type": "text", "text": QUESTION},
    }
    body = json.dumps({"destination": "U", "events": [event]}, ensure_ascii=False).encode()
    return body, {"x-line-signature": signatures.sign_line(SECRET, body)}


def build_whatsapp_webhook(peer: str, _phones: SimulatedPhones) -> tuple[bytes, Mapping[str, str]]:
    message = {"from": peer, "id": uuid4().hex, "type": "text", "text": {"body": QUESTION}}
    value = {"metadata": {"phone_number_id": SECRET}, "messages": [message]}
    return sign_meta({"entry": [{"changes": [{"value": value}]}]})


def build_messenger_webhook(peer: str, _phones: SimulatedPhones) -> tuple[bytes, Mapping[str, str]]:
    event = {"sender": {"id": peer}, "message": {"mid": uuid4().hex, "text": QUESTION}}
    return sign_meta({"entry": [{"messaging": [event]}]})


def sign_meta(value: Any) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(value).encode()
    return body, {"x-hub-signature-256": signatures.sign_meta(SECRET, body)}


def build_sms_webhook(peer: str, phones: SimulatedPhones) -> tuple[bytes, Mapping[str, str]]:
    fields = {"MessageSid": uuid4().hex, "From": peer, "Body": QUESTION}
    return sign_form(fields, f"{phones.known_as}/v1/channels/sms")


def sign_form(fields: Mapping[str, str], url: str) -> tuple[bytes, dict[str, str]]:
    signed = signatures.sign_twilio(SECRET, url, {k: [v] for k, v in fields.items()})
    kind = {"content-type": "application/x-www-form-urlencoded"}
    return urlencode(fields).encode(), kind | {"x-twilio-signature": signed}


def build_telegram_webhook(peer: str, _phones: SimulatedPhones) -> tuple[bytes, Mapping[str, str]]:
    number = uuid4().int % 10**12
    chat, sender = {"id": int(peer), "type": "private"}, {"id": int(peer)}
    message = {"message_id": number, "chat": chat, "from": sender, "text": QUESTION}
    body = json.dumps({"update_id": number, "message": message}).encode()
    return body, {"x-telegram-bot-api-secret-token": SECRET}


def build_slack_webhook(peer: str, _phones: SimulatedPhones) -> tuple[bytes, Mapping[str, str]]:
    event = {
        "type": "message",
        "channel": peer,
        "channel_type": "im",
        "user": "U" + peer,
        "text": QUESTION,
        "ts": uuid4().hex,
    }
    return sign_slack({"type": "event_callback", "event_id": uuid4().hex, "event": event})


def sign_slack(value: Any) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(value).encode()
    stamp = str(int(time.time()))
    return body, {
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": signatures.sign_slack(SECRET, stamp, body),
    }


MAKERS: dict[str, tuple[Maker, Callable[[int], str]]] = {
    "line": (build_line_webhook, lambda n: f"U{n:032x}"),
    "whatsapp": (build_whatsapp_webhook, lambda n: f"8190{n:08}"),
    "messenger": (build_messenger_webhook, lambda n: f"1{n:08}"),
    "instagram": (build_messenger_webhook, lambda n: f"2{n:08}"),
    "sms": (build_sms_webhook, lambda n: f"+8190{n:08}"),
    "telegram": (build_telegram_webhook, lambda n: f"3{n:08}"),
    "slack": (build_slack_webhook, lambda n: f"D{n:08}"),
}
