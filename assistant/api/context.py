"""Dependencies of the routes; built once by app/web_app.py and stored in the application's state."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from fastapi import Depends, Request

from assistant.api.metrics import COUNTED_SECONDS, MetricTotals
from assistant.api.password_hashing import PasswordVerifier
from assistant.api.presence import DeskPresence
from assistant.api.rate_limits import RateLimiter
from assistant.api.report_cache import ReportCache
from assistant.api.single_flight import CachedValue
from assistant.conversation.actions.agent_tools import AgentToolRequest, AgentToolResult
from assistant.conversation.contacts import ContactFinder
from assistant.conversation.desk import Desk
from assistant.conversation.timing import Timing
from assistant.domain.actions import Tool
from assistant.domain.article_drafts import ArticleFields
from assistant.domain.conversation import Conversation
from assistant.domain.draft_checks import DraftCheck, TriedQuestion
from assistant.domain.errors import BadInput, NotFound
from assistant.domain.knowledge import HelpEntry
from assistant.domain.logo import Logo
from assistant.domain.policy import Policy
from assistant.domain.text_edits import EditedText, TextEdit
from assistant.ports.answering import Draft
from assistant.ports.channels import Channel
from assistant.ports.clock import Clock
from assistant.ports.foreign_desks import ForeignDesk
from assistant.ports.notifications import Notifier
from assistant.ports.signals import FactPicker
from assistant.ports.storage.store import Database, Store

if TYPE_CHECKING:
    from assistant.api.oidc_provider import OidcProvider

#: Live figures are counted at most this often.
LIVE_SECONDS = 2.0


class ReplySuggester(Protocol):
    async def __call__(self, conversation: Conversation, question: str) -> Sequence[Draft]: ...


class AgentTextEditor(Protocol):
    async def __call__(self, conversation: Conversation, edit: TextEdit) -> EditedText: ...


class ArticleDeskCalls(Protocol):
    """What the worker process does for leads who write articles."""

    async def publish_article(self, article: str, fields: ArticleFields) -> Sequence[str]: ...  # warnings
    async def withdraw_article(self, article: str) -> None: ...
    async def check_draft(self, article: str, fields: ArticleFields) -> DraftCheck: ...
    async def ask_draft(self, article: str, fields: ArticleFields, question: str) -> TriedQuestion: ...
    async def search_help(self, question: str, language: str) -> Sequence[HelpEntry]: ...  # best first
    async def read_upload(self, name: str, data: bytes) -> list[ArticleFields]: ...  # Unreadable


class AgentToolCalls(Protocol):
    """What the worker process does for agents with the tools of customers."""

    async def list_tools(self) -> Sequence[Tool]: ...
    async def run_tool(self, request: AgentToolRequest) -> AgentToolResult: ...


class NoAgentTools:
    """Used where there is no system that could do anything."""

    async def list_tools(self) -> Sequence[Tool]:
        return ()

    async def run_tool(self, _request: AgentToolRequest) -> AgentToolResult:
        raise NotFound


class SettingsInForce(Protocol):
    """What leads change in the console, as it is in force here."""

    file: str | None
    problem: str | None
    accent: str | None
    logo: Logo | None

    @property
    def file_keys(self) -> frozenset[str]: ...
    def clean_changes(self, changes: Mapping[str, Any]) -> dict[str, Any]: ...
    def check_changes(self, current: Mapping[str, Any], changes: Mapping[str, Any]) -> Policy: ...  # BadInput
    def parse_days(self, value: Mapping[str, str]) -> Mapping[int, tuple[str, ...]]: ...  # BadInput
    def format_days(self, days: Mapping[int, tuple[str, ...]]) -> Mapping[str, str]: ...
    def describe_policy(self) -> Mapping[str, tuple[Any, Any]]: ...  # key -> (in force, built in)
    async def load_changes(self) -> bool: ...


async def count_no_restarts() -> Mapping[str, int]:
    """Used where there are no background tasks."""
    return {}


async def render_nothing() -> bytes:
    """Used where there is no worker process."""
    return b""


class HealthCheck(Protocol):
    async def __call__(self) -> dict[str, str | None]: ...  # component -> None when healthy, else the problem


async def refuse_address(_address: str) -> None:
    """Used where nothing knows which addresses may be called."""
    raise BadInput("Webhooks are not set up here.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiContext:
    database: Database[Store]
    policy: Policy
    live: SettingsInForce
    #: Example questions by language.
    examples: Callable[[str], Sequence[str]]
    #: Publishes and checks what leads write.
    article_desk: ArticleDeskCalls
    #: Suggested replies for agents.
    suggest: ReplySuggester
    #: Texts translated and rephrased for agents.
    edit_text: AgentTextEditor
    notifier: Notifier
    timing: Timing
    desk: Desk
    pick_facts: FactPicker
    clock: Clock
    limits: RateLimiter
    #: Who is at the desk.
    presence: DeskPresence
    passwords: PasswordVerifier = field(default_factory=PasswordVerifier)
    #: Key that signs customers' ids and sessions.
    identity_key: bytes
    languages: tuple[str, ...]
    public_url: str
    #: Hosts that links in replies may lead to.
    hosts: Sequence[str]
    #: Loads an article of the knowledge base by id.
    article: Callable[[str], Any]
    #: Every article that is valid on a day.
    help_entries: Callable[[date], Awaitable[Sequence[HelpEntry]]]
    health: HealthCheck
    #: The built front end.
    static: Path
    #: The operator's name on pages, by language; None: neutral wording.
    names: Mapping[str, str] = field(default_factory=dict)
    #: Through which agents may sign in beside passwords.
    oidc: "OidcProvider | None" = None
    #: The tools of customers, for agents.
    agent_tools: AgentToolCalls = field(default_factory=NoAgentTools)
    #: Whether `/` shows the sample shop.
    demo: bool = False
    #: Bearer token for /metrics; None: only programs on this machine.
    metrics_token: str | None = None
    #: Signs what the business's own systems push; None: nothing is taken in.
    backend_key: bytes | None = None
    #: Whether the API documentation is public, not only for this machine.
    public_docs: bool = False
    #: Interval of web resyncs; None: only on request.
    resync: timedelta | None = None
    #: Messaging apps, by name and account.
    channels: Mapping[tuple[str, str], Channel] = field(default_factory=dict)
    #: Foreign desks, by name and account.
    desks: Mapping[str, ForeignDesk] = field(default_factory=dict)
    #: Signs links that open something without an account.
    link_key: bytes = b""
    #: Number of restarts of each background task.
    restarts: Callable[[], Awaitable[Mapping[str, int]]] = count_no_restarts
    #: Histograms and counters of the worker process, in the Prometheus format.
    worker_measures: Callable[[], Awaitable[bytes]] = render_nothing
    #: BadInput unless outgoing webhooks may go there.
    check_webhook_url: Callable[[str], Awaitable[None]] = refuse_address
    #: Issue trackers that improvements can be exported to.
    trackers: Sequence[str] = ()
    #: Whether each request is logged.
    access_log: bool = False
    #: The last counts of `/metrics`.
    counted: CachedValue[MetricTotals] = field(default_factory=lambda: CachedValue(COUNTED_SECONDS))
    #: Rows of reports.
    reports: ReportCache = field(default_factory=ReportCache)
    #: The live figures, for all consoles.
    live_figures: CachedValue[Any] = field(default_factory=lambda: CachedValue(LIVE_SECONDS))

    def build_contact_finder(self) -> ContactFinder:
        return ContactFinder(pick_facts=self.pick_facts, channels=self.channels.keys())


def get_context(request: Request) -> ApiContext:
    found: ApiContext = request.app.state.context
    return found


Ctx = Annotated[ApiContext, Depends(get_context)]
