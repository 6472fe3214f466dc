"""Phones, apps and our service in one process; the clock is moved by hand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from assistant.channels.registry import open_channels
from assistant.conversation.files import FileDesk, check_upload, send_agent_file
from assistant.domain.channels import Delivery
from assistant.domain.inbox import InboxFilter
from assistant.domain.people import Agent
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from tests.api.conftest import application
from tests.channels.line_platform import SETTINGS, LinePlatform, signed
from tests.channels.platform import SimulatedPlatform
from tests.harness import LINK_KEY, Harness

PUBLIC_URL = "http://localhost:8000"


@dataclass
class ChannelHarness:
    """One messaging app, our service, and everybody in it."""

    rig: Harness
    http: httpx2.AsyncClient
    platform: SimulatedPlatform
    url: str
    sign: Callable[..., Mapping[str, str]]

    async def post(self, body: bytes, headers: Mapping[str, str] | None = None) -> httpx2.Response:
        """A webhook call, signed unless *headers* say otherwise."""
        return await self.http.post(
            self.url, content=body, headers=dict(self.sign(body) if headers is None else headers)
        )

    async def tell(self, body: bytes) -> httpx2.Response:
        """A webhook call, and everything that comes of it."""
        response = await self.post(body)
        assert response.status_code == 200, response.text
        await self.rig.settle()
        return response

    async def conversation(self) -> str:
        """The newest one."""
        page = await self.rig.database.read(
            lambda store: store.conversations.list_inbox(InboxFilter(), after=None, limit=50)
        )
        return max(page, key=lambda one: one.created_at).id

    async def deliveries(self) -> list[Delivery]:
        conversation = await self.conversation()
        found = await self.rig.database.read(
            lambda store: store.deliveries.list_by_conversation(conversation)
        )
        return list(found.values())

    async def count(self, table: str) -> int:
        def step(store: SqlStore) -> int:
            rows: Any = store.threads._connection.exec_driver_sql(
                f"SELECT count(*) FROM {table}"
            ).scalar_one()
            return int(rows)

        return await self.rig.database.read(step)

    async def send_file(self, conversation: str, agent: Agent, name: str, data: bytes) -> None:
        """A file of the owner, and everything that comes of it."""
        file = check_upload(uuid4().hex, name, data)
        desk, now = FileDesk(channels=self.rig.channels, timing=self.rig.timing), self.rig.clock()
        await self.rig.database.write(
            lambda store: send_agent_file(store, conversation, agent, file, desk, now)
        )
        await self.rig.work()

    async def load_link(self, url: str) -> bytes:
        """What the app finds at an address of ours."""
        assert url.startswith("https://help.example.jp/v1/files/")
        response = await self.http.get(url.removeprefix("https://help.example.jp"))
        assert response.status_code == 200, response.text
        return response.content

    async def agent(self) -> Agent:
        return await self.rig.hire(f"Mori{uuid4().hex[:4]}")


@pytest.fixture
def make_scene(database: SqlDatabase[SqlStore], tmp_path: Path) -> Callable[..., ChannelHarness]:
    def make(
        platform: SimulatedPlatform,
        settings: Mapping[str, str],
        name: str,
        sign: Callable[..., Mapping[str, str]],
    ) -> ChannelHarness:
        rig = Harness(database)
        rig.channels.update(open_channels(settings, PUBLIC_URL, platform.client()))
        app = application(rig, {"database": None}, tmp_path)
        app.state.context = replace(app.state.context, link_key=LINK_KEY)
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://inside")
        return ChannelHarness(rig=rig, http=http, platform=platform, url=f"/v1/channels/{name}", sign=sign)

    return make


@pytest.fixture
def line() -> LinePlatform:
    return LinePlatform()


@pytest.fixture
def scene(make_scene: Callable[..., ChannelHarness], line: LinePlatform) -> ChannelHarness:
    """LINE, unless a test says another app."""
    return make_scene(line, SETTINGS, "line", signed)
