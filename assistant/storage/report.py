"""SQL for the raw rows of reports."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.domain.conversation import State
from assistant.domain.outcomes import OutcomeKind
from assistant.domain.report_rows import OwnerChange, RepeatContact, ReportRow
from assistant.domain.signals import FEELING_THRESHOLD
from assistant.storage import tables as t

SURVEYS = ("csat", "nps", "ces")
DAY_MICROSECONDS = 86_400 * 1_000_000


class SqlReport:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_rows(self, start: datetime, end: datetime) -> Sequence[ReportRow]:
        """Conversations that ended in [start, end), in order; a fixed number of queries."""
        o, c = t.outcomes.c, t.conversations.c
        ended = _select_ended(start, end)
        themes, handoffs = self._load_themes(ended), self._load_handoffs(ended)
        answers = self._load_answers(ended)
        query = (
            sa.select(
                *(o[name] for name in ("conversation", "ended_at", "kind", "ended_by", "why")),
                *(o[name] for name in ("frustration_start", "frustration_end")),
                t.surveys.c.kind.label("survey"),
                t.surveys.c.state.label("survey_state"),
                *(c[name] for name in ("customer", "channel", "language", "created_at", "outcome", "agent")),
            )
            .select_from(
                t.outcomes.join(t.conversations, o.conversation == c.id).outerjoin(
                    t.surveys, t.surveys.c.conversation == c.id
                )
            )
            .where(o.ended_at >= start, o.ended_at < end)
            .order_by(o.ended_at, o.conversation)
        )
        return [
            _build_row(row._asdict(), themes, handoffs, answers)
            for row in self._connection.execute(query).all()
        ]

    def list_contacts(self, start: datetime, end: datetime) -> Sequence[RepeatContact]:
        """Conversations that began in [start, end) and asked something, in order."""
        c = t.conversations.c
        begun = sa.select(c.id).where(c.created_at >= start, c.created_at < end)
        themes = self._load_themes(begun)
        rows = self._connection.execute(
            sa.select(c.id, c.customer, c.created_at).where(c.created_at >= start, c.created_at < end)
        )
        return [
            RepeatContact(
                conversation=row.id, customer=row.customer, created_at=row.created_at, theme=themes[row.id]
            )
            for row in sorted(rows.all(), key=lambda row: row.created_at)
            if row.id in themes
        ]

    def count_by_utc_day(self, start: datetime, end: datetime) -> Mapping[int, int]:
        """Day since 1970 -> conversations that ended on it, from the index alone."""
        ended = t.outcomes.c.ended_at
        day = sa.type_coerce(ended, sa.BigInteger).op("/")(sa.literal_column(str(DAY_MICROSECONDS)))
        query = sa.select(day.label("day"), sa.func.count()).where(ended >= start, ended < end)
        rows = self._connection.execute(query.group_by(sa.text("day"))).all()
        return {row[0]: row[1] for row in rows}

    def load_last_ids(self) -> tuple[int, int]:
        """Of feedback and of theme events; 0: there is none."""
        ids = (sa.select(sa.func.max(table.c.id)) for table in (t.feedback, t.theme_events))
        feedback, event = (self._connection.execute(query).scalar() or 0 for query in ids)
        return feedback, event

    def list_rated_ends(self, after: int) -> Sequence[datetime]:
        """When conversations ended that were rated after the feedback *after*."""
        o, f = t.outcomes.c, t.feedback.c
        query = sa.select(o.ended_at).join(t.feedback, f.conversation == o.conversation)
        return list(self._connection.execute(query.where(f.id > after)).scalars())

    def list_links(self) -> Sequence[tuple[str, str]]:
        """Pairs of customers who are one person."""
        c = t.links.c
        rows = self._connection.execute(sa.select(c.one, c.other).where(c.ended_at.is_(None)))
        return [(row.one, row.other) for row in rows]

    def list_owners(self, start: datetime, end: datetime) -> Sequence[tuple[str, str]]:
        """(conversation, agent) of each agent who had a conversation that ended in [start, end)."""
        c = t.audit.c
        query = sa.select(c.conversation, c.details).where(
            c.conversation.in_(_select_ended(start, end)), c.action == "owner"
        )
        had = ((row.conversation, row.details.get("agent")) for row in self._connection.execute(query))
        return sorted({(conversation, agent) for conversation, agent in had if conversation and agent})

    def list_owner_changes(self, start: datetime, end: datetime) -> Sequence[OwnerChange]:
        """Every change of owner in [start, end), in order."""
        c = t.audit.c
        query = sa.select(c.conversation, c.details, c.created_at).where(
            c.action == "owner", c.created_at >= start, c.created_at < end, c.conversation.is_not(None)
        )
        return [
            OwnerChange(
                conversation=row.conversation,
                # Whoever resolved it stays named, but has it no longer.
                agent=row.details.get("agent") if row.details.get("state") == State.AGENT else None,
                created_at=row.created_at,
            )
            for row in self._connection.execute(query.order_by(c.id))
        ]

    def list_harassed(self, start: datetime, end: datetime) -> Sequence[str]:
        """Conversations that ended in [start, end) with a turn, or a message to people, that harasses.

        JSON is text here; no words of anybody look like its keys, for their quotes are escaped.
        """
        turn, handoff, ended = t.turns.c, t.handoffs.c, _select_ended(start, end)
        record, packet = (sa.type_coerce(column, sa.Text) for column in (turn.record, handoff.packet))
        turns = sa.select(turn.conversation, turn.record).where(
            turn.conversation.in_(ended), record.not_like('%"harassment":0.0%')
        )
        found = {
            row.conversation
            for row in self._connection.execute(turns)
            if row.record["signals"].get("harassment", 0.0) >= FEELING_THRESHOLD
        }
        packets = sa.select(handoff.conversation).where(
            handoff.conversation.in_(ended), packet.like('%"harassing_messages":["%')
        )
        return sorted(found | set(self._connection.execute(packets).scalars()))

    def _load_themes(self, conversations: Any) -> Mapping[str, str | None]:
        """Conversation -> theme of its first question, of those that asked something."""
        c = t.questions.c
        query = sa.select(c.conversation, c.theme).where(c.conversation.in_(conversations))
        found: dict[str, str | None] = {}
        for conversation, theme in self._connection.execute(query.order_by(c.conversation, c.turn)).all():
            found.setdefault(conversation, theme)
        return found

    def _load_handoffs(self, conversations: Any) -> Mapping[str, tuple[str, float | None]]:
        """Conversation -> reason of its first handoff, and seconds until it was claimed."""
        c = t.handoffs.c
        query = sa.select(c.conversation, c.reason, c.created_at, c.claimed_at)
        found: dict[str, tuple[str, float | None]] = {}
        rows = self._connection.execute(query.where(c.conversation.in_(conversations)).order_by(c.epoch))
        for row in rows:
            wait = (row.claimed_at - row.created_at).total_seconds() if row.claimed_at else None
            found.setdefault(row.conversation, (row.reason, wait))
        return found

    def _load_answers(self, conversations: Any) -> Mapping[tuple[str, str], tuple[int, str | None]]:
        """(conversation, survey) -> the last answer and its comment."""
        c = t.feedback.c
        query = sa.select(c.conversation, c.kind, c.value, c.comment)
        rows = self._connection.execute(
            query.where(c.conversation.in_(conversations), c.kind.in_(SURVEYS)).order_by(c.id)
        )
        return {(row.conversation, row.kind): (row.value, row.comment) for row in rows}


def _select_ended(start: datetime, end: datetime) -> sa.Select[tuple[str]]:
    o = t.outcomes.c
    return sa.select(o.conversation).where(o.ended_at >= start, o.ended_at < end)


def _build_row(
    row: Any,
    themes: Mapping[str, str | None],
    handoffs: Mapping[str, tuple[str, float | None]],
    answers: Mapping[tuple[str, str], tuple[int, str | None]],
) -> ReportRow:
    conversation = row["conversation"]
    reason, wait = handoffs.get(conversation, (None, None))
    given = {kind: answers.get((conversation, kind), (None, None)) for kind in SURVEYS}
    return ReportRow(
        **{**row, "kind": OutcomeKind(row["kind"])},
        theme=themes.get(conversation),
        handoff_reason=reason,
        wait_seconds=wait,
        comment=next((comment for _, comment in given.values() if comment), None),
        csat=given["csat"][0],
        nps=given["nps"][0],
        ces=given["ces"][0],
    )
