"""What is counted and what was spent, inside a transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from assistant.domain.budgets import Account, Spent


class Numbers(Protocol):
    """What the dashboard counts, between two moments."""

    def conversations(self, start: datetime, end: datetime) -> Sequence[Any]: ...
    def handoffs(self, start: datetime, end: datetime) -> Sequence[Any]: ...
    def decisions(self, start: datetime, end: datetime) -> Mapping[str, int]: ...
    def csat(self, start: datetime, end: datetime) -> Sequence[int]: ...
    def handoff_reasons(self) -> Mapping[str, int]: ...  # over all time


class Spending(Protocol):
    """What models cost, in sums that outlive every process."""

    def of(self, accounts: Sequence[Account]) -> Mapping[Account, Spent]: ...
    def add(self, accounts: Sequence[Account], change: Spent) -> None: ...
    def between(self, start: datetime, end: datetime) -> Spent: ...  # of whole days, everybody's
