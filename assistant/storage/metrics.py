"""What customers and agents said of replies, and the numbers that the dashboard draws from all of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.domain.conversation import PEOPLE_STATES, State
from assistant.domain.live_figures import LiveCounts
from assistant.domain.reply_verdicts import Thumb
from assistant.storage import tables as t
from assistant.storage.statements import build_insert


class SqlFeedback:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, values: dict[str, Any]) -> None:
        self._connection.execute(build_insert(t.feedback), values)

    def list_thumbs(self, conversation: str) -> Sequence[Thumb]:
        """The customer's thumbs in a conversation, in order; a later one on the same reply replaces it."""
        c = t.feedback.c
        query = sa.select(t.feedback).where(c.conversation == conversation, c.kind == "thumb")
        rows = self._connection.execute(query.order_by(c.id))
        return list({row.message: _parse_thumb(row) for row in rows if row.message}.values())

    def list_recent_thumbs_down(self, since: datetime, *, limit: int) -> Sequence[Thumb]:
        """Thumbs down on a reply since *since*, newest first."""
        c = t.feedback.c
        query = sa.select(t.feedback).where(c.kind == "thumb", c.value < 0, c.created_at >= since)
        rows = self._connection.execute(
            query.where(c.message.is_not(None)).order_by(c.id.desc()).limit(limit)
        )
        return [_parse_thumb(row) for row in rows]

    def load_last_values(self, kind: str, conversations: Sequence[str]) -> dict[str, int]:
        """The latest answer of a kind of each conversation that has one."""
        c = t.feedback.c
        query = sa.select(c.conversation, c.value).where(c.kind == kind, c.conversation.in_(conversations))
        return {row.conversation: row.value for row in self._connection.execute(query.order_by(c.id))}


def _parse_thumb(row: sa.Row[tuple[object, ...]]) -> Thumb:
    return Thumb(
        conversation=row.conversation,
        message=row.message,
        up=row.value > 0,
        comment=row.comment or "",
        at=row.created_at,
    )


class SqlMetrics:
    """Counts for the dashboard, over conversations created in [start, end)."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_conversations(self, start: datetime, end: datetime) -> Sequence[Any]:
        """(id, created_at, state, outcome, agent) of each."""
        c = t.conversations.c
        query = sa.select(c.id, c.created_at, c.state, c.outcome, c.agent)
        return self._connection.execute(query.where(c.created_at >= start, c.created_at < end)).all()

    def list_handoffs(self, start: datetime, end: datetime) -> Sequence[Any]:
        """(conversation, reason, created_at, claimed_at) of each."""
        c = t.handoffs.c
        query = sa.select(c.conversation, c.reason, c.created_at, c.claimed_at)
        return self._connection.execute(query.where(c.created_at >= start, c.created_at < end)).all()

    def count_decisions(self, start: datetime, end: datetime) -> dict[str, int]:
        c = t.turns.c
        query = sa.select(c.decision, sa.func.count()).where(c.created_at >= start, c.created_at < end)
        return {row[0]: row[1] for row in self._connection.execute(query.group_by(c.decision))}

    def count_handoff_reasons(self) -> dict[str, int]:
        """Reason -> number of handoffs over all time."""
        c = t.handoffs.c
        rows = self._connection.execute(sa.select(c.reason, sa.func.count()).group_by(c.reason))
        return {row[0]: row[1] for row in rows}

    def count_live(self, now: datetime, due_before: datetime) -> LiveCounts:
        """Who waits and which deadlines are near, from indexes of the open conversations."""
        c = t.conversations.c
        waiting = c.state == State.QUEUED
        count, since = self._connection.execute(
            sa.select(sa.func.count(), sa.func.min(c.waiting_since)).where(waiting)
        ).one()
        due = sa.and_(c.state.in_(PEOPLE_STATES), c.sla_due_at < due_before)
        deadlines = list(self._connection.execute(sa.select(c.sla_due_at).where(due)).scalars())
        overdue = sum(moment <= now for moment in deadlines)
        with_agent = sa.select(sa.func.count()).where(c.state == State.AGENT)
        return LiveCounts(
            waiting=count,
            waiting_since=since,
            with_agent=self._connection.execute(with_agent).scalar_one(),
            sla_near=len(deadlines) - overdue,
            sla_over=overdue,
        )

    def list_active(self, since: datetime, *, limit: int) -> Sequence[str]:
        """Open conversations that changed since then, the latest first."""
        c = t.conversations.c
        query = sa.select(c.id).where(c.updated_at >= since, c.state != State.CLOSED)
        return list(self._connection.execute(query.order_by(c.updated_at.desc()).limit(limit)).scalars())

    def list_csat_scores(self, start: datetime, end: datetime) -> Sequence[int]:
        c = t.feedback.c
        query = sa.select(c.value).where(c.kind == "csat", c.created_at >= start, c.created_at < end)
        return [row.value for row in self._connection.execute(query)]
