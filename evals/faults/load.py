"""Customers who write to the service during faults, and record what was acknowledged."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2

CASES = Path(__file__).parents[1] / "cases" / "sample_kb.jsonl"
QUESTIONS = [str(json.loads(line)["text"]) for line in CASES.read_text("utf-8").splitlines()]
#: Seconds until a client gives up repeating a message, longer than any fault here.
PATIENCE_SECONDS = 90.0


@dataclass
class CustomerConversation:
    """A customer's conversation with the ids of messages answered with 202, in order."""

    id: str
    token: str
    address: str
    acknowledged: dict[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "X-Forwarded-For": self.address}

    def build_path(self, more: str = "") -> str:
        return f"/v1/conversations/{self.id}{more}"


class LoadGenerator:
    """*rate* messages a second over *conversations*, to any of the *urls*."""

    def __init__(self, urls: Sequence[str], *, rate: float = 20.0, conversations: int = 40) -> None:
        self.urls, self.rate, self._count = urls, rate, conversations
        self.talks: list[CustomerConversation] = []
        #: Seconds of each acknowledged POST.
        self.waits: list[float] = []
        self.refused: Counter[int | str] = Counter()
        #: Probability that a message is sent twice at once.
        self.doubles = 0.1
        self._stop = asyncio.Event()

    async def __aenter__(self) -> "LoadGenerator":
        # No keep-alive: the service may close a connection just as it is reused, which is no fault.
        limits = httpx2.Limits(max_connections=400, max_keepalive_connections=0)
        self.http = httpx2.AsyncClient(timeout=15, limits=limits)
        self.talks = [await self.open_conversation() for _ in range(self._count)]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def open_conversation(self) -> CustomerConversation:
        address = f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(256)}"
        headers = {"X-Forwarded-For": address}
        response = await self.request_json("POST", "/v1/conversations", {"locale": "ja"}, headers)
        return CustomerConversation(response["id"], response["token"], address)

    async def run(self) -> None:
        """Run until `stop`; every message that was begun is acknowledged before this returns."""
        pause = self._count / self.rate
        await asyncio.gather(*(self._write_messages(talk, pause) for talk in self.talks))

    def stop(self) -> None:
        self._stop.set()

    async def _write_messages(self, talk: CustomerConversation, pause: float) -> None:
        await asyncio.sleep(random.uniform(0, pause))
        while not self._stop.is_set():
            began = time.monotonic()
            await self.send_message(talk, random.choice(QUESTIONS))
            left = random.uniform(0.5, 1.5) * pause - (time.monotonic() - began)
            try:
                async with asyncio.timeout(max(0.0, left)):
                    await self._stop.wait()
            except TimeoutError:
                continue

    async def send_message(self, talk: CustomerConversation, text: str) -> None:
        """Send a message repeatedly until it is acknowledged, as a client does."""
        message = str(uuid4())
        body = {"id": message, "text": text}
        copies = 2 if random.random() < self.doubles else 1
        path = talk.build_path("/messages")
        sent = [self.request_json("POST", path, body, talk.headers) for _ in range(copies)]
        answers = await asyncio.gather(*sent)
        assert {answer["message"]["id"] for answer in answers} == {message}
        talk.acknowledged[message] = text

    async def request_json(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        """The response to a call, repeated until there is one."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            began = time.monotonic()
            try:
                url = random.choice(self.urls) + path
                response = await self.http.request(method, url, json=body, headers=headers)
            except httpx2.TransportError as exc:
                self.refused[type(exc).__name__] += 1
            else:
                if response.status_code < 300:
                    self.waits.append(time.monotonic() - began)
                    return response.json()
                self.refused[response.status_code] += 1
                if response.status_code not in (429, 500, 503):
                    raise SystemExit(f"evals faults: {path} answered {response.status_code} {response.text}")
            await asyncio.sleep(random.uniform(0.1, 0.5))
        raise SystemExit(f"evals faults: {path} was not answered for {PATIENCE_SECONDS} s")

    async def fetch_conversation(self, talk: CustomerConversation) -> dict[str, Any]:
        found: dict[str, Any] = await self.request_json("GET", talk.build_path(), None, talk.headers)
        return found

    def compute_percentile(self, share: float) -> float:
        ordered = sorted(self.waits) or [0.0]
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
