"""The process that answers calls: it stores what comes in and shows what is stored; a companion thinks.

Two processes, because thinking keeps a Python interpreter busy, and webhooks would wait for turns that are
none of their business. Here nothing is heavy, so a call is answered after its one transaction.
"""

import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI

from assistant.api import make_app
from assistant.api.context import Context
from assistant.api.rate_limits import Limits
from assistant.app.knowledge_base import make_policy, now, open_database
from assistant.app.settings import Settings
from assistant.app.wiring import make_channels, make_timing, make_wire
from assistant.conversation.desk import Desk
from assistant.conversation.timing import Timing
from assistant.domain.conversation import Conversation
from assistant.domain.errors import Unavailable
from assistant.domain.hours import business_day
from assistant.domain.policy import Policy
from assistant.ipc.background_tasks import Start, Supervisor
from assistant.ipc.rpc import Pipe
from assistant.jobs.channel_limits import poll_channel_limits
from assistant.jobs.database_probe import Proof
from assistant.jobs.knowledge_refresh import poll_titles
from assistant.knowledge.retrieval.example_questions import Examples
from assistant.notifications.journal_poller import Lookout
from assistant.notifications.notifier import LocalWire
from assistant.ports.answering import Draft
from assistant.ports.channels import Channel
from assistant.signals.facts import pick_facts
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore

STATIC = Path(__file__).parents[1] / "api" / "static"
#: How long the companion may take to say how it is, and to draft for an agent.
HEALTH_SECONDS, SUGGEST_SECONDS = 3.0, 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    settings: Settings
    database: SqlDatabase[SqlStore]
    policy: Policy
    examples: Examples
    wire: LocalWire
    timing: Timing
    #: Messaging apps that are set up, by name and account.
    channels: Mapping[tuple[str, str], Channel]
    #: To the companion.
    pipe: Pipe
    proof: Proof
    supervisor: Supervisor = field(default_factory=Supervisor)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with self.supervisor.running(self.tasks()):
            yield

    def tasks(self) -> dict[str, Start]:
        """Everything that goes on as long as calls are answered."""
        work: dict[str, Start] = {
            "wire": self.wire.run,
            "titles": partial(poll_titles, self._titles_version, self._load_titles),
            "limits": partial(poll_channel_limits, self.channels.values(), now),
        }
        if self.settings.postgres_url is not None:
            work["lookout"] = Lookout(self.database, self.wire, now).run
        return work

    async def health(self) -> dict[str, str | None]:
        """Each part, and what is wrong with it or None."""
        parts = await self.proof.parts()
        if parts["database"]:
            return parts  # nobody is answered now, whatever else works
        parts |= self.supervisor.troubles()
        try:
            parts |= await self.pipe.ask("health", seconds=HEALTH_SECONDS)
        except Unavailable as exc:
            parts["assistant"] = str(exc)
        return parts

    async def restarts(self) -> dict[str, int]:
        """How often each long-lived task was started again since the service was."""
        found = Counter(self.supervisor.restarts)
        with contextlib.suppress(Unavailable):
            found.update(await self.pipe.ask("restarts", seconds=HEALTH_SECONDS))
        return dict(found)

    async def suggest(self, conversation: Conversation, question: str) -> Sequence[Draft]:
        drafts: Sequence[Draft] = await self.pipe.ask(
            "suggest", conversation, question, seconds=SUGGEST_SECONDS
        )
        return drafts

    def today(self) -> date:
        return business_day(now(), self.policy.zone)

    async def _titles_version(self) -> tuple[int, date]:
        return await self.database.read(lambda store: (store.articles.version(), self.today()))

    async def _load_titles(self) -> None:
        self.examples.load(await self.database.read(lambda store: store.articles.titles(self.today())))


def make_front(settings: Settings, pipe: Pipe) -> Front:
    """SetupError when the database cannot be used."""
    database = open_database(settings)
    return Front(
        settings=settings,
        database=database,
        proof=Proof(database, now, settings.data_dir),
        policy=make_policy(settings),
        examples=Examples(),
        wire=make_wire(settings, pipe),
        timing=make_timing(settings),
        channels=make_channels(settings),
        pipe=pipe,
    )


def create_app(front: Front, *, shop: Mapping[str, str] | None = None) -> FastAPI:
    """The HTTP application around it; with the sample *shop*, by its names, where a demo is served."""
    settings, database = front.settings, front.database
    context = Context(
        database=database,
        policy=front.policy,
        examples=front.examples,
        suggest=front.suggest,
        wire=front.wire,
        timing=front.timing,
        desk=Desk(timing=front.timing, pick_facts=pick_facts),
        pick_facts=pick_facts,
        clock=now,
        limits=Limits(),
        identity_key=settings.identity_key(),
        languages=settings.languages,
        public_url=settings.public_url,
        hosts=(urlsplit(settings.public_url).netloc,),
        article=lambda id_: database.read(lambda store: store.articles.article(id_)),
        titles=lambda day: database.read(lambda store: store.articles.titles(day)),
        health=front.health,
        restarts=front.restarts,
        static=STATIC,
        names=shop or dict.fromkeys(settings.languages, settings.name),
        demo=shop is not None,
        metrics_token=settings.metrics_token.get_secret_value() if settings.metrics_token else None,
        public_docs=settings.api_docs == "public",
        resync=settings.resync,
        channels=front.channels,
    )
    return make_app(context, origins=settings.allowed_origins, proxies=settings.trusted_proxies)
