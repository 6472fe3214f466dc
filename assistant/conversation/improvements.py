"""Improvements: cases grouped, their customers told once it is done, and what it changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from assistant.conversation.consents import may_write
from assistant.conversation.follow_ups import find_obstacle, load_latest_conversation
from assistant.conversation.templates import render_template as words
from assistant.conversation.transcript import append_notice, save_conversation
from assistant.conversation.webhook_events import publish_event
from assistant.domain.audit import ASSISTANT
from assistant.domain.audit import format_actor as actor
from assistant.domain.cases import CaseNotes, CaseState, take_step
from assistant.domain.consents import Purpose
from assistant.domain.conversation import Conversation, State
from assistant.domain.effects import COMPARED, EFFECT_AFTER, EffectVerdict, count_effect, judge_effect
from assistant.domain.errors import BadInput, NotFound
from assistant.domain.improvements import (
    Improvement,
    ImprovementState,
    NoticeState,
    find_next_improvement_state,
)
from assistant.domain.messages import Author
from assistant.domain.outcomes import FRUSTRATION_THRESHOLD, OutcomeKind
from assistant.domain.outgoing_webhooks import EventType
from assistant.domain.people import Agent
from assistant.domain.report_rows import ReportRow
from assistant.ports.storage.store import Store

#: Cases of one improvement.
MAX_CASES = 5_000
#: Whoever talks with a person or waits for one is told afterwards.
BUSY_STATES = frozenset({State.QUEUED, State.AGENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementChange:
    """What a lead wants of an improvement; None: as it is."""

    step: str | None = None
    title: str | None = None
    theme: str | None = None
    owner: str | None = None
    action: str | None = None
    due_at: datetime | None = None
    texts: Mapping[str, str] | None = None


def create_improvement(store: Store, agent: Agent, change: ImprovementChange, now: datetime) -> Improvement:
    if not change.title:
        raise BadInput("An improvement needs a title.")
    new = Improvement(id=uuid4().hex, title=change.title, created_at=now, updated_at=now)
    store.improvements.save(new)
    return change_improvement(store, new.id, agent, change, now)


def change_improvement(
    store: Store, improvement_id: str, agent: Agent, change: ImprovementChange, now: datetime
) -> Improvement:
    """Fill it in, and take a step; finishing it has its customers told."""
    improvement = store.improvements.get(improvement_id)
    improvement.require_open()
    improvement = replace(
        improvement,
        title=change.title or improvement.title,
        action=change.action or improvement.action,
        due_at=change.due_at or improvement.due_at,
        texts=change.texts or improvement.texts,
        updated_at=now,
    )
    if change.theme is not None:
        improvement = replace(improvement, theme=store.themes.get(change.theme).id if change.theme else None)
    if change.owner is not None:
        owner = store.agents.get(change.owner)
        if owner is None or owner.disabled_at:
            raise NotFound("There is no such agent.")
        improvement = replace(improvement, owner=owner.id)
    if change.step is not None:
        improvement = replace(improvement, state=find_next_improvement_state(improvement, change.step))
    return _save_change(store, improvement, actor(agent.id), change.step, now)


def finish_followed(store: Store, improvement: Improvement, issue: str, now: datetime) -> Improvement:
    """Finish what is done in a tracker, by *issue*; BadInput while its customers have no text."""
    state = find_next_improvement_state(improvement, "finish")
    return _save_change(
        store, replace(improvement, state=state, updated_at=now), ASSISTANT, "finish", now, issue
    )


def _save_change(
    store: Store,
    improvement: Improvement,
    who: str,
    step: str | None,
    now: datetime,
    issue: str | None = None,
) -> Improvement:
    if improvement.state is ImprovementState.DONE:
        improvement = replace(improvement, done_at=now)
        _schedule_notices(store, improvement, now)
        publish_event(store, EventType.IMPROVEMENT_DONE, now, improvement=improvement.id)
    store.improvements.save(improvement)
    by = {} if issue is None else {"by": issue}
    store.audit.append_entry(
        who, "improvement", now, improvement=improvement.id, step=step, state=improvement.state, **by
    )
    return improvement


def _schedule_notices(store: Store, improvement: Improvement, now: datetime) -> None:
    """One notice a person, however many cases and channels they have."""
    rows = store.cases.list_rows(list(CaseState), improvement=improvement.id, limit=MAX_CASES)
    if rows and not improvement.texts:
        raise BadInput("Write what the customers are told (texts), in ja or en at least.")
    reached: set[str] = set()
    for row in rows:
        if row.customer not in reached and row.case.state is not CaseState.DISMISSED:
            reached |= {row.customer, *store.links.list_linked_customers(row.customer)}
            store.improvements.add_notice(improvement.id, row.customer, now)


def send_notice(store: Store, improvement_id: str, customer: str, now: datetime) -> str | None:
    """Tell one customer, where they may be written to; returns the conversation, None: nothing was sent.

    A customer who talks with a person at this moment is told later.
    """
    if not store.improvements.is_pending(improvement_id, customer):
        return None
    improvement = store.improvements.get(improvement_id)
    latest = load_latest_conversation(store, customer)
    if latest is not None and latest.state in BUSY_STATES:
        store.improvements.save_notice(improvement_id, customer, NoticeState.PENDING, now)
        return None
    obstacle = "unreachable" if latest is None else _find_notice_obstacle(store, latest, now)
    text = improvement.texts.get(latest.language[:2]) if latest else None
    if latest is None or obstacle is not None or text is None:
        state = NoticeState(obstacle or NoticeState.LANGUAGE)
        store.improvements.save_notice(improvement_id, customer, state, now)
        return None
    notice = words("improvement_notice", latest.language, text=text)
    latest, _ = append_notice(store, latest, Author.SYSTEM, notice, now)
    save_conversation(store, latest, now)
    store.improvements.save_notice(improvement_id, customer, NoticeState.TOLD, now)
    _mark_cases_told(store, improvement_id, customer, now)
    return latest.id


def _find_notice_obstacle(store: Store, latest: Conversation, now: datetime) -> str | None:
    if not may_write(store, latest.customer, Purpose.IMPROVEMENTS, latest.channel):
        return NoticeState.CONSENT
    return find_obstacle(store, latest, now)


def _mark_cases_told(store: Store, improvement: str, customer: str, now: datetime) -> None:
    """Their resolved cases are told with it; others still need somebody."""
    for row in store.cases.list_rows([CaseState.RESOLVED], improvement=improvement, limit=MAX_CASES):
        if row.customer == customer:
            store.cases.save(take_step(row.case, "tell", CaseNotes(), now))
            store.audit.append_entry(ASSISTANT, "case", now, case=row.case.id, step="tell", by=improvement)


def load_effect(store: Store, improvement: Improvement, now: datetime) -> Mapping[str, Any] | None:
    """What it changed in the conversations of its theme; None: not done, or no theme is named."""
    if improvement.done_at is None or improvement.theme is None:
        return None
    start = improvement.done_at - COMPARED - timedelta(days=7)
    rows = store.report.list_rows(start, improvement.done_at + COMPARED)
    effect = compute_effect(rows, improvement.theme, improvement.done_at, now, improvement.created_at)
    if now - improvement.done_at < EFFECT_AFTER:
        return {**effect, "verdict": EffectVerdict.TOO_EARLY.value}
    return effect


def compute_effect(
    rows: Sequence[ReportRow], theme: str, done_at: datetime, now: datetime, selected: datetime
) -> Mapping[str, Any]:
    """Bad ends for each conversation of the theme, before and after, beside those of all other themes."""
    counted = [row for row in rows if row.is_counted]
    bad, every = (
        count_effect([(row.ended_at, row.theme == theme) for row in some], done_at, now, selected)
        for some in ([row for row in counted if _has_bad_end(row)], counted)
    )
    return judge_effect(bad, every)


def _has_bad_end(row: ReportRow) -> bool:
    return row.kind is OutcomeKind.ABANDONED or (row.frustration_end or 0) >= FRUSTRATION_THRESHOLD
