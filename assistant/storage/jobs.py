"""Jobs with leases, and the journal that agents' screens follow."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from assistant.domain.jobs import DeadEvent, Job, JobKind
from assistant.storage import tables as t
from assistant.storage.statements import (
    build_delete,
    build_insert,
    build_insert_if_absent,
    build_select,
    build_update,
    build_upsert,
)
from assistant.storage.values import fit_id

#: Longest time a transaction is open: the database ends idle ones after half of it.
SETTLED = timedelta(seconds=10)
#: More entries than are written in that time.
RECENT = 20_000


_KINDS = t.due.c.kind.in_(sa.bindparam("kinds", expanding=True))
_UNHELD = sa.or_(t.due.c.lease_until.is_(None), t.due.c.lease_until <= sa.bindparam("now"))
#: Jobs that can be claimed now, longest due first.
FREE = (
    sa.select(t.due)
    .where(t.due.c.due_at <= sa.bindparam("now"), _UNHELD, _KINDS)
    .order_by(t.due.c.due_at)
    .limit(sa.bindparam("most"))
    .with_for_update(skip_locked=True)
)
NEXT_FREE = sa.select(t.due.c.due_at).where(t.due.c.lease_until.is_(None), _KINDS)
NEXT_FREE = NEXT_FREE.order_by(t.due.c.due_at).limit(1)
NEXT_HELD = sa.select(sa.func.min(t.due.c.lease_until)).where(_KINDS)


#: What scheduling again changes: it also takes away a lease that somebody holds.
MOVED = ("due_at", "lease", "lease_until")


class SqlJobQueue:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def schedule(self, kind: JobKind, conversation: str, due_at: datetime, now: datetime) -> None:
        """Schedule job *kind* at *due_at*; scheduling it again moves the time, not its first request time.

        A lease that somebody holds is revoked: the result would be based on an older state.
        """
        row = {"conversation": conversation, "kind": kind, "due_at": due_at, "since": now, "tries": 0}
        row |= {"lease": None, "lease_until": None}
        self._connection.execute(build_upsert(self._connection, t.due, *MOVED), row)

    def schedule_once(self, kind: JobKind, conversation: str, due_at: datetime, now: datetime) -> None:
        """Schedule job *kind* at *due_at*; no effect if it is already scheduled or running.

        The running worker looks for more work, with the conversation's row locked, before it completes the
        job.
        """
        row = {"conversation": conversation, "kind": kind, "due_at": due_at, "since": now, "tries": 0}
        self._connection.execute(build_insert_if_absent(self._connection, t.due), row)

    def hasten(self, kind: JobKind, conversation: str, due_at: datetime, now: datetime) -> None:
        """As `schedule_once`, but a job that waits for a later time is due at *due_at*."""
        self.schedule_once(kind, conversation, due_at, now)
        c = t.due.c
        waits = sa.and_(c.conversation == conversation, c.kind == kind, c.lease.is_(None), c.due_at > due_at)
        self._connection.execute(sa.update(t.due).where(waits).values(due_at=due_at))

    def get(self, kind: JobKind, conversation: str) -> Job | None:
        values = {"conversation": conversation, "kind": kind}
        row = self._connection.execute(build_select(t.due, *values), values).first()
        return None if row is None else _parse_job(row)

    def claim_due(
        self, now: datetime, lease: timedelta, limit: int, kinds: Collection[JobKind] = tuple(JobKind)
    ) -> Sequence[Job]:
        """Lease up to *limit* due jobs; a job whose lease expired counts as one more try."""
        claimed = []
        for row in self._connection.execute(FREE, {"now": now, "kinds": list(kinds), "most": limit}).all():
            token = secrets.token_hex(8)
            tries = row.tries + (1 if row.lease else 0)
            mine = {"at_conversation": row.conversation, "at_kind": row.kind}
            values = {"lease": token, "lease_until": now + lease, "tries": tries}
            self._connection.execute(build_update(t.due, "conversation", "kind"), mine | values)
            claimed.append(_parse_job(row, lease=token, tries=tries))
        return claimed

    def complete_job(self, kind: JobKind, conversation: str, lease: str | None = None) -> bool:
        """Delete the job; with *lease* only if that lease is still valid. Returns whether it was deleted."""
        values = {"conversation": conversation, "kind": kind}
        if lease is not None:
            values["lease"] = lease
        return self._connection.execute(build_delete(t.due, *values), values).rowcount > 0

    def schedule_retry(self, item: Job, due_at: datetime) -> None:
        """Release the lease after a failure; the next try is at *due_at*."""
        c = t.due.c
        where = sa.and_(c.conversation == item.conversation, c.kind == item.kind, c.lease == item.lease)
        values = {"due_at": due_at, "lease": None, "lease_until": None, "tries": item.tries + 1}
        self._connection.execute(sa.update(t.due).where(where).values(values))

    def reschedule(self, item: Job, due_at: datetime) -> None:
        """Release the lease without counting a try."""
        ours = {"at_conversation": item.conversation, "at_kind": item.kind, "at_lease": item.lease}
        values = {"due_at": due_at, "lease": None, "lease_until": None}
        self._connection.execute(build_update(t.due, "conversation", "kind", "lease"), ours | values)

    def dead_letter(self, item: Job, why: str, now: datetime) -> None:
        """Move a job that failed for good to the dead letters."""
        if self.complete_job(item.kind, item.conversation, item.lease):
            row = {"conversation": item.conversation, "kind": item.kind, "tries": item.tries}
            self._connection.execute(build_insert(t.dead_letters), row | {"why": why, "created_at": now})

    def dead_letter_event(self, event: DeadEvent, now: datetime) -> None:
        """Store an inbound event that could not be applied."""
        row = {"conversation": fit_id(event.where), "kind": "event", "tries": 1, "why": event.why}
        row |= {"peer": event.peer, "content": event.content, "created_at": now}
        self._connection.execute(build_insert(t.dead_letters), row)

    def count_dead_letters(self) -> int:
        """Number of dead letters."""
        query = sa.select(sa.func.count()).select_from(t.dead_letters)
        return int(self._connection.execute(query).scalar_one())

    def renew_leases(self, held: Sequence[Job], until: datetime) -> None:
        """Extend the leases that are still ours."""
        c = t.due.c
        theirs = c.conversation.in_([item.conversation for item in held])
        unchanged = c.lease.in_([item.lease for item in held])
        self._connection.execute(sa.update(t.due).where(theirs, unchanged).values(lease_until=until))

    def end_leases(self, now: datetime) -> None:
        """Expire every lease now; for the start of a process that is the only one."""
        statement = sa.update(t.due).where(t.due.c.lease_until > now).values(lease_until=now)
        self._connection.execute(statement)

    def find_next_due_at(self, kinds: Collection[JobKind] = tuple(JobKind)) -> datetime | None:
        """When the next job is due or its lease expires."""
        values = {"kinds": list(kinds)}
        moments = [self._connection.execute(query, values).scalar() for query in (NEXT_FREE, NEXT_HELD)]
        return min((moment for moment in moments if moment is not None), default=None)


def _parse_job(row: sa.Row[tuple[object, ...]], *, lease: str | None = None, tries: int | None = None) -> Job:
    return Job(
        kind=JobKind(row.kind),
        conversation=row.conversation,
        due_at=row.due_at,
        since=row.since,
        tries=row.tries if tries is None else tries,
        lease=lease or row.lease,
    )


class SqlJournal:
    """Append-only log of changes in commit order."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def append_entry(self, conversation: str, message: str | None, now: datetime) -> None:
        row = {"conversation": conversation, "message": message, "created_at": now}
        self._connection.execute(build_insert(t.journal), row)

    def list_after(self, last: int, *, limit: int, now: datetime) -> Sequence[tuple[int, str, str | None]]:
        """(id, conversation, message) of the entries after *last*, in order.

        With several writers a lower id may be committed after a higher one: entries after a missing id are
        held back until its transaction is committed or must have ended some other way.
        """
        c = t.journal.c
        query = sa.select(t.journal).where(c.id > last).order_by(c.id).limit(limit)
        found: list[tuple[int, str, str | None]] = []
        for row in self._connection.execute(query):
            if row.id != last + 1 and row.created_at > now - SETTLED:
                break
            last = row.id
            found.append((row.id, row.conversation, row.message))
        return found

    def find_latest_id(self, now: datetime) -> int:
        """The id from which a new reader starts: every lower id is already committed or rolled back."""
        c = t.journal.c
        # Searched from the end: the newest settled entry is near it.
        old = sa.select(c.id).where(c.created_at <= now - SETTLED).order_by(c.id.desc()).limit(1)
        start = self._connection.execute(old).scalar() or self.load_id_range()[0] - 1
        recent = self.list_after(start, limit=RECENT, now=now)
        return recent[-1][0] if recent else start

    def check_writable(self, now: datetime) -> None:
        """Write something: Unavailable when the database takes no writes."""
        self._connection.execute(build_upsert(self._connection, t.proofs), {"id": 1, "at": now})

    def load_id_range(self) -> tuple[int, int]:
        """First and last id in the journal; (1, 0) when it is empty."""
        c = t.journal.c
        # Two queries, each of which reads one entry; a combined query makes SQLite scan the table.
        ends = (sa.select(end(c.id)).scalar_subquery() for end in (sa.func.min, sa.func.max))
        first, last = self._connection.execute(sa.select(*ends)).one()
        return (first or 1, last or 0)
