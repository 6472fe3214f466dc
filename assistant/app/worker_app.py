"""The process that thinks, sends and watches while the assistant serves: its parts and its tasks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from assistant.app.knowledge_base import Knowledge, Steps, now, open_knowledge
from assistant.app.settings import Settings
from assistant.app.wiring import make_channels, make_mind, make_timing, make_wire
from assistant.ipc.background_tasks import Supervisor

if TYPE_CHECKING:
    from assistant.conversation.timing import Timing
    from assistant.conversation.turn.runner import Assistant
    from assistant.conversation.turn.think import Mind
    from assistant.domain.article_lifecycle import Source
    from assistant.ipc.background_tasks import Start
    from assistant.jobs.worker_loop import Duties, Loop
    from assistant.notifications.notifier import LocalWire
    from assistant.ports.channels import Channel
    from assistant.ports.notifications import Bus

#: How long work in hand may take to finish at a stop.
DRAIN_SECONDS = 5.0


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
        from assistant.jobs.worker_loop import Loop

        loop = Loop(self.knowledge.database, make_duties(self), self.wire, now, self.timing.lease)
        try:
            async with self.supervisor.running(self.tasks(loop)):
                yield
        finally:
            await loop.drain(DRAIN_SECONDS)
            await self.knowledge.close()

    def tasks(self, loop: Loop) -> dict[str, Start]:
        """Everything that goes on as long as the service does."""
        from assistant.jobs.retention import Housekeeping
        from assistant.jobs.web_resync import Resync
        from assistant.notifications.journal_poller import Lookout

        database, days = self.knowledge.database, self.settings.retention_days
        keeping = Housekeeping(database, now, None if days is None else timedelta(days=days))
        resync = Resync(database, self._read_again, now, self.settings.resync)
        work: dict[str, Start] = {
            "loop": loop.run,
            "wire": self.wire.run,
            "housekeeping": keeping.run,
            "resync": resync.run,
            "warm-up": self._warm_up,
        }
        if self.settings.postgres_url is not None:
            work["lookout"] = Lookout(database, self.wire, now).run
        return work | self.knowledge_tasks() | dict(self._mailboxes())

    def knowledge_tasks(self) -> dict[str, Start]:
        """What keeps up with changes of the knowledge base."""
        from assistant.jobs.knowledge_refresh import backfill_vectors, poll_knowledge_changes

        knowledge = self.knowledge
        return {
            "knowledge": partial(poll_knowledge_changes, knowledge.refresh, knowledge.retriever.tend),
            "vectors": partial(
                backfill_vectors,
                count_missing=knowledge.note_missing,
                is_changing=lambda: knowledge.retriever.changing,
                make=knowledge.make_vectors,
                forget_others=knowledge.making.forget_others,
            ),
        }

    async def _warm_up(self) -> None:
        """Load what the first customer would wait for: dictionaries, patterns, the model's vocabulary."""
        from assistant.conversation.turn.ask_once import answer_once
        from assistant.models.factory import preload

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
        from assistant.conversation.inbound.events import Arrivals
        from assistant.jobs.imap_poller import watch

        arrivals = Arrivals(timing=self.timing, languages=self.settings.languages)
        for (name, account), channel in self.channels.items():
            if getattr(channel, "has_mailbox", False):
                start = partial(watch, cast(Any, channel), self.knowledge.database, arrivals, self.wire, now)
                yield f"mailbox {name} {account}".strip(), start

    async def _read_again(self, source: Source) -> dict[str, int]:
        from assistant.knowledge.ingest.run import Options

        options = Options(prune=source.prune, allow_private=self.settings.ingest_private)
        report = await self.knowledge.ingest([source.source], options, settle=False)
        kinds = ("added", "updated", "unchanged", "removed", "failed")
        return {kind: len(getattr(report, kind)) for kind in kinds}


def make_duties(service: Service) -> Duties:
    """Who does each kind of due work."""
    from assistant.conversation.handoff.packet_enrichment import Enricher
    from assistant.conversation.handoff.watchdog import Watchdog
    from assistant.domain.jobs import Kind
    from assistant.jobs.attachment_download import Fetcher
    from assistant.jobs.outbox import Outbox
    from assistant.jobs.worker_loop import Duties

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
    from assistant.conversation.turn.runner import Assistant
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
