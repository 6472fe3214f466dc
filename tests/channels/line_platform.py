"""LINE as our channel meets it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from assistant.channels import signatures
from tests.channels.platform import SimulatedPlatform, body_of, sent

WEBHOOK = "https://shop.example/v1/channels/line"
SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
TOKEN = "line-token"
BOT = "U8e742f61d673b39c7fff3cecb7536ef0"
USER = "U4af4980629aaaaaaaaaaaaaaaaaaaaaa"
SETTINGS = {"ASSISTANT_LINE_CHANNEL_SECRET": SECRET, "ASSISTANT_LINE_ACCESS_TOKEN": TOKEN}


@dataclass
class LinePlatform(SimulatedPlatform):
    """Reply tokens hold once and for a minute; pushes are known by their key; five messages a call."""

    tokens: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    revoked: bool = False
    pushed: int = 0
    quota: int = 200
    webhook_works: bool = True
    numbers: int = 0

    def is_courtesy(self, request: httpx.Request) -> bool:
        return not request.url.path.endswith(("/reply", "/push"))

    def answer(self, request: httpx.Request) -> httpx.Response:
        if self.revoked or request.headers.get("authorization") != f"Bearer {TOKEN}":
            return refusal(401, "Authentication failed. Confirm that the access token is valid.")
        path = request.url.path
        if path.endswith("/message/reply"):
            return self._reply(sent(request), request)
        if path.endswith("/message/push"):
            return self._push(sent(request), request)
        if path.endswith("/content"):
            name = path.split("/")[-2]
            return (
                httpx.Response(200, content=self.files[name])
                if name in self.files
                else refusal(404, "Not found")
            )
        known: dict[str, Any] = {
            "/v2/bot/info": {"displayName": "こもれび", "basicId": "@komorebi", "chatMode": "bot"},
            "/v2/bot/message/quota": {"type": "limited", "value": self.quota},
            "/v2/bot/message/quota/consumption": {"totalUsage": self.pushed},
            "/v2/bot/channel/webhook/endpoint": {
                "endpoint": "https://shop.example/v1/channels/line",
                "active": True,
            },
            "/v2/bot/channel/webhook/test": {"success": self.webhook_works, "detail": "200"},
        }
        if path.startswith("/v2/bot/profile/"):
            return httpx.Response(200, json={"displayName": "花子", "userId": path.rsplit("/", 1)[-1]})
        if path == "/v2/bot/chat/loading/start":
            return httpx.Response(202, json={})
        return httpx.Response(200, json=known[path]) if path in known else refusal(404, "Not found")

    def _reply(self, body: dict[str, Any], request: httpx.Request) -> httpx.Response:
        if "x-line-retry-key" in request.headers:
            return refusal(400, "The retry key cannot be used here")
        if (peer := self.tokens.pop(body["replyToken"], (None,))[0]) is None:
            return refusal(400, "Invalid reply token")
        return self._accept(peer, body)

    def _push(self, body: dict[str, Any], request: httpx.Request) -> httpx.Response:
        key = request.headers["x-line-retry-key"]
        if key in self.keys:
            return httpx.Response(409, json={"message": "The retry key is already accepted"})
        if body["to"] == "U" + "0" * 32:
            return refusal(400, "The property, 'to', in the request body is invalid")
        if self.pushed >= self.quota:
            return refusal(429, "You have reached your monthly limit.")
        response = self._accept(body["to"], body)
        if response.status_code == 200:
            self.keys.add(key)
            self.pushed += 1
        return response

    def _accept(self, peer: str, body: dict[str, Any]) -> httpx.Response:
        messages = body["messages"]
        if not 1 <= len(messages) <= 5:
            return refusal(400, "The number of messages must be between 1 and 5")
        for message in messages:
            if message["type"] == "image":
                urls = [message["originalContentUrl"], message["previewImageUrl"]]
                if not all(url.startswith("https://") for url in urls):
                    return refusal(400, "Must be a valid https URL")
                self.arrive(peer, message | {"file": urls[0]})
                continue
            if len(message["text"].encode("utf-16-le")) // 2 > 5000:
                return refusal(400, "Length must be between 0 and 5000")
            items = message.get("quickReply", {"items": []})["items"]
            if len(items) > 13 or any(len(item["action"]["label"]) > 20 for item in items):
                return refusal(400, "quickReply is invalid")
            self.arrive(peer, message)
        self.numbers += 1
        return httpx.Response(200, json={"sentMessages": [{"id": str(461230966842064900 + self.numbers)}]})

    # -- what LINE tells us

    def message(self, text: str, now: datetime, *, peer: str = USER, **more: Any) -> dict[str, Any]:
        words = {"id": str(uuid4().int)[:18], "type": "text", "quoteToken": "q", "text": text}
        return self.event("message", now, peer=peer, message=words | more)

    def event(self, type_: str, now: datetime, *, peer: str = USER, **more: Any) -> dict[str, Any]:
        token = uuid4().hex
        self.tokens[token] = (peer, now + timedelta(minutes=1))
        return {
            "type": type_,
            "mode": "active",
            "timestamp": int(now.timestamp() * 1000),
            "source": {"type": "user", "userId": peer},
            "webhookEventId": "01" + uuid4().hex[:24].upper(),
            "deliveryContext": {"isRedelivery": False},
            "replyToken": token,
        } | more


def webhook(*events: Any) -> bytes:
    return body_of({"destination": BOT, "events": list(events)})


def signed(body: bytes) -> dict[str, str]:
    return {
        "x-line-signature": signatures.sign_line(SECRET, body),
        "content-type": "application/json; charset=utf-8",
    }


def refusal(status: int, message: str) -> httpx.Response:
    return httpx.Response(status, json={"message": message})
