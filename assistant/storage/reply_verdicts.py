"""SQL for agents' verdicts on the assistant's replies, and for customers' thumbs beside them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from assistant.domain.reply_verdicts import ReplyRating, ReplyVerdict
from assistant.storage.lead_tables import reply_verdicts as verdicts
from assistant.storage.statements import build_delete, build_select, build_upsert


class SqlReplyVerdicts:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def save(self, verdict: ReplyVerdict) -> None:
        """Store a verdict; an agent's earlier one on the same reply is replaced."""
        row = {column.name: getattr(verdict, column.name) for column in verdicts.c}
        self._connection.execute(build_upsert(self._connection, verdicts), row)

    def remove(self, conversation: str, message: str, agent: str) -> bool:
        values = {"conversation": conversation, "message": message, "agent": agent}
        return self._connection.execute(build_delete(verdicts, *values), values).rowcount > 0

    def list_by_conversation(self, conversation: str) -> Sequence[ReplyVerdict]:
        query = build_select(verdicts, "conversation").order_by(verdicts.c.at)
        return [
            _parse_verdict(row)
            for row in self._connection.execute(query, {"conversation": conversation}).mappings()
        ]

    def list_wanting_since(self, since: datetime, *, limit: int) -> Sequence[ReplyVerdict]:
        """Verdicts of all conversations that find a reply wanting, newest first."""
        wanting = sa.and_(verdicts.c.at >= since, verdicts.c.verdict != ReplyRating.RIGHT)
        query = sa.select(verdicts).where(wanting).order_by(verdicts.c.at.desc()).limit(limit)
        return [_parse_verdict(row) for row in self._connection.execute(query).mappings()]


def _parse_verdict(row: sa.RowMapping) -> ReplyVerdict:
    return ReplyVerdict(**{**row, "verdict": ReplyRating(row["verdict"])})
