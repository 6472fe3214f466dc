"""The web process: it stores what comes in and serves what is stored; the worker process computes replies.

Two processes, because turns keep a Python interpreter busy and webhooks would wait for them. Nothing here is
slow, so a request is answered after its one transaction.
"""

import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from fastapi import FastAPI

from assistant.api import build_api
from assistant.api.context import ApiContext
from assistant.api.presence import DeskPresence
from assistant.api.rate_limits import RateLimiter
from assistant.api.report_cache import ReportCache
from assistant.app.knowledge_base import open_database, utc_now
from assistant.app.live_settings import LiveSettings
from assistant.app.settings import Settings
from assistant.app.sign_in import build_oidc_provider
from assistant.app.wiring import build_channels, build_desks, build_notifier, build_timing, list_trackers
from assistant.conversation.actions.agent_tools import AgentToolRequest, AgentToolResult
from assistant.conversation.desk import Desk
from assistant.conversation.timing import Timing
from assistant.domain.actions import Tool
from assistant.domain.article_drafts import ArticleFields
from assistant.domain.conversation import Conversation
from assistant.domain.draft_checks import DraftCheck, TriedQuestion
from assistant.domain.errors import NotFound, Unavailable
from assistant.domain.hours import compute_business_day
from assistant.domain.knowledge import HelpEntry
from assistant.domain.text_edits import EditedText, TextEdit
from assistant.ipc.background_tasks import Start, TaskSupervisor
from assistant.ipc.rpc import RpcChannel
from assistant.jobs.channel_limits import poll_channel_limits
from assistant.jobs.database_probe import WriteProbe
from assistant.jobs.knowledge_refresh import poll_titles
from assistant.knowledge.retrieval.example_questions import ExampleQuestions
from assistant.notifications.journal_poller import JournalPoller
from assistant.notifications.notifier import LocalNotifier
from assistant.ports.answering import Draft
from assistant.ports.channels import Channel
from assistant.ports.foreign_desks import ForeignDesk
from assistant.signals.facts import WordFactPicker
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore

STATIC = Path(__file__).parents[1] / "api" / "static"
#: Seconds for RPC calls to the worker: health, drafts for an agent, an article that is published or tried,
#: a search of the help.
HEALTH_SECONDS = 3.0
SUGGEST_SECONDS = 60.0
ARTICLE_SECONDS = 120.0
SEARCH_SECONDS = 5.0
#: A lookup of the customer and the slowest tool.
TOOL_SECONDS = 25.0


class RemoteArticleDesk:
    """The worker's `ArticleDesk`, over RPC."""

    def __init__(self, rpc: RpcChannel) -> None:
        self._rpc = rpc

    async def publish_article(self, article: str, fields: ArticleFields) -> Sequence[str]:
        return cast(Sequence[str], await self._call("publish_article", article, fields))

    async def withdraw_article(self, article: str) -> None:
        await self._call("withdraw_article", article)

    async def check_draft(self, article: str, fields: ArticleFields) -> DraftCheck:
        return cast(DraftCheck, await self._call("check_draft", article, fields))

    async def ask_draft(self, article: str, fields: ArticleFields, question: str) -> TriedQuestion:
        return cast(TriedQuestion, await self._call("ask_draft", article, fields, question))

    async def search_help(self, question: str, language: str) -> Sequence[HelpEntry]:
        found = await self._rpc.call("articles", "search_help", (question, language), seconds=SEARCH_SECONDS)
        return cast(Sequence[HelpEntry], found)

    async def read_upload(self, name: str, data: bytes) -> list[ArticleFields]:
        return cast(list[ArticleFields], await self._call("read_upload", name, data))

    async def _call(self, name: str, *args: object) -> object:
        return await self._rpc.call("articles", name, args, seconds=ARTICLE_SECONDS)


class RemoteAgentTools:
    """The worker's `AgentTools`, over RPC."""

    def __init__(self, rpc: RpcChannel) -> None:
        self._rpc = rpc

    async def list_tools(self) -> Sequence[Tool]:
        with contextlib.suppress(NotFound):  # no system of the business is connected
            return cast(Sequence[Tool], await self._rpc.call("tools", "list_tools", (), seconds=TOOL_SECONDS))
        return ()

    async def run_tool(self, request: AgentToolRequest) -> AgentToolResult:
        found = await self._rpc.call("tools", "run_tool", (request,), seconds=TOOL_SECONDS)
        return cast(AgentToolResult, found)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebApp:
    settings: Settings
    database: SqlDatabase[SqlStore]
    live: LiveSettings
    examples: ExampleQuestions
    notifier: LocalNotifier
    timing: Timing
    #: Configured messaging apps, by name and account.
    channels: Mapping[tuple[str, str], Channel]
    #: Configured foreign desks.
    desks: Mapping[str, ForeignDesk]
    #: RPC to the worker process.
    rpc: RpcChannel
    proof: WriteProbe
    #: Further background tasks: the demo's own.
    more_tasks: Mapping[str, Start] = field(default_factory=dict)
    supervisor: TaskSupervisor = field(default_factory=TaskSupervisor)
    reports: ReportCache = field(default_factory=ReportCache)

    @contextlib.asynccontextmanager
    async def run_tasks(self) -> AsyncIterator[None]:
        async with self.supervisor.run_tasks(self.build_tasks()):
            yield

    def build_tasks(self) -> dict[str, Start]:
        """Background tasks of the web process."""
        work: dict[str, Start] = {
            "notifier": self.notifier.run,
            "settings": self.live.poll_changes,
            "reports": partial(self.reports.run_refresh, self.database, utc_now),
            "titles": partial(poll_titles, self._load_titles_version, self._load_titles),
            "limits": partial(poll_channel_limits, self.channels.values(), utc_now),
        }
        if self.settings.postgres_url is not None:
            work["journal_poller"] = JournalPoller(self.database, self.notifier, utc_now).run
        return {**work, **self.more_tasks}

    async def check_health(self) -> dict[str, str | None]:
        """component -> what is wrong, or None."""
        parts = await self.proof.check_parts()
        if parts["database"]:
            return parts  # without the worker nobody gets a reply, whatever else works
        parts |= self.supervisor.list_recent_failures()
        try:
            parts |= await self.rpc.call("health", seconds=HEALTH_SECONDS)
        except Unavailable as exc:
            parts["assistant"] = str(exc)
        return parts

    async def count_restarts(self) -> dict[str, int]:
        """Number of restarts of each background task in both processes."""
        found = Counter(self.supervisor.restarts)
        with contextlib.suppress(Unavailable):
            found.update(await self.rpc.call("restarts", seconds=HEALTH_SECONDS))
        return dict(found)

    async def render_worker_measures(self) -> bytes:
        """Histograms and counters of the worker process; nothing while it does not answer."""
        with contextlib.suppress(Unavailable):
            found: bytes = await self.rpc.call("measures", seconds=HEALTH_SECONDS)
            return found
        return b""

    async def suggest_replies(self, conversation: Conversation, question: str) -> Sequence[Draft]:
        drafts: Sequence[Draft] = await self.rpc.call(
            "suggest", conversation, question, seconds=SUGGEST_SECONDS
        )
        return drafts

    async def edit_text(self, conversation: Conversation, edit: TextEdit) -> EditedText:
        edited: EditedText = await self.rpc.call("edit_text", conversation, edit, seconds=SUGGEST_SECONDS)
        return edited

    def current_date(self) -> date:
        return compute_business_day(utc_now(), self.live.policy.zone)

    async def _load_titles_version(self) -> tuple[int, date]:
        return await self.database.read(lambda store: (store.articles.load_version(), self.current_date()))

    async def _load_titles(self) -> None:
        today = self.current_date()
        self.examples.select_questions(
            await self.database.read(lambda store: store.articles.list_titles(today))
        )


def build_web_app(
    settings: Settings,
    rpc: RpcChannel,
    more_tasks: Mapping[str, Start] | None = None,
    *,
    shop: Mapping[str, str] | None = None,
) -> WebApp:
    """SetupError when the database cannot be used; with the sample *shop*, under its names, in the demo."""
    database = open_database(settings)
    return WebApp(
        settings=settings,
        database=database,
        proof=WriteProbe(database, utc_now, settings.data_dir),
        live=LiveSettings(settings, database, shop),
        examples=ExampleQuestions(),
        notifier=build_notifier(settings, rpc),
        timing=build_timing(settings),
        channels=build_channels(settings),
        desks=build_desks(settings),
        rpc=rpc,
        more_tasks=more_tasks or {},
    )


def build_http_app(web_app: WebApp, *, demo: bool = False) -> FastAPI:
    """The ASGI application; with the sample shop at `/` in the *demo*."""
    settings, database = web_app.settings, web_app.database
    context = ApiContext(
        database=database,
        policy=web_app.live.policy,
        live=web_app.live,
        reports=web_app.reports,
        examples=web_app.examples,
        article_desk=RemoteArticleDesk(web_app.rpc),
        agent_tools=RemoteAgentTools(web_app.rpc),
        suggest=web_app.suggest_replies,
        edit_text=web_app.edit_text,
        notifier=web_app.notifier,
        timing=web_app.timing,
        desk=Desk(timing=web_app.timing, pick_facts=WordFactPicker(), policy=web_app.live.policy),
        pick_facts=WordFactPicker(),
        clock=utc_now,
        limits=RateLimiter(),
        presence=DeskPresence(database),
        identity_key=settings.load_identity_key(),
        languages=settings.languages,
        public_url=settings.public_url,
        hosts=(urlsplit(settings.public_url).netloc,),
        article=lambda id_: database.read(lambda store: store.articles.find_article(id_)),
        help_entries=lambda day: database.read(lambda store: store.articles.list_help_entries(day)),
        health=web_app.check_health,
        restarts=web_app.count_restarts,
        worker_measures=web_app.render_worker_measures,
        access_log=settings.access_log,
        static=STATIC,
        names=web_app.live.names,
        oidc=build_oidc_provider(settings, settings.public_url),
        demo=demo,
        metrics_token=settings.metrics_token.get_secret_value() if settings.metrics_token else None,
        backend_key=settings.load_backend_key(),
        public_docs=settings.api_docs == "public",
        resync=settings.resync_interval,
        channels=web_app.channels,
        desks=web_app.desks,
        link_key=settings.load_signing_key(),
        trackers=list_trackers(),
        check_webhook_url=partial(_check_webhook_url, settings),
    )
    return build_api(context, origins=settings.allowed_origins, proxies=settings.trusted_proxies)


async def warm_up_routes(app: FastAPI) -> None:
    """Let FastAPI work out its calls, which it does at the first request, while the worker process loads."""
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "root_path": "",
        "path": "/healthz",
        "raw_path": b"/healthz",
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
    }

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_message: object) -> None:
        return None

    await app(scope, receive, send)


async def _check_webhook_url(settings: Settings, address: str) -> None:
    """BadInput unless webhooks may go there; what it needs is imported when an admin sets one."""
    from assistant.app.webhook_addresses import WebhookAddresses

    await WebhookAddresses(allow_private=settings.webhooks_private).resolve_url(address)
