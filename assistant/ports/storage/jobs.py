"""Due work and the journal, inside a transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from assistant.domain.jobs import Due, Kind

Kinds = Collection[Kind]


class JobQueue(Protocol):
    """Work with a due time; one row of a kind per conversation."""

    def schedule(self, kind: Kind, conversation: str, due_at: datetime, now: datetime) -> None: ...
    def schedule_once(
        self, kind: Kind, conversation: str, due_at: datetime, now: datetime
    ) -> None: ...  # once
    def get(self, kind: Kind, conversation: str) -> Due | None: ...
    def claim_due(self, now: datetime, lease: timedelta, limit: int, kinds: Kinds = ...) -> Sequence[Due]: ...
    def complete_job(self, kind: Kind, conversation: str, lease: str | None = None) -> bool: ...
    def schedule_retry(self, item: Due, due_at: datetime) -> None: ...
    def reschedule(self, item: Due, due_at: datetime) -> None: ...
    def find_next_due_at(self, kinds: Collection[Kind] = ...) -> datetime | None: ...
    def dead_letter(self, item: Due, why: str, now: datetime) -> None: ...  # it failed for good
    def dead_letter_event(
        self, where: str, why: str, now: datetime
    ) -> None: ...  # an event that we failed at
    def count_dead_letters(self) -> int: ...
    def renew_leases(self, held: Sequence[Due], until: datetime) -> None: ...  # unless others have it now
    def end_leases(self, now: datetime) -> None: ...  # whoever held them is gone


class Journal(Protocol):
    """Tells agents' screens what changed."""

    def append_entry(self, conversation: str, message: str | None, now: datetime) -> None: ...
    #: (id, conversation, message)
    def list_after(
        self, last: int, *, limit: int, now: datetime
    ) -> Sequence[tuple[int, str, str | None]]: ...
    def find_latest_id(self, now: datetime) -> int: ...  # where a new follower starts
    def check_writable(self, now: datetime) -> None: ...  # writes something, whatever it is
    def load_id_range(self) -> tuple[int, int]: ...  # first and last id
