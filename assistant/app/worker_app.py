"""The worker process: computes and sends replies, and runs background tasks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from assistant.app.article_desk import ArticleDesk
from assistant.app.embedder import ProgressCallback
from assistant.app.job_handlers import build_desk_sync, build_job_handlers
from assistant.app.knowledge_base import KnowledgeBase, open_knowledge, utc_now
from assistant.app.live_settings import LiveSettings
from assistant.app.rehearsal_runner import RehearsalRunner
from assistant.app.settings import Settings
from assistant.app.wiring import (
    build_agent_tools,
    build_backend,
    build_channels,
    build_desks,
    build_notifier,
    build_timing,
    build_tools,
    build_trackers,
    build_turn_dependencies,
)
from assistant.ipc.background_tasks import TaskSupervisor

if TYPE_CHECKING:
    from assistant.conversation.actions.agent_tools import AgentTools
    from assistant.conversation.actions.execution import ActionExecutor
    from assistant.conversation.timing import Timing
    from assistant.conversation.turn.runner import TurnHandler
    from assistant.conversation.turn.think import TurnDependencies
    from assistant.domain.article_lifecycle import KnowledgeSource
    from assistant.insight.gap_keeper import GapKeeper
    from assistant.ipc.background_tasks import Start
    from assistant.jobs.weekly_digest import WeeklyDigest
    from assistant.jobs.worker_loop import WorkerLoop
    from assistant.notifications.notifier import LocalNotifier
    from assistant.ports.channels import Channel
    from assistant.ports.foreign_desks import ForeignDesk
    from assistant.ports.notifications import MessageBus

#: Seconds for running jobs to finish at a stop.
DRAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantService:
    """The components of the worker process."""

    settings: Settings
    knowledge: KnowledgeBase
    dependencies: TurnDependencies
    notifier: LocalNotifier
    assistant: TurnHandler
    timing: Timing
    #: Configured messaging apps, by name and account.
    channels: Mapping[tuple[str, str], Channel]
    #: What leads who write articles need of this process.
    article_desk: ArticleDesk
    #: Settings of the console.
    live: LiveSettings
    #: Configured foreign desks.
    desks: Mapping[str, ForeignDesk] = field(default_factory=dict)
    #: Carries out what customers said yes to; None: nothing can be done for them.
    executor: ActionExecutor | None = None
    #: The same tools for agents.
    agent_tools: AgentTools | None = None
    supervisor: TaskSupervisor = field(default_factory=TaskSupervisor)

    @contextlib.asynccontextmanager
    async def run_tasks(self) -> AsyncIterator[None]:
        """Run the tasks within this context; on exit running jobs finish or are left to their leases."""
        from assistant.jobs.worker_loop import WorkerLoop

        loop = WorkerLoop(
            self.knowledge.database, build_job_handlers(self), self.notifier, utc_now, self.timing.lease
        )
        # The policy file may say something else since the last start.
        await self.knowledge.database.write(lambda store: store.sla.schedule_updates(utc_now()))
        names = {key: f"{desk.title} {desk.account}".strip() for key, desk in self.desks.items()}
        target = self.settings.handoff_desk
        await self.knowledge.database.write(
            lambda store: store.desk_links.set_target(target, names, utc_now())
        )
        try:
            async with self.supervisor.run_tasks(self.build_tasks(loop)):
                yield
        finally:
            await loop.drain_jobs(DRAIN_SECONDS)
            await self.knowledge.close()

    def build_tasks(self, loop: WorkerLoop) -> dict[str, Start]:
        """Background tasks of the worker process."""
        from assistant.app.webhook_addresses import WebhookAddresses
        from assistant.insight.theme_keeper import ThemeKeeper
        from assistant.jobs.improvement_notices import ImprovementNotifier
        from assistant.jobs.proactive_sender import ProactiveSender
        from assistant.jobs.retention import RetentionCleaner
        from assistant.jobs.tracker_sync import TrackerSync
        from assistant.jobs.web_resync import WebResync
        from assistant.jobs.webhook_sender import WebhookSender
        from assistant.notifications.journal_poller import JournalPoller

        database, days = self.knowledge.database, self.settings.retention_days
        kept = None if days is None else timedelta(days=days)
        tasks = RetentionCleaner(database, utc_now, kept, self.dependencies.policy)
        resync = WebResync(database, self._resync_source, utc_now, self.settings.resync_interval)
        addresses = WebhookAddresses(allow_private=self.settings.webhooks_private)
        work: dict[str, Start] = {
            "loop": loop.run,
            "settings": self.live.poll_changes,
            "notifier": self.notifier.run,
            "housekeeping": tasks.run,
            "resync": resync.run,
            "themes": ThemeKeeper(database, self.knowledge.embedder, utc_now).run,
            "gaps": self._build_gap_keeper().run,
            "improvements": ImprovementNotifier(
                database, self.dependencies.policy, self.notifier, utc_now
            ).run,
            "digest": self._build_weekly_digest().run,
            "proactive": ProactiveSender(
                database, self.dependencies.policy, self.notifier, utc_now, self._list_template_accounts()
            ).run,
            "webhooks": WebhookSender(database, addresses.resolve_url, utc_now).run,
            "rehearsals": RehearsalRunner(database=database, settings=self.settings, clock=utc_now).run,
            "desks": build_desk_sync(self).run_poller,
            "trackers": TrackerSync(
                database=database,
                trackers=build_trackers(self.settings),
                language=self.settings.languages[0],
                zone=self.dependencies.policy.zone,
                public_url=self.settings.public_url,
                clock=utc_now,
            ).run,
            "warm-up": self._warm_up_models,
        }
        if self.settings.postgres_url is not None:
            work["journal_poller"] = JournalPoller(database, self.notifier, utc_now).run
        return work | self.build_knowledge_tasks() | dict(self._build_mailbox_tasks())

    def _list_template_accounts(self) -> list[tuple[str, str]]:
        """Accounts of apps with an approved template, which may be sent after the window has closed."""
        return [key for key, channel in self.channels.items() if getattr(channel, "has_template", False)]

    def _build_gap_keeper(self) -> GapKeeper:
        from assistant.app.shadow_knowledge import prove_gap, publish_gap
        from assistant.insight.gap_keeper import GapKeeper
        from assistant.text.pii_masking import mask_pii

        return GapKeeper(
            database=self.knowledge.database,
            embedder=self.knowledge.embedder,
            mask_text=mask_pii,
            prove=partial(prove_gap, self.settings, self.knowledge, live=self.live),
            publish=partial(publish_gap, self.settings, self.knowledge),
            clock=utc_now,
        )

    def _build_weekly_digest(self) -> WeeklyDigest:
        from assistant.channels.base import BaseChannel
        from assistant.channels.email_notices import send_notice
        from assistant.jobs.weekly_digest import WeeklyDigest
        from assistant.text.pii_masking import mask_pii

        mail = next((one for (name, _), one in self.channels.items() if name == "email"), None)
        return WeeklyDigest(
            database=self.knowledge.database,
            policy=self.dependencies.policy,
            send_mail=None if mail is None else partial(send_notice, cast(BaseChannel, mail)),
            mask_text=mask_pii,
            link=f"{self.settings.public_url}/console#/insight",
            clock=utc_now,
        )

    def build_knowledge_tasks(self) -> dict[str, Start]:
        """Tasks that keep the knowledge base up to date."""
        from assistant.jobs.knowledge_refresh import backfill_vectors, poll_knowledge_changes

        knowledge = self.knowledge
        return {
            "knowledge": partial(
                poll_knowledge_changes, knowledge.refresh_index, knowledge.retriever.maintain
            ),
            "vectors": partial(
                backfill_vectors,
                count_missing=knowledge.report_missing_vectors,
                is_switching=lambda: knowledge.retriever.is_switching,
                run_backfill=knowledge.run_backfill,
                delete_other_models=knowledge.making.delete_other_models,
            ),
        }

    async def _warm_up_models(self) -> None:
        """Preload what the first turn needs: dictionaries, patterns, the model's vocabulary."""
        from assistant.conversation.turn.ask_once import answer_once
        from assistant.models.factory import preload_model

        settings, examples = self.settings, self.dependencies.examples
        dependencies = build_turn_dependencies(
            settings.model_copy(update={"chat_model": "extractive"}), self.knowledge
        )
        for language in settings.languages:
            for question in examples(language)[:1]:
                await answer_once(dependencies, question)
        if self.dependencies.actions is not None:
            await self.dependencies.actions.warm_up()
        await asyncio.to_thread(preload_model, settings.effective_model)

    async def check_health(self) -> dict[str, str | None]:
        """component -> what is wrong, or None."""
        words = await self.knowledge.database.read(lambda store: store.articles.check_word_index())
        if self.knowledge.retriever.missing:
            await self.knowledge.report_missing_vectors()  # also updates the progress of a backfill
        parts = dict(self.knowledge.retriever.component_health())
        return (
            parts
            | {"words": parts["words"] or words}
            | dict(self.dependencies.check_reading())
            | self.supervisor.list_recent_failures()
        )

    def _build_mailbox_tasks(self) -> Iterator[tuple[str, Start]]:
        """One poller per channel with a mailbox."""
        from assistant.conversation.inbound.events import InboundContext
        from assistant.jobs.imap_poller import poll_mailbox

        database = self.knowledge.database
        arrivals = InboundContext(timing=self.timing, languages=self.settings.languages)
        for (name, account), channel in self.channels.items():
            if getattr(channel, "has_mailbox", False):
                start = partial(poll_mailbox, cast(Any, channel), database, arrivals, self.notifier, utc_now)
                yield f"mailbox {name} {account}".strip(), start

    async def _resync_source(self, source: KnowledgeSource) -> dict[str, int]:
        from assistant.knowledge.ingest.run import IngestOptions

        options = IngestOptions(prune=source.prune, allow_private=self.settings.ingest_private)
        report = await self.knowledge.ingest_sources([source.source], options, reconcile=False)
        kinds = ("added", "updated", "unchanged", "removed", "failed")
        return {kind: len(getattr(report, kind)) for kind in kinds}


async def build_service(
    settings: Settings, progress: ProgressCallback | None = None, bus: MessageBus | None = None
) -> AssistantService:
    """*bus* connects to the web process, if that is another one."""
    from assistant.conversation.actions.execution import ActionExecutor
    from assistant.conversation.turn.runner import TurnHandler
    from assistant.signals.facts import WordFactPicker

    knowledge = await open_knowledge(settings, progress, at_once=True)
    live = LiveSettings(settings, knowledge.database)
    await live.load_changes()
    backend = build_backend(settings)
    dependencies, notifier, timing = (
        build_turn_dependencies(settings, knowledge, backend, live=live),
        build_notifier(settings, bus),
        build_timing(settings),
    )
    assistant = TurnHandler(
        database=knowledge.database,
        mind=dependencies,
        wire=notifier,
        timing=timing,
        pick_facts=WordFactPicker(),
        clock=utc_now,
    )
    executor = None
    if backend is not None:
        executor = ActionExecutor(
            database=knowledge.database,
            backend=backend,
            tools=build_tools(settings),
            policy=dependencies.policy,
            pick_facts=assistant.pick_facts,
            wire=notifier,
            clock=utc_now,
        )
    return AssistantService(
        settings=settings,
        knowledge=knowledge,
        dependencies=dependencies,
        notifier=notifier,
        assistant=assistant,
        timing=timing,
        channels=build_channels(settings),
        desks=build_desks(settings),
        article_desk=ArticleDesk(knowledge, dependencies, settings),
        live=live,
        executor=executor,
        agent_tools=build_agent_tools(settings, knowledge.database, backend),
    )
