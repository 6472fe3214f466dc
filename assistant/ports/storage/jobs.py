"""Due work and the journal, inside a transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from assistant.domain.jobs import DeadEvent, Job, JobKind

Kinds = Collection[JobKind]


class JobQueue(Protocol):
    """Work with a due time; one row of a kind per conversation.

    Thirteen members because all are steps of one row, from wanted to done or given up, under one lease.
    """

    def schedule(self, kind: JobKind, conversation: str, due_at: datetime, now: datetime) -> None: ...
    def schedule_once(
        self, kind: JobKind, conversation: str, due_at: datetime, now: datetime
    ) -> None: ...  # once
    def get(self, kind: JobKind, conversation: str) -> Job | None: ...
    def claim_due(self, now: datetime, lease: timedelta, limit: int, kinds: Kinds = ...) -> Sequence[Job]: ...
    def complete_job(self, kind: JobKind, conversation: str, lease: str | None = None) -> bool: ...
    def schedule_retry(self, item: Job, due_at: datetime) -> None: ...
    def reschedule(self, item: Job, due_at: datetime) -> None: ...
    def find_next_due_at(self, kinds: Collection[JobKind] = ...) -> datetime | None: ...
    def dead_letter(self, item: Job, why: str, now: datetime) -> None: ...  # it failed for good
    def dead_letter_event(self, letter: DeadEvent, now: datetime) -> None: ...
    def count_dead_letters(self) -> int: ...
    def renew_leases(self, held: Sequence[Job], until: datetime) -> None: ...  # unless others have it now
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
