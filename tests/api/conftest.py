"""The real application around the engine on a database in memory; the worker loop runs as in production."""

import asyncio
import contextlib
import json
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch
from uuid import uuid4

import httpx2
import pytest
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI

from assistant.api import build_api, build_routes
from assistant.api.auth import create_api_token
from assistant.api.context import ApiContext
from assistant.api.password_hashing import hash_password
from assistant.api.presence import DeskPresence
from assistant.api.rate_limits import RateLimiter
from assistant.app.live_settings import LiveSettings
from assistant.conversation.timing import Timing
from assistant.conversation.turn.suggestions import draft_suggestions, edit_text
from assistant.domain.article_drafts import ArticleFields
from assistant.domain.draft_checks import DraftCheck, TriedQuestion
from assistant.domain.errors import Unavailable
from assistant.domain.knowledge import Article, HelpEntry
from assistant.domain.people import Agent
from assistant.domain.policy import Policy
from assistant.jobs.worker_loop import WorkerLoop
from assistant.signals.facts import WordFactPicker
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from tests.harness import IDENTITY_KEY, LANGUAGES, Harness, RunningClock

BACKEND_KEY = b"what the shop's systems sign with"
PASSWORD = "correct horse battery"
ARTICLE = Article(
    id="ja/returns.md",
    title="返品 <b>の期限",
    language="ja",
    text="# 返品\n\n<script>alert(1)</script> [送料](../ja/delivery.md) [外](javascript:alert(1))",
)


@cache
def _load_authorities() -> ssl.SSLContext:
    """Which takes longer than many a test."""
    return ssl.create_default_context()


@pytest.fixture(scope="session", autouse=True)
def fast_hashing() -> Iterator[None]:
    """Hashing takes long on purpose; tests/api/test_passwords.py holds the product's to it."""
    with patch("assistant.api.password_hashing._hasher", PasswordHasher(1, 1024, 1)):
        yield


@cache
def kept_password() -> str:
    return hash_password(PASSWORD)


@dataclass
class DeskOfArticles:
    """Stands in for the worker process: indexes nothing, and tells what it was asked."""

    check: DraftCheck = field(default_factory=DraftCheck)
    published: dict[str, ArticleFields] = field(default_factory=dict)
    #: As while the worker process starts.
    away: bool = False

    async def publish_article(self, article: str, fields: ArticleFields) -> Sequence[str]:
        self.published[article] = fields
        return ()

    async def withdraw_article(self, article: str) -> None:
        if self.away:
            raise Unavailable
        del self.published[article]

    async def check_draft(self, article: str, fields: ArticleFields) -> DraftCheck:
        return self.check

    async def ask_draft(self, article: str, fields: ArticleFields, question: str) -> TriedQuestion:
        told: dict[str, Any] = {"decision": "answer", "reason": None, "citations": []}
        return TriedQuestion(before=told | {"answer": question}, after=told | {"answer": fields.text})

    async def search_help(self, question: str, language: str) -> Sequence[HelpEntry]:
        if self.away:
            raise Unavailable
        found = HelpEntry(id=ARTICLE.id, title=ARTICLE.title, language=language, excerpt=f"<b>{question}")
        return [found, replace(found, id="ja/ended.md", title="終わったキャンペーン")]

    async def read_upload(self, name: str, data: bytes) -> list[ArticleFields]:
        return [ArticleFields(title=name, language="ja", text=data.decode())]


@dataclass
class ApiClient:
    """Speaks HTTP as a customer and as an agent."""

    http: httpx2.AsyncClient
    rig: Harness
    health: dict[str, str | None]
    app: FastAPI

    @property
    def article_desk(self) -> DeskOfArticles:
        found: DeskOfArticles = self.app.state.context.article_desk
        return found

    async def open(self, **body: Any) -> "ApiConversation":
        response = await self.http.post("/v1/conversations", json={"locale": "ja", **body})
        assert response.status_code == 201, response.text
        return ApiConversation(self.http, response.json()["id"], response.json()["token"])

    async def hire(self, name: str = "Mori", *, admin: bool = False, lead: bool = False) -> dict[str, str]:
        """Headers of a new agent's API token."""
        email = f"{name.lower()}@shop.example"
        person = Agent(id=uuid4().hex, email=email, name=name, admin=admin, lead=lead)
        password = kept_password()

        def step(store: SqlStore) -> str:
            store.agents.add(person, password, self.rig.clock())
            return create_api_token(store, person, self.rig.clock())

        token = await self.rig.database.write(step)
        return {"Authorization": f"Bearer {token}"}


@dataclass
class ApiConversation:
    """One visitor's conversation."""

    http: httpx2.AsyncClient
    id: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def post(self, what: str, body: Any = None, **headers: str) -> httpx2.Response:
        url = f"/v1/conversations/{self.id}/{what}"
        return await self.http.post(url, json=body, headers=self.headers | headers)

    async def say(self, text: str, message_id: str | None = None) -> httpx2.Response:
        return await self.post("messages", {"id": message_id or str(uuid4()), "text": text})

    async def get(self) -> dict[str, Any]:
        response = await self.http.get(f"/v1/conversations/{self.id}", headers=self.headers)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    async def answered(self, answers: int = 1) -> list[dict[str, Any]]:
        """Wait until so many things were said to the customer."""
        async with asyncio.timeout(5):
            while True:
                said = [m for m in (await self.get())["messages"] if m["author"] != "customer"]
                if len(said) >= answers:
                    return said
                await asyncio.sleep(0.02)


async def events(
    http: httpx2.AsyncClient, url: str, headers: dict[str, str], until: int, *, only: str = ""
) -> list[dict[str, Any]]:
    """The first *until* events of a stream (of kind *only*), each {event, id, data}."""
    found: list[dict[str, Any]] = []
    current: dict[str, Any] = {}
    async with asyncio.timeout(5), http.stream("GET", url, headers=headers) as response:
        assert response.status_code == 200
        async for line in response.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "data":
                current["data"] = json.loads(value)
            elif name in ("event", "id"):
                current[name] = value
            elif not line and "event" in current:
                found += [current] if only in ("", current["event"]) else []
                current = {}
                if len(found) >= until:
                    break
    return found


@pytest.fixture
def policy() -> Policy:
    return Policy()


@pytest.fixture
async def client(database: SqlDatabase[SqlStore], policy: Policy, tmp_path: Path) -> AsyncIterator[ApiClient]:
    timing = Timing(debounce=timedelta(seconds=0.02), lease=timedelta(seconds=5))
    rig = Harness(database, policy=policy, timing=timing, clock=RunningClock())
    health: dict[str, str | None] = {"database": None, "words": None}
    app = application(rig, health, tmp_path)
    async with (
        working(rig),
        serving(app) as address,
        httpx2.AsyncClient(base_url=address, timeout=60, verify=_load_authorities()) as http,
    ):
        yield ApiClient(http=http, rig=rig, health=health, app=app)


@asynccontextmanager
async def working(rig: Harness) -> AsyncIterator[None]:
    loop = WorkerLoop(rig.database, rig.duties, rig.wire, rig.clock, rig.timing.lease)
    task = asyncio.create_task(loop.run())
    yield
    task.cancel()
    await loop.drain_jobs(1)


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    """A real server on a free port of the loopback address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.005)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    await _stop_server(server, task, listener)


async def _stop_server(server: uvicorn.Server, task: asyncio.Task[None], listener: socket.socket) -> None:
    """Stop it as soon as what it does is done; by itself it looks ten times a second."""
    task.cancel()
    await asyncio.wait([task])
    for connection in list(server.server_state.connections):
        connection.shutdown()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1):
            while server.server_state.connections or server.server_state.tasks:
                await asyncio.sleep(0.002)
    server.force_exit = True
    await server.shutdown(sockets=[listener])


@cache
def _build_routes_once() -> FastAPI:
    return build_routes()


def copy_routes() -> FastAPI:
    """All calls: FastAPI works them out anew for each application, which takes most of a test."""
    with patch("assistant.api._list_routers", tuple):
        app = build_routes()
    app.router.routes.extend(_build_routes_once().router.routes)
    return app


def application(
    rig: Harness, health: dict[str, str | None], static: Path, *, names: Mapping[str, str] | None = None
) -> FastAPI:
    async def parts() -> dict[str, str | None]:
        return health

    async def entries(day: date) -> Sequence[HelpEntry]:
        tags = ("返品", "<送料>")
        return [
            HelpEntry(id=ARTICLE.id, title=ARTICLE.title, language=ARTICLE.language, tags=tags),
            HelpEntry(id="ja/fee.md", title="送料", language="ja", tags=tags[1:]),
            HelpEntry(id="en/returns.md", title="<Returns>", language="en"),
        ]

    async def article(id_: str) -> Article | None:
        return ARTICLE if id_ == ARTICLE.id else None

    with patch("assistant.api.build_routes", copy_routes):
        return build_api(
            ApiContext(
                database=rig.database,
                policy=rig.policy,
                live=LiveSettings(
                    cast(Any, SimpleNamespace(policy=None, languages=LANGUAGES, name="")), rig.database
                ),
                examples=rig.mind.examples,
                article_desk=DeskOfArticles(),
                suggest=partial(draft_suggestions, rig.mind),
                edit_text=lambda conversation, edit: edit_text(rig.mind, conversation, edit),
                notifier=rig.wire,
                timing=rig.timing,
                desk=rig.desk,
                pick_facts=WordFactPicker(),
                clock=rig.clock,
                limits=RateLimiter(),
                presence=DeskPresence(rig.database),
                identity_key=IDENTITY_KEY,
                languages=LANGUAGES,
                public_url="http://localhost:8000",
                hosts=("localhost:8000",),
                article=article,
                help_entries=entries,
                health=parts,
                static=static,
                names=names or {},
                channels=rig.channels,
                backend_key=BACKEND_KEY,
            ),
            origins=("*",),
            proxies=("127.0.0.1",),
        )
