"""SQL for handoffs and their packets: one row per handoff."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.domain.packet_redaction import redact_words
from assistant.domain.signals import Reason
from assistant.storage import tables as t
from assistant.storage.statements import build_insert, build_update


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

    def list_packets(self, conversation: str) -> Sequence[dict[str, Any]]:
        """The packets of all its handoffs, in order."""
        c = t.handoffs.c
        query = sa.select(c.packet).where(c.conversation == conversation).order_by(c.epoch)
        return list(self._connection.execute(query).scalars())

    def load_last_packets(self, conversations: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Conversation -> the packet of its latest handoff."""
        c = t.handoffs.c
        query = sa.select(c.conversation, c.packet).where(c.conversation.in_(conversations)).order_by(c.epoch)
        return {row.conversation: row.packet for row in self._connection.execute(query)}

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

    def list_recent_claims(self, *, since: datetime, limit: int) -> Sequence[tuple[datetime, datetime]]:
        """(handed over, claimed) of the last *limit* waiting customers, newest first."""
        c = t.handoffs.c
        query = sa.select(c.created_at, c.claimed_at).where(
            c.claimed_at >= since, c.reason != Reason.AGENT_TOOK_OVER
        )
        rows = self._connection.execute(query.order_by(c.claimed_at.desc()).limit(limit))
        return [(row.created_at, row.claimed_at) for row in rows]
