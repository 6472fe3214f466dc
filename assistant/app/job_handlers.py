"""Who does each kind of job in the worker process."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from assistant.app.knowledge_base import utc_now

if TYPE_CHECKING:
    from assistant.app.worker_app import AssistantService
    from assistant.conversation.handoff.assignment import AutomaticAssignment
    from assistant.conversation.handoff.packet_enrichment import PacketEnricher
    from assistant.jobs.desk_sync import DeskSync
    from assistant.jobs.outbox import Outbox
    from assistant.jobs.worker_loop import JobHandler, JobHandlers


def build_job_handlers(service: AssistantService) -> JobHandlers:
    """The handlers of all kinds of jobs."""
    from assistant.conversation.callbacks import CallbackReminder
    from assistant.conversation.cases import CaseOpener
    from assistant.conversation.ending import IdleCloser
    from assistant.conversation.handoff.watchdog import Watchdog
    from assistant.conversation.sla import SlaTimer
    from assistant.domain.jobs import JobKind
    from assistant.jobs.attachment_download import AttachmentDownloader
    from assistant.jobs.worker_loop import JobHandlers

    assistant, notifier, database = service.assistant, service.notifier, service.knowledge.database
    policy = service.dependencies.policy
    watchdog = Watchdog(database, policy, assistant.pick_facts, notifier, service.timing, utc_now)
    outbox = _build_outbox(service)
    fetcher = AttachmentDownloader(database, service.channels, notifier, utc_now)
    enricher = _build_packet_enricher(service)
    assignment = _build_assignment(service)
    case_opener = CaseOpener(database, policy, notifier, utc_now)
    closer = IdleCloser(database, policy, assistant.pick_facts, notifier, utc_now)
    caller = CallbackReminder(database=database, timing=service.timing, wire=notifier, clock=utc_now)
    timer = SlaTimer(database=database, policy=policy, wire=notifier, clock=utc_now)
    desks = build_desk_sync(service)
    executor = service.executor
    done_by: dict[JobKind, tuple[JobHandler, JobHandler]] = {
        # Without a backend, what was said yes to before goes to a person.
        JobKind.ACTION: (executor.execute_proposal, executor.give_up)
        if executor
        else (assistant.give_up,) * 2,
        JobKind.TURN: (outbox.with_typing_indicator(assistant.take_turn), assistant.give_up),
        JobKind.DEADLINE: (watchdog.handle_deadline, assistant.give_up),
        JobKind.DELIVERY: (outbox.deliver_messages, outbox.give_up),
        JobKind.MEDIA: (fetcher.download_attachments, fetcher.give_up),
        JobKind.PACKET: (enricher.enrich_packet, enricher.give_up),
        JobKind.ASSIGN: (assignment.assign_next, assignment.give_up),
        JobKind.IDLE: (closer.close_idle, closer.give_up),
        JobKind.CASE: (case_opener.review_end, case_opener.give_up),
        JobKind.CALLBACK: (caller.remind_agent, caller.give_up),
        JobKind.SLA: (timer.update_clocks, timer.give_up),
        JobKind.DESK: (desks.sync_conversation, desks.give_up),
    }
    return JobHandlers(
        handlers={kind: handler for kind, (handler, _) in done_by.items()},
        default_fallback=assistant.give_up,
        fallbacks={kind: fallback for kind, (_, fallback) in done_by.items()},
    )


def _build_outbox(service: AssistantService) -> Outbox:
    from assistant.app.wiring import build_file_url
    from assistant.jobs.outbox import Outbox

    build_url = partial(build_file_url, service.settings)
    return Outbox(service.knowledge.database, service.channels, service.notifier, utc_now, build_url)


def build_desk_sync(service: AssistantService) -> DeskSync:
    from assistant.app.wiring import build_packet_url
    from assistant.conversation.foreign_desks.incoming import DeskRules
    from assistant.jobs.desk_sync import DeskSync

    rules = DeskRules(timing=service.timing, policy=service.dependencies.policy)
    build_url = partial(build_packet_url, service.settings)
    database = service.knowledge.database
    return DeskSync(database, service.desks, service.notifier, rules, build_url, utc_now)


def _build_assignment(service: AssistantService) -> AutomaticAssignment:
    from assistant.conversation.desk import Desk
    from assistant.conversation.handoff.assignment import AutomaticAssignment

    policy, pick_facts = service.dependencies.policy, service.assistant.pick_facts
    desk = Desk(timing=service.timing, pick_facts=pick_facts, policy=policy)
    database = service.knowledge.database
    return AutomaticAssignment(database=database, desk=desk, wire=service.notifier, clock=utc_now)


def _build_packet_enricher(service: AssistantService) -> PacketEnricher:
    from assistant.conversation.handoff.packet_enrichment import PacketEnricher

    return PacketEnricher(
        database=service.knowledge.database,
        mind=service.dependencies,
        wire=service.notifier,
        pick_facts=service.assistant.pick_facts,
        clock=utc_now,
        backend=service.executor.backend if service.executor else None,
    )
