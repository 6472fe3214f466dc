"""What administrators do with themes and gaps: steps inside a transaction, each in the audit log."""

from dataclasses import dataclass, replace
from datetime import datetime

from assistant.conversation.agent_access import get_active_agent
from assistant.domain.audit import format_actor as actor
from assistant.domain.errors import BadInput
from assistant.domain.gaps import Gap, GapState, find_next_state
from assistant.domain.people import Agent
from assistant.domain.themes import Theme, ThemeEvent, require_mergeable
from assistant.ports.storage.store import Store


def change_theme(
    store: Store, theme_id: str, agent: Agent, now: datetime, *, title: str | None, pinned: bool | None
) -> Theme:
    """Rename (an empty title: named by its most typical question again), pin or unpin."""
    theme = store.themes.get(theme_id)
    if title is not None:
        theme = replace(theme, title=title or None)
        _record(store, theme, "renamed", agent, now)
    if pinned is not None and pinned != theme.pinned:
        theme = replace(theme, pinned=pinned)
        _record(store, theme, "pinned" if pinned else "unpinned", agent, now)
    store.themes.save(theme)
    return theme


def merge_theme(store: Store, theme_id: str, into_id: str, agent: Agent, now: datetime) -> Theme:
    """Give all questions of a theme to another; the theme stays as a trace."""
    theme, into = store.themes.get(theme_id), store.themes.get(into_id)
    require_mergeable(theme, into)
    store.themes.save(replace(theme, merged_into=into.id))
    store.themes.move_questions(theme.id, into.id)
    _record(store, theme, "merged", agent, now, other=into.id)
    return into


def _record(
    store: Store, theme: Theme, kind: str, agent: Agent, now: datetime, other: str | None = None
) -> None:
    who = actor(agent.id)
    store.themes.add_event(ThemeEvent(theme=theme.id, kind=kind, actor=who, created_at=now, other=other))
    store.audit.append_entry(who, "theme", now, theme=theme.id, change=kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class GapChange:
    """What an administrator wants of a gap; None: as it is."""

    #: draft, approve, publish, dismiss or reopen.
    action: str | None = None
    title: str | None = None
    text: str | None = None
    reason: str | None = None
    owner: str | None = None
    due_at: datetime | None = None


def change_gap(store: Store, gap_id: str, agent: Agent, change: GapChange, now: datetime) -> Gap:
    """Assign an owner and a day, and take a step; Conflict where the step does not fit the state."""
    gap = store.gaps.get(gap_id)
    if change.owner is not None:
        gap = replace(gap, owner=get_active_agent(store, change.owner).id)
    if change.due_at is not None:
        gap = replace(gap, due_at=change.due_at)
    if change.action is not None:
        gap = _take_step(gap, change)
    gap = replace(gap, updated_at=now)
    store.gaps.save(gap)
    store.audit.append_entry(actor(agent.id), "gap", now, gap=gap.id, step=change.action, state=gap.state)
    return gap


def _take_step(gap: Gap, change: GapChange) -> Gap:
    state = find_next_state(gap, change.action or "")
    if state is GapState.PROVING:
        title, text = change.title or gap.title, change.text or gap.text
        if not title or not text:
            raise BadInput("An article needs a title and a text.")
        return replace(gap, state=state, title=title, text=text, proof=None)
    if state is GapState.DISMISSED:
        if not change.reason:
            raise BadInput("Say why it is dismissed.")
        return replace(gap, state=state, reason=change.reason)
    return replace(gap, state=state)
