"""The sample shop behind a line with faults: down, slow, answers lost, our own process killed meanwhile."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from assistant.cli.demo_shop.orders import ShopDatabase
from assistant.cli.demo_shop.service import create_shop
from assistant.tools.backend import HttpToolBackend

SECRET = b"the sample shop's signing secret"
#: Faults of a change alone: its dry run passes.
CHANGE_FAULTS = ("lost", "kill before", "kill after", "error", "never")


class KilledWorker(BaseException):
    """Stands for kill -9: nothing of ours runs after it."""


@dataclass
class FaultyTransport(httpx.AsyncBaseTransport):
    """Passes calls to the shop; *faults*: path prefix -> what happens to them."""

    inner: httpx.AsyncBaseTransport
    faults: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    #: Seconds of a slow answer.
    delay: float = 30.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.calls.append(path)
        fault = next((what for prefix, what in self.faults.items() if path.startswith(prefix)), "")
        if fault in CHANGE_FAULTS and b'"dry_run": true' in request.content:
            fault = ""
        if fault == "down":
            raise httpx.ConnectError("nobody listens")
        if fault == "kill before":
            raise KilledWorker
        if fault == "slow":
            await asyncio.sleep(self.delay)
        if fault == "never":
            raise httpx.ReadTimeout("no answer")
        response = await self.inner.handle_async_request(request)
        if fault == "kill after":
            raise KilledWorker
        if fault == "lost":
            raise httpx.ReadError("the line was cut")
        return httpx.Response(500, json={}) if fault == "error" else response


class FaultyShop:
    """The shop, and the client that calls it."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.orders = ShopDatabase(":memory:", today=lambda: clock().date())
        self.transport = FaultyTransport(httpx.ASGITransport(create_shop(self.orders, SECRET, clock)))
        self.backend = HttpToolBackend("http://shop", SECRET, clock, self.transport)
