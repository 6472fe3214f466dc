"""SQL for turn records, handoff packets, feedback and the metrics computed from them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.domain.packet_redaction import redact_words
from assistant.domain.turns import TurnRecord
from assistant.storage import tables as t
from assistant.storage.row_mapping import from_json, to_json
from assistant.storage.statements import build_insert, build_select, build_update

LATER_TURNS = build_select(t.turns, "conversation").where(t.turns.c.seq > sa.bindparam("after"))
LATER_TURNS = LATER_TURNS.order_by(t.turns.c.turn)
COUNTED_TURNS = sa.select(sa.func.count(), sa.func.max(t.turns.c.seq))
COUNTED_TURNS = COUNTED_TURNS.where(t.turns.c.conversation == sa.bindparam("conversation"))


class SqlTurns:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, conversation: str, seq: int, record: TurnRecord, now: datetime) -> None:
        row = {
            "conversation": conversation,
            "turn": record.turn,
            "seq": seq,
            "record": to_json(TurnRecord, record),
            "created_at": now,
            "decision": record.verdict.decision,
        }
        self._connection.execute(build_insert(t.turns), row)

    def list_all(self, conversation: str, *, after: int = 0) -> Sequence[TurnRecord]:
        """The turns whose messages come after seq *after*, in order."""
        rows = self._connection.execute(LATER_TURNS, {"conversation": conversation, "after": after})
        return [from_json(TurnRecord, row.record) for row in rows]

    def redact_turn(self, conversation: str, seq: int) -> None:
        """Redact the turn of a deleted message *seq*: numbers and decision stay, words go."""
        c = t.turns.c
        its = sa.select(c.turn, c.record).where(c.conversation == conversation, c.seq >= seq)
        row = self._connection.execute(its.order_by(c.turn).limit(1)).first()
        if row is None:
            return
        record = from_json(TurnRecord, row.record)
        record = replace(
            record,
            query="",
            signals=replace(record.signals, evidence=()),
            verdict=replace(record.verdict, evidence=()),
        )
        values = {"at_conversation": conversation, "at_turn": row.turn, "record": to_json(TurnRecord, record)}
        self._connection.execute(build_update(t.turns, "conversation", "turn"), values)

    def count_turns(self, conversation: str) -> int:
        return self._load_turn_counts(conversation)[0]

    def find_last_answered_seq(self, conversation: str) -> int:
        """Seq of the last customer message that a turn covers."""
        return self._load_turn_counts(conversation)[1]

    def _load_turn_counts(self, conversation: str) -> tuple[int, int]:
        """The number of turns, and their highest seq."""
        count, last = self._connection.execute(COUNTED_TURNS, {"conversation": conversation}).one()
        return count, last or 0


class SqlHandoffs:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, conversation: str, epoch: int, reason: str, packet: dict[str, Any], now: datetime) -> None:
        row = {
            "conversation": conversation,
            "epoch": epoch,
            "reason": reason,
            "packet": packet,
            "created_at": now,
        }
        self._connection.execute(build_insert(t.handoffs), row)

    def load_last_packet(self, conversation: str) -> dict[str, Any] | None:
        """The packet of the latest handoff."""
        c = t.handoffs.c
        query = sa.select(c.packet).where(c.conversation == conversation).order_by(c.epoch.desc()).limit(1)
        packet: dict[str, Any] | None = self._connection.execute(query).scalar_one_or_none()
        return packet

    def redact_packets(self, conversation: str, words: str, instead: str) -> None:
        """Remove the deleted *words* from all packets of the conversation."""
        c = t.handoffs.c
        query = sa.select(c.epoch, c.packet).where(c.conversation == conversation)
        for row in self._connection.execute(query).all():
            values = {"at_conversation": conversation, "at_epoch": row.epoch}
            values["packet"] = redact_words(row.packet, words, instead)
            self._connection.execute(build_update(t.handoffs, "conversation", "epoch"), values)

    def replace_packet(self, packet: dict[str, Any]) -> None:
        """Replace the packet of the same handoff by *packet*."""
        c = t.handoffs.c
        where = sa.and_(c.conversation == packet["conversation"], c.epoch == packet["epoch"])
        self._connection.execute(sa.update(t.handoffs).where(where).values(packet=packet))

    def mark_claimed(self, conversation: str, now: datetime) -> None:
        """Record that an agent claimed the conversation, which ends the customer's wait."""
        c = t.handoffs.c
        where = sa.and_(c.conversation == conversation, c.claimed_at.is_(None))
        self._connection.execute(sa.update(t.handoffs).where(where).values(claimed_at=now))

    def list_recent_waits(self, *, limit: int) -> Sequence[float]:
        """Waiting times in seconds of the last *limit* customers who waited for a person."""
        c = t.handoffs.c
        query = sa.select(c.created_at, c.claimed_at).where(c.claimed_at.is_not(None))
        rows = self._connection.execute(query.order_by(c.claimed_at.desc()).limit(limit))
        return [(row.claimed_at - row.created_at).total_seconds() for row in rows]


class SqlFeedback:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, values: dict[str, Any]) -> None:
        self._connection.execute(build_insert(t.feedback), values)

    def load_csat_scores(self, conversations: Sequence[str]) -> dict[str, int]:
        """The latest satisfaction score of each conversation that has one."""
        c = t.feedback.c
        query = sa.select(c.conversation, c.value).where(c.kind == "csat", c.conversation.in_(conversations))
        return {row.conversation: row.value for row in self._connection.execute(query.order_by(c.id))}


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

    def list_csat_scores(self, start: datetime, end: datetime) -> Sequence[int]:
        c = t.feedback.c
        query = sa.select(c.value).where(c.kind == "csat", c.created_at >= start, c.created_at < end)
        return [row.value for row in self._connection.execute(query)]
