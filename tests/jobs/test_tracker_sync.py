"""An improvement in a tracker: created once, followed, and done here when it is done there."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import httpx
import pytest

from assistant.conversation.cases import CaseChange, change_case
from assistant.conversation.improvement_exports import export_improvement
from assistant.conversation.improvements import ImprovementChange, change_improvement
from assistant.domain.cases import CaseNotes
from assistant.domain.errors import Conflict
from assistant.domain.improvements import ImprovementState
from assistant.domain.people import Agent
from assistant.domain.trackers import POLL_INTERVAL, IssueState, IssueTrouble, TrackedIssue
from assistant.jobs.tracker_sync import TrackerSync
from assistant.text.pii_masking import mask_pii
from tests.conversation.test_cases import case_of, rated_talk, take
from tests.conversation.test_improvements import TEXTS, plan, tell, told_texts
from tests.harness import Harness
from tests.trackers.simulated import SimulatedGitHub, SimulatedTracker, open_simulated

MINE = "090-1234-5678"


@dataclass
class Export:
    """An improvement of one unhappy customer, on its way into a tracker."""

    rig: Harness
    mori: Agent
    talk: str
    improvement: str
    server: SimulatedTracker = field(default_factory=SimulatedGitHub)

    async def sync(self, after: timedelta = timedelta()) -> TrackedIssue:
        self.rig.clock.pass_(after.total_seconds())
        trackers = {"github": open_simulated("github", self.server)}
        await TrackerSync(
            database=self.rig.database,
            trackers=trackers,
            language="ja",
            zone="Asia/Tokyo",
            public_url="https://help.example",
            clock=self.rig.clock,
        ).sync_due()
        return await self.issue()

    async def issue(self) -> TrackedIssue:
        found = await self.rig.database.read(lambda store: store.improvements.issues.find(self.improvement))
        assert found is not None
        return found

    async def state(self) -> ImprovementState:
        return (await self.rig.database.read(lambda s: s.improvements.get(self.improvement))).state

    async def request(self, to: str = "github") -> None:
        await self.rig.database.write(
            lambda s: export_improvement(s, self.improvement, to, self.mori, self.rig.clock(), mask_pii)
        )

    async def change(self, **what: object) -> None:
        change = ImprovementChange(**what)  # type: ignore[arg-type]
        await self.rig.database.write(
            lambda s: change_improvement(s, self.improvement, self.mori, change, self.rig.clock())
        )


@pytest.fixture
async def export(rig: Harness) -> Export:
    talk, mori = await rated_talk(rig), await rig.hire()
    improvement = await plan(rig, mori, [talk])
    exported = Export(rig=rig, mori=mori, talk=talk, improvement=improvement)
    await exported.change(
        action=f"二重の箱にする。問い合わせは {MINE}", due_at=rig.clock() + timedelta(days=9)
    )
    await exported.request()
    return exported


async def test_done_there_is_done_here_and_its_customers_are_told(export: Export) -> None:
    await take(export.rig, export.talk, export.mori, "contact", "resolve")
    issue = await export.sync()
    assert (issue.state, issue.key, issue.url) == (
        IssueState.OPEN,
        "1",
        "https://github.com/shop/shop/issues/1",
    )
    assert (await export.sync(POLL_INTERVAL)).state is IssueState.OPEN
    assert await export.state() is ImprovementState.PLANNED
    export.server.close(done=True)
    assert (await export.sync(POLL_INTERVAL)).state is IssueState.CLOSED
    assert await export.state() is ImprovementState.DONE
    assert await tell(export.rig, export.improvement) == {"told": 1}
    assert len(await told_texts(export.rig, export.talk)) == 1
    calls = len(export.server.requests)
    await export.sync(10 * POLL_INTERVAL)
    assert len(export.server.requests) == calls
    entries = await export.rig.database.read(lambda store: store.audit.list_entries())
    steps = [one.details.get("step") for one in entries if one.action == "improvement"]
    assert steps == [None, None, "exported", "issue_created", "finish"]


async def test_the_issue_says_what_to_do_and_nothing_personal(export: Export) -> None:
    await take(export.rig, export.talk, export.mori, "contact")
    notes = CaseNotes(root_cause=f"山田太郎様 ({MINE}) の箱が薄い", remedy="再送した")
    case = await case_of(export.rig, export.talk)
    assert case is not None
    step = CaseChange(step="resolve", notes=notes)
    await export.rig.database.write(lambda s: change_case(s, case.id, export.mori, step, export.rig.clock()))
    await export.sync()
    text = export.server.read_text()
    for part in (
        "丈夫な箱",
        "二重の箱",
        "箱が薄い",
        "再送した",
        "関係するお客様：1名",
        "2026-",
        "help.example",
    ):
        assert part in text, part
    assert MINE not in text
    assert "返品の期限" not in text  # the customer's own words


async def test_an_answer_that_was_lost_makes_no_second_issue(export: Export) -> None:
    export.server.lost = httpx.ReadTimeout("slow")
    lost = await export.sync()
    assert (lost.state, lost.trouble, lost.tries) == (IssueState.PENDING, IssueTrouble.UNAVAILABLE, 1)
    found = await export.sync(timedelta(seconds=10))
    assert (found.state, found.key, found.trouble, found.tries) == (IssueState.OPEN, "1", None, 0)
    assert len(export.server.issues) == 1


async def test_a_crash_after_the_creation_makes_no_second_issue(export: Export) -> None:
    tracker = open_simulated("github", export.server)
    now = export.rig.clock()
    claimed = await export.rig.database.write(
        lambda store: store.improvements.issues.claim("github", now, timedelta(minutes=2))
    )
    assert claimed is not None
    sync = TrackerSync(
        database=export.rig.database, trackers={"github": tracker}, language="ja", zone="Asia/Tokyo",
        public_url="", clock=export.rig.clock,
    )  # fmt: skip
    await sync._create_issue(claimed)
    await export.sync()  # leased to the one that crashed
    assert (await export.issue()).state is IssueState.PENDING
    assert (await export.sync(timedelta(minutes=2))).state is IssueState.OPEN
    assert len(export.server.issues) == 1


async def test_a_pause_is_obeyed_and_a_tracker_that_is_down_gets_it_later(export: Export) -> None:
    export.server.faults = [httpx.Response(429, headers={"retry-after": "7200"}), httpx.Response(502)]
    busy = await export.sync()
    assert (busy.trouble, busy.due_at) == (IssueTrouble.BUSY, export.rig.clock() + timedelta(hours=2))
    assert (await export.sync(timedelta(hours=1))).tries == 1
    assert (await export.sync(timedelta(hours=1))).trouble is IssueTrouble.UNAVAILABLE
    assert (await export.sync(timedelta(hours=1))).state is IssueState.OPEN


async def test_what_no_retry_helps_is_shown_and_exported_again_by_hand(export: Export) -> None:
    with pytest.raises(Conflict):
        await export.request()
    export.server.faults = [httpx.Response(401)]
    failed = await export.sync()
    assert (failed.state, failed.trouble) == (IssueState.FAILED, IssueTrouble.UNAUTHORIZED)
    await export.request()
    assert (await export.sync()).state is IssueState.OPEN
    # A token that runs out later ends nothing.
    export.server.faults = [httpx.Response(401)]
    assert (await export.sync(POLL_INTERVAL)).state is IssueState.OPEN
    assert (await export.issue()).trouble is IssueTrouble.UNAUTHORIZED
    assert (await export.sync(timedelta(hours=1))).trouble is None


async def test_refused_there_is_not_done_here(export: Export) -> None:
    await export.sync()
    export.server.close(done=False)
    issue = await export.sync(POLL_INTERVAL)
    assert (issue.state, issue.trouble) == (IssueState.CLOSED, IssueTrouble.DROPPED)
    assert await export.state() is ImprovementState.PLANNED


async def test_done_there_waits_for_what_the_customers_are_told(rig: Harness, export: Export) -> None:
    found = await rig.database.read(lambda store: store.improvements.get(export.improvement))
    await rig.database.write(lambda store: store.improvements.save(replace(found, texts={})))
    await export.sync()
    export.server.close(done=True)
    assert (await export.sync(POLL_INTERVAL)).trouble is IssueTrouble.TEXTS
    assert await export.state() is ImprovementState.PLANNED
    await export.change(texts=TEXTS)
    assert (await export.sync(POLL_INTERVAL)).state is IssueState.CLOSED
    assert await export.state() is ImprovementState.DONE


async def test_what_was_ended_here_is_neither_created_nor_followed(export: Export) -> None:
    await export.change(step="drop")
    assert (await export.sync()).state is IssueState.CLOSED
    assert export.server.requests == []


async def test_a_tracker_whose_settings_are_gone_is_named(export: Export) -> None:
    with pytest.raises(Conflict):
        await export.request("webhook")  # none is told of exports
    sync = TrackerSync(
        database=export.rig.database, trackers={}, language="ja", zone="Asia/Tokyo", public_url="",
        clock=export.rig.clock,
    )  # fmt: skip
    await sync.sync_due()
    assert (await export.issue()).trouble is IssueTrouble.UNKNOWN
