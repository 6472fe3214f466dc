"""SQL for knowledge sources: when each was last checked, and which process holds its lease."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from assistant.domain.article_lifecycle import KnowledgeSource, SourceCheck
from assistant.storage.article_tables import sources

#: Lease duration of a process that reads a source.
LEASE = timedelta(seconds=60)


class SqlSources:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def record_checks(self, checks: Sequence[SourceCheck]) -> None:
        """Store the outcome of a run; a source is created by its first successful run."""
        insert = sqlite.insert if self._connection.dialect.name == "sqlite" else postgresql.insert
        for check in checks:
            read = {"read_at": check.checked_at} if check.is_readable else {}
            seen = {"looked_at": check.checked_at, "prune": check.prune, "wanted": False, **read}
            first = {"source": check.source, "failures": 0 if check.is_readable else 1, **seen}
            again = {"failures": 0 if check.is_readable else sources.c.failures + 1, **seen}
            if not check.is_readable and not check.has_articles:
                self._connection.execute(
                    sources.update().where(sources.c.source == check.source).values(again)
                )
                continue
            row = insert(sources).values(first)
            self._connection.execute(row.on_conflict_do_update(index_elements=["source"], set_=again))

    def list_sources(self) -> Sequence[KnowledgeSource]:
        c = sources.c
        columns = (c.source, c.prune, c.looked_at, c.read_at, c.failures, c.wanted, c.lease)
        rows = self._connection.execute(sa.select(*columns).order_by(c.source)).mappings()
        return [KnowledgeSource(**row) for row in rows]

    def request_resync(self, source: str) -> bool:
        """Request a resync; returns False when there is no such web source."""
        found = next((one for one in self.list_sources() if one.source == source and one.is_web_source), None)
        if found is not None:
            self._connection.execute(sources.update().where(sources.c.source == source).values(wanted=True))
        return found is not None

    def claim_due(self, now: datetime, interval: timedelta | None) -> KnowledgeSource | None:
        """Lease the web source that has been due longest; without *interval* only requested ones."""
        c = sources.c
        free = sa.or_(c.lease.is_(None), c.lease_until <= now)
        found = [
            one for one in self.list_sources() if one.is_web_source and (one.wanted or interval is not None)
        ]
        due = {one.source: one.due_at(interval or timedelta()) for one in found}
        for one in sorted(found, key=lambda one: due[one.source]):
            if due[one.source] > now:
                break
            token = secrets.token_hex(8)
            mine = sources.update().where(c.source == one.source, c.looked_at == one.looked_at, free)
            if self._connection.execute(mine.values(lease=token, lease_until=now + LEASE)).rowcount:
                return KnowledgeSource(
                    source=one.source,
                    prune=one.prune,
                    looked_at=one.looked_at,
                    read_at=one.read_at,
                    failures=one.failures,
                    wanted=one.wanted,
                    lease=token,
                )
        return None

    def renew_lease(self, source: KnowledgeSource, now: datetime) -> bool:
        """Renew the lease; returns False when another process has it."""
        mine = sources.update().where(sources.c.source == source.source, sources.c.lease == source.lease)
        return bool(self._connection.execute(mine.values(lease_until=now + LEASE)).rowcount)

    def release_lease(self, source: KnowledgeSource) -> None:
        mine = sources.update().where(sources.c.source == source.source, sources.c.lease == source.lease)
        self._connection.execute(mine.values(lease=None, lease_until=None))
