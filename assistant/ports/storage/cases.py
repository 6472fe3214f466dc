"""The closed loop inside a transaction: cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from assistant.domain.cases import Case, CaseRow, CaseState


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
