"""Outcomes, themes and gaps, inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from assistant.domain.outcomes import OutcomeRecord


class OutcomeStore(Protocol):
    """The ledger of how conversations ended."""

    def add(self, record: OutcomeRecord) -> None: ...  # the first entry of a conversation stays
    def get(self, conversation: str) -> OutcomeRecord | None: ...
    def list_between(self, start: datetime, end: datetime) -> Sequence[OutcomeRecord]: ...  # by end, in order
