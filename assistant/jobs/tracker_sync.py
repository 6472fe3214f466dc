"""Creates the issues of improvements in other systems' trackers, and looks at them until they are done."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from assistant.conversation.improvements import MAX_CASES, finish_followed
from assistant.conversation.templates import render_template as words
from assistant.domain.audit import ASSISTANT
from assistant.domain.cases import CaseState
from assistant.domain.errors import BadInput, Unavailable
from assistant.domain.hours import to_local_time
from assistant.domain.improvements import OPEN_STATES, Improvement
from assistant.domain.trackers import POLL_INTERVAL, IssueState, IssueTrouble, TrackedIssue
from assistant.ports.clock import Clock
from assistant.ports.storage.store import Database, Store
from assistant.ports.trackers import ExternalIssue, IssueDraft, IssueTracker, TrackerFailed
from assistant.text.pii_masking import mask_pii

log = structlog.get_logger()

LOOK_SECONDS = 5.0
#: A claimed issue that nobody reported back is due again after this; four calls of 15 seconds fit.
LEASE = timedelta(minutes=2)
MAX_TITLE_CHARACTERS = 200
MAX_LINE_CHARACTERS = 2_000
#: Causes and remedies of an improvement's cases that are written into its issue.
MAX_CAUSES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerSync:
    database: Database[Store]
    trackers: Mapping[str, IssueTracker]
    #: Of what is written into issues.
    language: str
    zone: str
    #: Our public address, for the link back.
    public_url: str
    clock: Clock

    async def run(self) -> None:
        while True:
            with suppress(Unavailable):  # the next round tries again
                await self.sync_due()
            await asyncio.sleep(LOOK_SECONDS)

    async def sync_due(self) -> None:
        """Whatever is due; a slow tracker delays no other."""
        now = self.clock()
        due = await self.database.read(lambda store: store.improvements.issues.list_due_trackers(now))
        async with asyncio.TaskGroup() as group:
            for tracker in due:
                group.create_task(self._sync_tracker(tracker))

    async def _sync_tracker(self, tracker: str) -> None:
        with suppress(Unavailable):
            while (issue := await self._claim(tracker)) is not None:
                await self._sync_issue(issue)

    async def _claim(self, tracker: str) -> TrackedIssue | None:
        now = self.clock()
        return await self.database.write(lambda store: store.improvements.issues.claim(tracker, now, LEASE))

    async def _sync_issue(self, issue: TrackedIssue) -> None:
        try:
            step = self._create_issue if issue.state is IssueState.PENDING else self._follow_issue
            found = await step(issue)
        except TrackerFailed as exc:
            log.warning("tracker", tracker=issue.tracker, trouble=exc.trouble, why=str(exc))
            after = issue.put_off(exc.trouble, self.clock(), final=exc.is_final, after=exc.after)
            await self.database.write(lambda store: store.improvements.issues.save(after))
            return
        await self.database.write(partial(apply_found, issue=issue, found=found, now=self.clock()))

    async def _create_issue(self, issue: TrackedIssue) -> ExternalIssue | None:
        """The new issue, or that of a try whose answer was lost; None: it is not wanted any more."""
        draft = await self.database.read(partial(self._compose_draft, issue=issue))
        if draft is None:
            return None
        tracker = self._get_tracker(issue)
        return await tracker.find_issue(issue.marker) or await tracker.create_issue(draft)

    async def _follow_issue(self, issue: TrackedIssue) -> ExternalIssue | None:
        is_open = await self.database.read(
            lambda store: store.improvements.get(issue.improvement).state in OPEN_STATES
        )
        return await self._get_tracker(issue).load_issue(issue.key or "") if is_open else None

    def _get_tracker(self, issue: TrackedIssue) -> IssueTracker:
        if issue.tracker not in self.trackers:
            raise TrackerFailed(IssueTrouble.UNKNOWN, "no settings name this tracker")
        return self.trackers[issue.tracker]

    def _compose_draft(self, store: Store, issue: TrackedIssue) -> IssueDraft | None:
        improvement = store.improvements.get(issue.improvement)
        if improvement.state not in OPEN_STATES:
            return None
        due = improvement.due_at and to_local_time(improvement.due_at, self.zone).date()
        lines = [improvement.action or "", *_list_cause_lines(store, improvement, self.language)]
        if due is not None:
            lines.append(words("issue_due", self.language, date=due.isoformat()))
        link = f"{self.public_url}/console#/improvements"
        lines = [mask_pii(line)[:MAX_LINE_CHARACTERS] for line in lines if line]
        return IssueDraft(
            marker=issue.marker,
            title=mask_pii(improvement.title)[:MAX_TITLE_CHARACTERS],
            lines=(*lines, words("issue_link", self.language, url=link)),
            due=due,
        )


def _list_cause_lines(store: Store, improvement: Improvement, language: str) -> list[str]:
    """The theme, how many cases there are, and what agents found in them: none of a customer's own words."""
    rows = store.cases.list_rows(list(CaseState), improvement=improvement.id, limit=MAX_CASES)
    lines = [words("issue_cases", language, count=str(len(rows)))]
    causes = dict.fromkeys((row.case.root_cause, row.case.remedy) for row in rows if row.case.root_cause)
    for cause, remedy in list(causes)[:MAX_CAUSES]:
        lines.append(words("issue_cause", language, cause=cause or "", remedy=remedy or "–"))
    return lines


def apply_found(store: Store, issue: TrackedIssue, found: ExternalIssue | None, now: datetime) -> None:
    """Store how the issue is; one that is done finishes its improvement. None: it is followed no more."""
    issue = replace(issue, tries=0, trouble=None, updated_at=now, due_at=now + POLL_INTERVAL)
    if found is None:
        store.improvements.issues.save(replace(issue, state=IssueState.CLOSED))
        return
    if issue.state is IssueState.PENDING:
        details = {"tracker": issue.tracker, "issue": found.key}
        store.audit.append_entry(
            ASSISTANT, "improvement", now, improvement=issue.improvement, step="issue_created", **details
        )
    issue = replace(issue, state=IssueState.OPEN, key=found.key, url=found.url)
    if found.is_dropped:
        issue = replace(issue, state=IssueState.CLOSED, trouble=IssueTrouble.DROPPED)
    elif found.is_done:
        issue = _finish_improvement(store, issue, now)
    store.improvements.issues.save(issue)


def _finish_improvement(store: Store, issue: TrackedIssue, now: datetime) -> TrackedIssue:
    improvement = store.improvements.get(issue.improvement)
    if improvement.state in OPEN_STATES:
        try:
            finish_followed(store, improvement, f"{issue.tracker} {issue.key}", now)
        except BadInput:  # the customers' text is missing; looked at again
            return replace(issue, trouble=IssueTrouble.TEXTS)
    return replace(issue, state=IssueState.CLOSED)
