"""Hostile input of bounded size for each entrance; `evals/faults/stalls.py` drives it."""

import asyncio
import hashlib
import hmac
import json
import secrets
import socket
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2

from evals.fakes.hostile_site import DOCUMENTS, turn_hostile
from evals.faults.bodies import build_hostile_bodies

SIGNING = "the signing key of mail"
TELEGRAM = secrets.token_hex(16)
#: Inputs that are most expensive for Markdown, patterns or tables by length.
TEXTS = [
    "[" * 4_000,
    "[a](" * 1_000,
    "*a_ " * 1_000,
    "***a" * 1_000,
    "``a" * 1_333,
    "a|b\n-|-\n" * 500,
    ("a|" * 200 + "\n" + "-|" * 200 + "\n" + "a|\n" * 1_000)[:4_000],
    ">" * 4_000,
    "\n" * 3_999 + "a",
    "‮﷽" * 2_000,
    "怒" * 4_000,
    "a@" * 2_000,
    "0" * 4_000,
    "4111 1111 1111 1111 " * 200,
]
DEEP = [
    b"[" * 200_000,
    b'{"a":' * 40_000,
    b'{"text":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b"9" * 200_000,
]
#: Agents' work is limited to ten calls a second.
SECONDS_BETWEEN_CALLS = 0.11


@dataclass
class StallStage:
    """The service and its drivers; every visitor has an address of their own."""

    url: str
    token: str
    sitemap: str
    http: httpx2.AsyncClient
    statuses: Counter[int] = field(default_factory=Counter)
    numbers: "count[int]" = field(default_factory=count)

    async def send_call(self, method: str, path: str, **how: Any) -> httpx2.Response | None:
        number = next(self.numbers)
        address = {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
        json_sent = {"Content-Type": "application/json"} if "content" in how else {}
        headers = address | json_sent | how.pop("headers", {})
        try:
            response = await self.http.request(method, self.url + path, headers=headers, **how)
        except httpx2.TransportError:
            self.statuses[0] += 1
            return None
        self.statuses[response.status_code] += 1
        return response

    async def open_conversation(self) -> tuple[str, dict[str, str]]:
        response = await self.send_call("POST", "/v1/conversations", json={"locale": "ja"})
        assert response is not None
        found = response.json()
        return f"/v1/conversations/{found['id']}", {"Authorization": f"Bearer {found['token']}"}


async def run_at_once(calls: Sequence[Awaitable[Any]], abreast: int = 16) -> None:
    gate = asyncio.Semaphore(abreast)

    async def run_one(call: Awaitable[Any]) -> None:
        async with gate:
            await call

    await asyncio.gather(*map(run_one, calls))


async def send_nothing(_: StallStage) -> None:
    await asyncio.sleep(3)


async def send_hostile_names(stage: StallStage) -> None:
    """Open conversations with every field as long and as odd as permitted."""
    odd = ["\ud800", "\x00", "<b>" * 60, "‮" * 200, "﷽" * 200, "a" * 250_000, "１" * 255]
    bodies = [
        {"locale": text[:35], "customer": {"id": text[:255], "name": text[:200], "email": text[:200]}}
        for text in odd * 20
    ]
    await run_at_once(
        [stage.send_call("POST", "/v1/conversations", content=json.dumps(body)) for body in bodies]
    )


async def send_nested_json(stage: StallStage) -> None:
    talk, headers = await stage.open_conversation()
    paths = ["/v1/conversations", f"{talk}/messages", f"{talk}/feedback", "/v1/agent/login"]
    calls = [
        stage.send_call("POST", path, content=body, headers=headers) for path in paths for body in DEEP * 5
    ]
    await run_at_once(calls)


async def send_hostile_markdown(stage: StallStage) -> None:
    """Hostile messages, and forty readers of them."""
    talk, headers = await stage.open_conversation()
    for text in TEXTS * 2:
        await stage.send_call(
            "POST", f"{talk}/messages", json={"id": str(uuid4()), "text": text}, headers=headers
        )
    await run_at_once([stage.send_call("GET", talk, headers=headers) for _ in range(40)])
    agent = {"Authorization": f"Bearer {stage.token}"}
    inbox = talk.replace("/v1/", "/v1/agent/")
    for text in TEXTS:
        note = {"id": str(uuid4()), "text": text, "private": True}
        await stage.send_call("POST", f"{inbox}/messages", json=note, headers=agent)
    await run_at_once([stage.send_call("GET", inbox, headers=agent) for _ in range(40)])


async def open_streams(stage: StallStage) -> None:
    """Reconnect to a long conversation."""
    talk, headers = await stage.open_conversation()
    for text in TEXTS * 2:
        await stage.send_call(
            "POST", f"{talk}/messages", json={"id": str(uuid4()), "text": text}, headers=headers
        )

    async def listen_to_stream() -> None:
        async with stage.http.stream("GET", f"{stage.url}{talk}/events", headers=headers) as response:
            stage.statuses[response.status_code] += 1
            async for _ in response.aiter_lines():
                break

    await run_at_once([listen_to_stream() for _ in range(80)])


async def flood_logins(stage: StallStage) -> None:
    body = {"email": "mori@shop.example", "password": "x" * 1_024}
    await run_at_once([stage.send_call("POST", "/v1/agent/login", json=body) for _ in range(80)], abreast=40)


async def send_forged_webhooks(stage: StallStage) -> None:
    """Webhooks of the largest size, without a valid signature."""
    paths = [f"/v1/channels/{name}" for name in ("telegram", "email")]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    bodies = [b"[" * 4_000_000, b"a=b&" * 1_000_000, b"\n" * 4_000_000]
    await run_at_once(
        [stage.send_call("POST", p, content=b, headers=form) for p in paths for b in bodies * 3]
    )


async def send_hostile_updates(stage: StallStage) -> None:
    """Signed updates of an app with hostile text, names, and nesting."""
    signed = {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM, "Content-Type": "application/json"}

    def send_update(text: str) -> bytes:
        number, person = next(stage.numbers), {"id": 7, "first_name": text[:200], "language_code": text[:60]}
        message = {"message_id": number, "date": 1, "chat": {"id": 7, "type": "private"}, "from": person}
        return json.dumps({"update_id": number, "message": message | {"text": text}}).encode()

    bodies = [send_update(text) for text in [*TEXTS, "\ud800", "\x00", "a" * 1_000_000]] + DEEP
    await run_at_once(
        [stage.send_call("POST", "/v1/channels/telegram", content=b, headers=signed) for b in bodies]
    )


async def send_hostile_mails(stage: StallStage) -> None:
    """Signed mails: newlines, quotes, nested parts, endless headers, thousands of form fields."""
    nested_parts = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(2_000))
    plain = "From: a@b.example\nSubject: s\nMessage-ID: <%s@b>\n\n%s"
    bodies = ["\n" * 30_000, "> " * 15_000, "On " * 10_000 + "wrote:\n" * 5_000, "<div>" * 20_000]
    wholes = [plain % (uuid4().hex, body) for body in bodies]
    wholes += [f"From: a@b.example\n{nested_parts}", "From: a@b.example\n" + "X: y\n" * 200_000]

    async def send_mail(whole: str, more: int = 0) -> None:
        stamp, token = str(int(time.time())), secrets.token_hex(25)
        signature = hmac.new(SIGNING.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
        fields = {"timestamp": stamp, "token": token, "signature": signature, "body-mime": whole}
        fields |= {f"f{number}": "x" for number in range(more)}
        await stage.send_call("POST", "/v1/channels/email", data=fields)

    await run_at_once([*(send_mail(whole) for whole in wholes), send_mail(wholes[0], 100_000)], abreast=4)


async def send_endless_headers(stage: StallStage) -> None:
    """Endless headers on many connections."""
    address = urlsplit(stage.url)

    def flood_headers() -> None:
        with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
            try:
                connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
                for _ in range(2_000):
                    connection.sendall(b"X-Pad: " + b"a" * 4_000 + b"\r\n")
            except OSError:
                return

    await asyncio.gather(*(asyncio.to_thread(flood_headers) for _ in range(8)))


async def poll_metrics(stage: StallStage) -> None:
    async def count_once() -> None:
        stage.statuses[(await stage.http.get(f"{stage.url}/metrics")).status_code] += 1

    await run_at_once([count_once() for _ in range(60)], abreast=20)


async def fetch_long_article(stage: StallStage) -> None:
    """The page of an article of 800 KB."""
    await run_at_once([stage.send_call("GET", "/help/long.md", timeout=60) for _ in range(10)])


async def resync_hostile_documents(stage: StallStage) -> None:
    """A known site has PDF files, workbooks and Word documents that are endless when they are opened."""
    turn_hostile()
    agent = {"Authorization": f"Bearer {stage.token}"}
    source = {"source": stage.sitemap.rpartition("/")[0] + f"/{DOCUMENTS}"}
    await stage.send_call("POST", "/v1/agent/knowledge/sources/read", json=source, headers=agent)
    await asyncio.sleep(90)


async def resync_hostile_sitemap(stage: StallStage) -> None:
    """A known site's sitemap has become a bomb, and a support lead requests a resync."""
    turn_hostile()
    agent, source = {"Authorization": f"Bearer {stage.token}"}, {"source": stage.sitemap}
    await stage.send_call("POST", "/v1/agent/knowledge/sources/read", json=source, headers=agent)
    await asyncio.sleep(15)


async def send_hostile_bodies(stage: StallStage) -> None:
    """Every call that takes a JSON body, as fast as an agent may call."""
    agent = {"Authorization": f"Bearer {stage.token}"}
    description = (await stage.http.get(f"{stage.url}/openapi.json")).json()
    for path, body in build_hostile_bodies(description):
        await stage.send_call("POST", path, content=body, headers=agent)
        await asyncio.sleep(SECONDS_BETWEEN_CALLS)


ENTRANCES: dict[str, Callable[[StallStage], Awaitable[None]]] = {
    "nobody": send_nothing,
    "names": send_hostile_names,
    "nested": send_nested_json,
    "markdown": send_hostile_markdown,
    "streams": open_streams,
    "logins": flood_logins,
    "forged": send_forged_webhooks,
    "updates": send_hostile_updates,
    "mails": send_hostile_mails,
    "heads": send_endless_headers,
    "counts": poll_metrics,
    "articles": fetch_long_article,
    "documents": resync_hostile_documents,
    "sitemaps": resync_hostile_sitemap,
    "bodies": send_hostile_bodies,
}
