"""The closed loop inside a transaction: cases, improvements, their issues in trackers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from assistant.domain.cases import Case, CaseRow, CaseState
from assistant.domain.improvements import Improvement, NoticeState
from assistant.domain.trackers import TrackedIssue


class CaseStore(Protocol):
    """Cases, one for each conversation at most."""

    def add(self, case: Case) -> bool: ...  # False: its conversation has one already
    def get(self, case: str) -> Case: ...  # NotFound; locked in a write
    def find_by_conversation(self, conversation: str) -> Case | None: ...
    def save(self, case: Case) -> None: ...
    def list_rows(
        self,
        states: Sequence[CaseState],
        *,
        owner: str | None = None,
        improvement: str | None = None,
        limit: int,
    ) -> Sequence[CaseRow]: ...  # by due time
    def load_row(self, case: str) -> CaseRow: ...  # NotFound


class TrackedIssueStore(Protocol):
    """Issues of improvements in other systems' trackers."""

    def find(self, improvement: str) -> TrackedIssue | None: ...  # locked in a write
    def list_by_improvements(self, improvements: Sequence[str]) -> Mapping[str, TrackedIssue]: ...
    def save(self, issue: TrackedIssue) -> None: ...
    def list_due_trackers(self, now: datetime) -> Sequence[str]: ...
    def claim(self, tracker: str, now: datetime, lease: timedelta) -> TrackedIssue | None: ...


class ImprovementStore(Protocol):
    """Improvements, and the customers who are told of them.

    Nine members because each notice to a customer has a state of its own.
    """

    @property
    def issues(self) -> TrackedIssueStore: ...  # in other systems' trackers

    def get(self, improvement: str) -> Improvement: ...  # NotFound; locked in a write
    def save(self, improvement: Improvement) -> None: ...
    def list_latest(self, *, limit: int) -> Sequence[Improvement]: ...  # newest change first
    def add_notice(self, improvement: str, customer: str, now: datetime) -> None: ...  # once a customer
    def list_pending_notices(self, *, limit: int) -> Sequence[tuple[str, str]]: ...  # (improvement, customer)
    def is_pending(self, improvement: str, customer: str) -> bool: ...  # locked in a write
    def save_notice(self, improvement: str, customer: str, state: NoticeState, now: datetime) -> None: ...
    def count_notices(self, improvement: str) -> Mapping[str, int]: ...  # by state
