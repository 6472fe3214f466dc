"""Metrics and model spending, inside a transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from assistant.domain.budgets import Account, ModelUsage
from assistant.domain.live_figures import LiveCounts


class MetricsStore(Protocol):
    """Counts of the dashboard: between two moments, and of now."""

    def list_conversations(self, start: datetime, end: datetime) -> Sequence[Any]: ...
    def list_handoffs(self, start: datetime, end: datetime) -> Sequence[Any]: ...
    def count_decisions(self, start: datetime, end: datetime) -> Mapping[str, int]: ...
    def list_csat_scores(self, start: datetime, end: datetime) -> Sequence[int]: ...
    def count_handoff_reasons(self) -> Mapping[str, int]: ...  # over all time
    def count_live(self, now: datetime, due_before: datetime) -> LiveCounts: ...
    def list_active(self, since: datetime, *, limit: int) -> Sequence[str]: ...  # open, latest change first


class SpendingStore(Protocol):
    """Spending on models, kept across restarts."""

    def load_by_account(self, accounts: Sequence[Account]) -> Mapping[Account, ModelUsage]: ...
    def add_spending(self, accounts: Sequence[Account], change: ModelUsage) -> None: ...
    def sum_between(self, start: datetime, end: datetime) -> ModelUsage: ...  # whole days, all conversations
