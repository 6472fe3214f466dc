"""The other apps as our channels meet them: limits, refusals, and what arrives on phones."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qs

import httpx

from tests.channels.platform import SimulatedPlatform, sent


def meta_refusal(status: int, code: int, message: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": message}})


@dataclass
class WhatsAppPlatform(SimulatedPlatform):
    """The Cloud API: 4,096 characters, 1,024 with choices, three buttons or ten rows, templates."""

    token: str = "wa-token"
    window_open: bool = True
    templates: list[dict[str, Any]] = field(default_factory=list)
    numbers: int = 0

    def is_courtesy(self, request: httpx.Request) -> bool:
        return request.method == "GET" or b"typing_indicator" in request.content

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return meta_refusal(401, 190, "Invalid OAuth access token")
        if request.method == "GET":
            return httpx.Response(200, json={"verified_name": "こもれび", "id": "106540352242922"})
        body = sent(request)
        if body.get("status") == "read":
            return httpx.Response(200, json={"success": True})
        if body["type"] == "template":
            self.templates.append(body)
        elif not self.window_open:
            return meta_refusal(400, 131047, "Re-engagement message")
        to = body.get("to") or body["recipient"]
        if ("to" in body) != to.isdigit():
            return meta_refusal(400, 100, "a number goes to `to`, an id to `recipient`")
        if to == "10000000000":
            return meta_refusal(400, 131026, "Message undeliverable")
        if problem := self._problem(body):
            return meta_refusal(400, 100, problem)
        self.numbers += 1
        self.arrive(to, body | {"file": body.get(body["type"], {}).get("link")})
        return httpx.Response(200, json={"messages": [{"id": f"wamid.out{self.numbers}"}]})

    def _problem(self, body: dict[str, Any]) -> str | None:
        if body["type"] in ("image", "document"):
            link = body[body["type"]]["link"]
            return None if link.startswith("https://") else "the link must be https"
        if body["type"] == "text":
            return "too long" if not 1 <= len(body["text"]["body"]) <= 4096 else None
        if body["type"] != "interactive":
            return None
        action, text = body["interactive"]["action"], body["interactive"]["body"]["text"]
        if not 1 <= len(text) <= 1024:
            return "body too long"
        titles = [b["reply"]["title"] for b in action.get("buttons", ())]
        rows = [r["title"] for s in action.get("sections", ()) for r in s["rows"]]
        fits = (
            len(titles) <= 3
            and len(rows) <= 10
            and all(len(t) <= 20 for t in titles)
            and all(len(r) <= 24 for r in rows)
        )
        return None if fits else "choices do not fit"


@dataclass
class MessengerPlatform(SimulatedPlatform):
    """The Send API; *longest* in the unit of the app."""

    token: str = "page-token"
    longest: int = 2000
    in_bytes: bool = False
    numbers: int = 0

    def is_courtesy(self, request: httpx.Request) -> bool:
        return request.method == "GET" or b"sender_action" in request.content

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return meta_refusal(401, 190, "Invalid OAuth access token")
        if request.method == "GET":
            return httpx.Response(200, json={"name": "花子"})
        body = sent(request)
        if "sender_action" in body:
            return httpx.Response(200, json={})
        if attachment := body["message"].get("attachment"):
            if attachment["type"] not in ("image", "file"):
                return meta_refusal(400, 100, "no such attachment")
            self.arrive(body["recipient"]["id"], {"file": attachment["payload"]["url"]})
            return httpx.Response(200, json={"message_id": "m_file"})
        text = body["message"]["text"]
        length = len(text.encode()) if self.in_bytes else len(text)
        replies = body["message"].get("quick_replies", ())
        if not 1 <= length <= self.longest or len(replies) > 13 or any(len(r["title"]) > 20 for r in replies):
            return meta_refusal(
                400, 100, "Length of param message[text] must be less than or equal to the limit"
            )
        self.numbers += 1
        self.arrive(
            body["recipient"]["id"], body["message"] | {"way": body["messaging_type"], "tag": body.get("tag")}
        )
        return httpx.Response(200, json={"message_id": f"m_out{self.numbers}"})


@dataclass
class TelegramPlatform(SimulatedPlatform):
    token: str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
    blocked: bool = False
    numbers: int = 100

    def is_courtesy(self, request: httpx.Request) -> bool:
        return not request.url.path.endswith(("/sendMessage", "/sendPhoto", "/sendDocument"))

    def answer(self, request: httpx.Request) -> httpx.Response:
        if f"/bot{self.token}/" not in request.url.path:
            return httpx.Response(401, json={"ok": False, "error_code": 401, "description": "Unauthorized"})
        if "/file/" in request.url.path:
            return httpx.Response(200, content=b"OggS")
        if request.url.path.endswith(("/sendPhoto", "/sendDocument")):
            return self._take_file(request)
        if not request.url.path.endswith("/sendMessage"):
            result = {"username": "komorebi_bot", "url": "https://shop.example/v1/channels/telegram"}
            return httpx.Response(200, json={"ok": True, "result": result})
        body = sent(request)
        if self.blocked:
            said = "Forbidden: bot was blocked by the user"
            return httpx.Response(403, json={"ok": False, "error_code": 403, "description": said})
        if not 1 <= len(body["text"].encode("utf-16-le")) // 2 <= 4096:
            return httpx.Response(400, json={"ok": False, "description": "Bad Request: message is too long"})
        self.numbers += 1
        self.arrive(str(body["chat_id"]), body)
        return httpx.Response(200, json={"ok": True, "result": {"message_id": self.numbers}})

    def _take_file(self, request: httpx.Request) -> httpx.Response:
        """A form with a photo, which is PNG or JPEG here, or a document."""
        head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
        form = BytesParser(policy=policy.HTTP).parsebytes(head + request.content)
        fields = {
            str(part.get_param("name", header="content-disposition")): part for part in form.iter_parts()
        }
        name = "photo" if request.url.path.endswith("/sendPhoto") else "document"
        if name not in fields or (
            name == "photo" and fields[name].get_content_subtype() not in ("png", "jpeg")
        ):
            return httpx.Response(400, json={"ok": False, "description": "Bad Request: wrong type of file"})
        self.numbers += 1
        self.arrive(fields["chat_id"].get_content().strip(), {"file": fields[name].get_content()})
        return httpx.Response(200, json={"ok": True, "result": {"message_id": self.numbers}})


@dataclass
class SlackPlatform(SimulatedPlatform):
    token: str = "xoxb-1"
    numbers: int = 0
    uploads: dict[str, bytes] = field(default_factory=dict)

    def is_courtesy(self, request: httpx.Request) -> bool:
        return not request.url.path.endswith("/chat.postMessage")

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "files.slack.com":
            assert "authorization" not in request.headers
            self.uploads["F1"] = request.content
            return httpx.Response(200, text="OK")
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return httpx.Response(200, json={"ok": False, "error": "invalid_auth"})
        if request.url.path.endswith("/files.getUploadURLExternal"):
            fields = parse_qs(request.content.decode())
            assert fields.keys() == {"filename", "length"}
            place = {"upload_url": "https://files.slack.com/upload/v1/ABC", "file_id": "F1"}
            return httpx.Response(200, json={"ok": True, **place})
        if request.url.path.endswith("/files.completeUploadExternal"):
            body = sent(request)
            self.arrive(body["channel_id"], {"file": self.uploads.pop(body["files"][0]["id"])})
            return httpx.Response(200, json={"ok": True, "files": [{"id": "F1"}]})
        if not request.url.path.endswith("/chat.postMessage"):
            return httpx.Response(200, json={"ok": True, "user": {"real_name": "花子"}, "team": "こもれび"})
        body = sent(request)
        if len(body["text"]) > 40_000 or any(
            len(b.get("text", {}).get("text", "")) > 3000 for b in body.get("blocks", ())
        ):
            return httpx.Response(200, json={"ok": False, "error": "msg_too_long"})
        self.numbers += 1
        self.arrive(body["channel"], body)
        return httpx.Response(
            200, json={"ok": True, "channel": body["channel"], "ts": f"1700000000.{self.numbers:06}"}
        )


@dataclass
class TwilioPlatform(SimulatedPlatform):
    token: str = "12345"
    stopped: bool = False
    numbers: int = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("authorization") != httpx.BasicAuth("AC1", self.token)._auth_header:
            return httpx.Response(401, json={"code": 20003, "message": "Authenticate"})
        fields = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        if self.stopped:
            return httpx.Response(
                400, json={"code": 21610, "message": "Attempt to send to unsubscribed recipient"}
            )
        if not 1 <= len(fields["Body"]) <= 1600:
            return httpx.Response(400, json={"code": 21617, "message": "The message body exceeds the limit"})
        self.numbers += 1
        self.arrive(fields["To"], {"text": fields["Body"]})
        return httpx.Response(201, json={"sid": f"SM{self.numbers:032}"})


@dataclass
class SmtpServer(SimulatedPlatform):
    """An SMTP server; *refuse* is what it says to the next recipients."""

    port: int = 0
    refuse: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._session, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        say("220 post office")
        while line := (await reader.readline()).decode().strip():
            word = line.split(":")[0].split(" ")[0].upper()
            if word == "DATA":
                say("354 go on")
                raw = await reader.readuntil(b"\r\n.\r\n")
                message: EmailMessage = BytesParser(policy=policy.default).parsebytes(raw[:-5])
                self.arrive(str(message["To"]), message)
                say("250 taken")
            elif word == "RCPT" and self.refuse:
                say(self.refuse.pop(0))
            else:
                say({"QUIT": "221 bye"}.get(word, "250 ok"))
            if word == "QUIT":
                break
        writer.close()


def now_seconds() -> int:
    return int(time.time())
