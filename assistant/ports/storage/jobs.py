"""Jobs and the journal, inside a transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from assistant.domain.jobs import DeadEvent, Job, JobKind

Kinds = Collection[JobKind]


class JobQueue(Protocol):
    """Jobs with a due time; one row per kind and conversation.

    Fourteen members because all are steps of one job under one lease, from scheduled to completed or
    dead-lettered.
    """

    def schedule(self, kind: JobKind, conversation: str, due_at: datetime, now: datetime) -> None: ...
    def schedule_once(
        self, kind: JobKind, conversation: str, due_at: datetime, now: datetime
    ) -> None: ...  # no effect if it is scheduled
    def hasten(
        self, kind: JobKind, conversation: str, due_at: datetime, now: datetime
    ) -> None: ...  # not later than that; no effect if it is running
    def get(self, kind: JobKind, conversation: str) -> Job | None: ...
    def claim_due(self, now: datetime, lease: timedelta, limit: int, kinds: Kinds = ...) -> Sequence[Job]: ...
    def complete_job(self, kind: JobKind, conversation: str, lease: str | None = None) -> bool: ...
    def schedule_retry(self, item: Job, due_at: datetime) -> None: ...
    def reschedule(self, item: Job, due_at: datetime) -> None: ...
    def find_next_due_at(self, kinds: Collection[JobKind] = ...) -> datetime | None: ...
    def dead_letter(self, item: Job, why: str, now: datetime) -> None: ...  # moves it to the dead letters
    def dead_letter_event(self, event: DeadEvent, now: datetime) -> None: ...
    def count_dead_letters(self) -> int: ...
    def renew_leases(self, held: Sequence[Job], until: datetime) -> None: ...  # those that are still ours
    def end_leases(self, now: datetime) -> None: ...  # all of them: their holders are gone


class Journal(Protocol):
    """The log of changes that agents' screens follow."""

    def append_entry(self, conversation: str, message: str | None, now: datetime) -> None: ...
    #: (id, conversation, message)
    def list_after(
        self, last: int, *, limit: int, now: datetime
    ) -> Sequence[tuple[int, str, str | None]]: ...
    def find_latest_id(self, now: datetime) -> int: ...  # where a new reader starts
    def check_writable(self, now: datetime) -> None: ...  # writes something
    def load_id_range(self) -> tuple[int, int]: ...  # first and last id
