"""SQL for the outcome ledger."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.domain.outcomes import OutcomeKind, OutcomeRecord
from assistant.storage import tables as t
from assistant.storage.statements import build_insert_if_absent, build_select


class SqlOutcomes:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, record: OutcomeRecord) -> None:
        """Enter how a conversation ended; the first entry stays."""
        self._connection.execute(build_insert_if_absent(self._connection, t.outcomes), asdict(record))

    def get(self, conversation: str) -> OutcomeRecord | None:
        query = build_select(t.outcomes, "conversation")
        row = self._connection.execute(query, {"conversation": conversation}).mappings().first()
        return None if row is None else _parse_outcome(row)

    def list_between(self, start: datetime, end: datetime) -> Sequence[OutcomeRecord]:
        """Outcomes of conversations that ended in [start, end), in order."""
        c = t.outcomes.c
        query = sa.select(t.outcomes).where(c.ended_at >= start, c.ended_at < end).order_by(c.ended_at)
        return [_parse_outcome(row) for row in self._connection.execute(query).mappings()]


def _parse_outcome(row: Any) -> OutcomeRecord:
    return OutcomeRecord(**{**row, "kind": OutcomeKind(row["kind"])})
