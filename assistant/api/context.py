"""What every route may use; built once by app/web_app.py and found on the application."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request

from assistant.api.metrics import COUNTED_SECONDS, MetricTotals
from assistant.api.password_hashing import PasswordVerifier
from assistant.api.presence import DeskPresence
from assistant.api.rate_limits import RateLimiter
from assistant.api.single_flight import CachedValue
from assistant.conversation.contacts import ContactFinder
from assistant.conversation.desk import Desk
from assistant.conversation.timing import Timing
from assistant.domain.conversation import Conversation
from assistant.domain.policy import Policy
from assistant.ports.answering import Draft
from assistant.ports.channels import Channel
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.signals import FactPicker
from assistant.ports.storage.store import Database, Store


class ReplySuggester(Protocol):
    async def __call__(self, conversation: Conversation, question: str) -> Sequence[Draft]: ...


async def count_no_restarts() -> Mapping[str, int]:
    """Nothing was started again, because nothing runs beside."""
    return {}


class HealthCheck(Protocol):
    async def __call__(self) -> dict[str, str | None]: ...  # part -> None when well, else what is wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiContext:
    database: Database[Store]
    policy: Policy
    #: Questions that the knowledge base answers, by language.
    examples: Callable[[str], Sequence[str]]
    #: Drafts for agents.
    suggest: ReplySuggester
    wire: Notifier
    timing: Timing
    desk: Desk
    pick_facts: FactPicker
    clock: Clock
    limits: RateLimiter
    #: Who is at the desk.
    presence: DeskPresence
    passwords: PasswordVerifier = field(default_factory=PasswordVerifier)
    #: Signs customers' ids, and sessions.
    identity_key: bytes
    languages: tuple[str, ...]
    public_url: str
    #: Hosts that links in replies may lead to.
    hosts: Sequence[str]
    #: Finds an article of the knowledge base by id.
    article: Callable[[str], Any]
    #: Id, title and language of every article that holds on a day.
    titles: Callable[[date], Awaitable[Sequence[tuple[str, str, str]]]]
    health: HealthCheck
    #: The built front end.
    static: Path
    #: What the operator is called on pages, by language; none: neutral words.
    names: Mapping[str, str] = field(default_factory=dict)
    #: Whether `/` shows the sample shop.
    demo: bool = False
    #: Who sends it may read /metrics; None: only programs on this machine.
    metrics_token: str | None = None
    #: Everybody may read how the API describes itself, not only this machine.
    public_docs: bool = False
    #: How often web sources are read again; None: only when somebody asks.
    resync: timedelta | None = None
    #: Messaging apps, by name and account.
    channels: Mapping[tuple[str, str], Channel] = field(default_factory=dict)
    #: Webhook calls by channel and outcome.
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: How often each long-lived task was started again.
    restarts: Callable[[], Awaitable[Mapping[str, int]]] = count_no_restarts
    #: What `/metrics` last counted.
    counted: CachedValue[MetricTotals] = field(default_factory=lambda: CachedValue(COUNTED_SECONDS))

    def build_contact_finder(self) -> ContactFinder:
        return ContactFinder(pick_facts=self.pick_facts, channels=self.channels.keys())


def get_context(request: Request) -> ApiContext:
    found: ApiContext = request.app.state.context
    return found


Ctx = Annotated[ApiContext, Depends(get_context)]
