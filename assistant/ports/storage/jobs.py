"""Due work and the journal, inside a transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from assistant.domain.jobs import Due, Kind

Kinds = Collection[Kind]


class DueRows(Protocol):
    """Work with a due time; one row of a kind per conversation."""

    def put(self, kind: Kind, conversation: str, due_at: datetime, now: datetime) -> None: ...
    def want(self, kind: Kind, conversation: str, due_at: datetime, now: datetime) -> None: ...  # once
    def get(self, kind: Kind, conversation: str) -> Due | None: ...
    def claim(self, now: datetime, lease: timedelta, limit: int, kinds: Kinds = ...) -> Sequence[Due]: ...
    def done(self, kind: Kind, conversation: str, lease: str | None = None) -> bool: ...
    def retry(self, item: Due, due_at: datetime) -> None: ...
    def postpone(self, item: Due, due_at: datetime) -> None: ...
    def next_time(self, kinds: Collection[Kind] = ...) -> datetime | None: ...
    def bury(self, item: Due, why: str, now: datetime) -> None: ...  # it failed for good
    def refused(self, where: str, why: str, now: datetime) -> None: ...  # an event that we failed at
    def buried(self) -> int: ...
    def renew(self, held: Sequence[Due], until: datetime) -> None: ...  # unless others have it now
    def end_leases(self, now: datetime) -> None: ...  # whoever held them is gone


class Journal(Protocol):
    """Tells agents' screens what changed."""

    def note(self, conversation: str, message: str | None, now: datetime) -> None: ...
    #: (id, conversation, message)
    def after(self, last: int, *, limit: int, now: datetime) -> Sequence[tuple[int, str, str | None]]: ...
    def newest(self, now: datetime) -> int: ...  # where a new follower starts
    def prove(self, now: datetime) -> None: ...  # writes something, whatever it is
    def span(self) -> tuple[int, int]: ...  # first and last id
