"""SQL for the issues of improvements in other systems' trackers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from assistant.domain.trackers import IssueState, IssueTrouble, TrackedIssue
from assistant.storage import case_tables as k
from assistant.storage.statements import build_select, build_upsert

FOLLOWED = (IssueState.PENDING, IssueState.OPEN)


class SqlTrackedIssues:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find(self, improvement: str) -> TrackedIssue | None:
        """The issue of an improvement; in a write transaction its row stays locked until the end."""
        writes = self._connection.get_execution_options().get("write", False)
        query = build_select(k.tracked_issues, "improvement", hold=writes)
        row = self._connection.execute(query, {"improvement": improvement}).mappings().first()
        return None if row is None else _parse_issue(row)

    def list_by_improvements(self, improvements: Sequence[str]) -> Mapping[str, TrackedIssue]:
        """Improvement -> its issue."""
        c = k.tracked_issues.c
        query = sa.select(k.tracked_issues).where(c.improvement.in_(improvements))
        rows = self._connection.execute(query).mappings()
        return {row["improvement"]: _parse_issue(row) for row in rows}

    def save(self, issue: TrackedIssue) -> None:
        self._connection.execute(build_upsert(self._connection, k.tracked_issues), asdict(issue))

    def list_due_trackers(self, now: datetime) -> Sequence[str]:
        """Trackers in which something is to be done now."""
        c = k.tracked_issues.c
        query = sa.select(c.tracker).where(c.state.in_(FOLLOWED), c.due_at <= now)
        return self._connection.execute(query.distinct().order_by(c.tracker)).scalars().all()

    def claim(self, tracker: str, now: datetime, lease: timedelta) -> TrackedIssue | None:
        """The next issue that is due, put off by *lease* so that no other worker takes it."""
        c = k.tracked_issues.c
        due = sa.and_(c.tracker == tracker, c.state.in_(FOLLOWED), c.due_at <= now)
        query = sa.select(k.tracked_issues).where(due).order_by(c.due_at, c.improvement).limit(1)
        row = self._connection.execute(query.with_for_update(skip_locked=True)).mappings().first()
        if row is None:
            return None
        claimed = replace(_parse_issue(row), due_at=now + lease)
        self.save(claimed)
        return claimed


def _parse_issue(row: Any) -> TrackedIssue:
    trouble = row["trouble"] and IssueTrouble(row["trouble"])
    return TrackedIssue(**{**row, "state": IssueState(row["state"]), "trouble": trouble})
