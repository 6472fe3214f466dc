"""The composition root: the only place that knows every adapter. Commands and the service are built here."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from assistant.library import Knowledge, Steps, make_policy, now, open_knowledge
from assistant.settings import Settings
from assistant.work.supervisor import Supervisor

if TYPE_CHECKING:
    from assistant.conversation.think import Mind
    from assistant.conversation.timing import Timing
    from assistant.conversation.turn import Assistant
    from assistant.domain.budgets import Prices
    from assistant.domain.living import Source
    from assistant.ports import Answerer, Bus, Channel, ChatModel
    from assistant.work.loop import Duties, Loop
    from assistant.work.supervisor import Start
    from assistant.work.wire import LocalWire

PROMPTS = Path(__file__).parent.parent / "prompts"
#: How often the serving process looks whether another process changed the knowledge base.
REFRESH_SECONDS = 1.0
#: How often it looks whether vectors are missing, and after which time nobody answers by another model's.
MAKE_SECONDS, FORGET_SECONDS = 5.0, 3600.0
#: How long work in hand may take to finish at a stop.
DRAIN_SECONDS = 5.0


def make_wire(settings: Settings, bus: Bus | None = None) -> LocalWire:
    """Streams and workers are woken by it, in every process: by PostgreSQL if there is one, else by *bus*."""
    from assistant.work.shared_wire import SharedWire
    from assistant.work.wire import LocalWire

    if settings.postgres_url is not None:
        from assistant.storage.postgres import Notices

        bus = Notices(settings.postgres_url)
    return LocalWire() if bus is None else SharedWire(bus)


def open_answerer(model: ChatModel | None, knowledge: Knowledge, prices: Prices) -> Answerer:
    from assistant.knowledge.kept_tokens import StoredTokens
    from assistant.llm.answering import Parts, make_answerer
    from assistant.llm.ranking import Ranker

    embedder = knowledge.embedder
    kept = StoredTokens(knowledge.database, embedder)
    ranker = Ranker(embedder, kept)
    parts = Parts(ranker=ranker, embedder=embedder, kept=kept, prices=prices)
    return make_answerer(model, parts, PROMPTS)


def _openai_key(settings: Settings) -> str | None:
    return settings.openai_api_key.get_secret_value() if settings.openai_api_key else None


def make_timing(settings: Settings) -> Timing:
    from assistant.conversation.timing import Timing

    return Timing(
        quiet=timedelta(seconds=settings.quiet_seconds),
        turn_deadline=timedelta(seconds=settings.turn_deadline_seconds),
        agent_deadline=timedelta(seconds=settings.agent_deadline_seconds),
    )


def make_channels(settings: Settings) -> Mapping[tuple[str, str], Channel]:
    """The messaging apps that the environment has settings of."""
    from assistant.channels import are_set
    from assistant.settings import environment

    found = environment()
    if not are_set(found):
        return {}
    from assistant.channels.table import open_channels
    from assistant.channels.web_calls import new_client

    return open_channels(found, settings.public_url, new_client())


def make_mind(settings: Settings, knowledge: Knowledge) -> Mind:
    from assistant.conversation.allowance import allowances
    from assistant.conversation.think import Mind
    from assistant.domain.hours import local
    from assistant.llm.answering import make_rewrite, make_summarise, make_vote, open_model
    from assistant.llm.reader import read_after
    from assistant.llm.turn_encoder import turn_reading
    from assistant.signals.reader import Reader

    policy = make_policy(settings)
    key, base_url = _openai_key(settings), settings.openai_base_url
    model = open_model(settings.model, api_key=key, base_url=base_url)
    return Mind(
        reader=Reader(languages=settings.languages),
        retriever=read_after(knowledge.retriever, settings.embeddings, settings.models_dir),
        answerer=open_answerer(model, knowledge, policy.prices),
        meaning=knowledge.meaning,
        read_turn=turn_reading(settings.embeddings, settings.models_dir),
        rewrite=make_rewrite(model, PROMPTS),
        policy=policy,
        languages=settings.languages,
        examples=knowledge.examples,
        vote=make_vote(model, PROMPTS),
        summarise=make_summarise(model, PROMPTS),
        allowance=allowances(knowledge.database, policy.budgets, lambda: local(now(), policy.zone)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Everything that thinks, sends and watches while the assistant serves."""

    settings: Settings
    knowledge: Knowledge
    mind: Mind
    wire: LocalWire
    assistant: Assistant
    timing: Timing
    #: Messaging apps that are set up, by name and account.
    channels: Mapping[tuple[str, str], Channel]
    supervisor: Supervisor = field(default_factory=Supervisor)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The loops work inside this; on leaving, work in hand is finished or left to its lease."""
        from assistant.work.loop import Loop

        loop = Loop(self.knowledge.database, make_duties(self), self.wire, now, self.timing.lease)
        try:
            async with self.supervisor.running(self.tasks(loop)):
                yield
        finally:
            await loop.drain(DRAIN_SECONDS)
            await self.knowledge.close()

    def tasks(self, loop: Loop) -> dict[str, Start]:
        """Everything that goes on as long as the service does."""
        from assistant.work.housekeeping import Housekeeping
        from assistant.work.lookout import Lookout
        from assistant.work.resync import Resync

        database, days = self.knowledge.database, self.settings.retention_days
        keeping = Housekeeping(database, now, None if days is None else timedelta(days=days))
        resync = Resync(database, self._read_again, now, self.settings.resync)
        work: dict[str, Start] = {
            "loop": loop.run,
            "wire": self.wire.run,
            "housekeeping": keeping.run,
            "resync": resync.run,
            "warm-up": self._warm_up,
            "knowledge": self._follow_knowledge,
            "vectors": self._make_vectors,
        }
        if self.settings.postgres_url is not None:
            work["lookout"] = Lookout(database, self.wire, now).run
        return work | dict(self._mailboxes())

    async def _warm_up(self) -> None:
        """Load what the first customer would wait for: dictionaries, patterns, the model's vocabulary."""
        from assistant.conversation.asking import answer_once
        from assistant.llm.answering import preload

        settings, examples = self.settings, self.mind.examples
        mind = make_mind(settings.model_copy(update={"chat_model": "extractive"}), self.knowledge)
        for language in settings.languages:
            for question in examples(language)[:1]:
                await answer_once(mind, question)
        await asyncio.to_thread(preload, settings.model)

    async def health(self) -> dict[str, str | None]:
        """Each part, and what is wrong with it or None."""
        words = await self.knowledge.database.read(lambda store: store.articles.words_trouble())
        if self.knowledge.retriever.missing:
            await self.knowledge.note_missing()  # how far it is by now
        parts = dict(self.knowledge.retriever.health())
        reader = getattr(self.mind.retriever, "trouble", None)
        return parts | {"words": parts["words"] or words, "reader": reader} | self.supervisor.troubles()

    def _mailboxes(self) -> Iterator[tuple[str, Start]]:
        """One watch for each channel that has to be asked for its mail."""
        from assistant.conversation.arriving import Arrivals
        from assistant.work.mailbox import watch

        arrivals = Arrivals(timing=self.timing, languages=self.settings.languages)
        for (name, account), channel in self.channels.items():
            if getattr(channel, "has_mailbox", False):
                start = partial(watch, cast(Any, channel), self.knowledge.database, arrivals, self.wire, now)
                yield f"mailbox {name} {account}".strip(), start

    async def _read_again(self, source: Source) -> dict[str, int]:
        from assistant.knowledge.ingest import Options, ingest

        report = await ingest(
            [source.source],
            index=self.knowledge.indexer,
            count_tokens=self.knowledge.embedder.tokens,
            options=Options(prune=source.prune, allow_private=self.settings.ingest_private),
        )
        await self.knowledge.refresh()
        await self.knowledge.compare()
        kinds = ("added", "updated", "unchanged", "removed", "failed")
        return {kind: len(getattr(report, kind)) for kind in kinds}

    async def _follow_knowledge(self) -> None:
        from assistant.domain.errors import Unavailable

        more = True  # a first start has everything to fill
        while True:
            await asyncio.sleep(0 if more else REFRESH_SECONDS)
            more = False
            with contextlib.suppress(Unavailable):  # readyz says so; the next round tries again
                await self.knowledge.refresh()
                more = await self.knowledge.retriever.tend()

    async def _make_vectors(self) -> None:
        """Make vectors that nobody makes: after an interrupted ingest, or of a new model in the settings."""
        from assistant.domain.errors import Unavailable

        knowledge, since, waiting = self.knowledge, time.monotonic(), False
        while True:
            with contextlib.suppress(Unavailable):  # a hosted model that is down; the next round tries again
                missing = await knowledge.note_missing()
                # An ingest that is reading makes its vectors itself in a moment.
                if missing and (waiting or knowledge.retriever.changing):
                    await knowledge.making.make()
                    await knowledge.refresh()
                    await knowledge.compare()
                    missing = await knowledge.note_missing()
                waiting = missing > 0
                if not missing and time.monotonic() - since > FORGET_SECONDS:
                    await knowledge.making.forget_others()
                    since = float("inf")
            await asyncio.sleep(MAKE_SECONDS)


def make_duties(service: Service) -> Duties:
    """Who does each kind of due work."""
    from assistant.conversation.enrich import Enricher
    from assistant.conversation.watch import Watchdog
    from assistant.domain.due import Kind
    from assistant.work.fetching import Fetcher
    from assistant.work.loop import Duties
    from assistant.work.outbox import Outbox

    assistant, wire, database = service.assistant, service.wire, service.knowledge.database
    watchdog = Watchdog(database, service.mind.policy, assistant.pick_facts, wire, now)
    outbox = Outbox(database, service.channels, wire, now)
    fetcher = Fetcher(database, service.channels, wire, now)
    enricher = Enricher(
        database=database, mind=service.mind, wire=wire, pick_facts=assistant.pick_facts, clock=now
    )
    return Duties(
        handlers={
            Kind.TURN: outbox.attending(assistant.take_turn),
            Kind.DEADLINE: watchdog.deadline_passed,
            Kind.DELIVERY: outbox.deliver,
            Kind.MEDIA: fetcher.fetch,
            Kind.PACKET: enricher.enrich,
        },
        give_up=assistant.give_up,
        given_up={
            Kind.DELIVERY: outbox.give_up,
            Kind.MEDIA: fetcher.give_up,
            Kind.PACKET: enricher.give_up,
        },
    )


async def make_service(settings: Settings, progress: Steps | None = None, bus: Bus | None = None) -> Service:
    """*bus* leads to the process that answers calls, where that is another one."""
    from assistant.conversation.turn import Assistant
    from assistant.signals.facts import pick_facts

    knowledge = await open_knowledge(settings, progress, at_once=True)
    mind, wire, timing = make_mind(settings, knowledge), make_wire(settings, bus), make_timing(settings)
    assistant = Assistant(
        database=knowledge.database, mind=mind, wire=wire, timing=timing, pick_facts=pick_facts, clock=now
    )
    return Service(
        settings=settings,
        knowledge=knowledge,
        mind=mind,
        wire=wire,
        assistant=assistant,
        timing=timing,
        channels=make_channels(settings),
    )
