"""The figures of a report, each from raw rows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assistant.conversation import report_figures
from assistant.conversation.inbound import customer_actions
from assistant.conversation.inbound.conversation_start import Visitor
from assistant.conversation.report import ReportRange, load_report
from assistant.conversation.report_profiles import build_profiles
from assistant.conversation.templates.report import DEFINITIONS
from assistant.domain.outcomes import OutcomeKind
from assistant.domain.report_rows import RepeatContact, ReportRow
from assistant.domain.statistics import compute_mean_score, compute_nps, compute_rate
from tests.harness import Harness

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ROW = ReportRow(
    conversation="c1",
    customer="p1",
    channel="web",
    language="ja",
    created_at=NOW - timedelta(days=9),
    ended_at=NOW - timedelta(days=9),
    kind=OutcomeKind.ANSWERED,
    ended_by="assistant",
    why="nothing_more_said",
    outcome="idle",
    agent=None,
    theme="t",
    frustration_start=0.1,
    frustration_end=0.7,
    handoff_reason=None,
    wait_seconds=None,
    survey=None,
    survey_state=None,
    csat=None,
    nps=None,
    ces=None,
    comment=None,
)


def compute_figures(
    rows: list[ReportRow], contacts: list[RepeatContact], persons: dict[str, str], now: datetime
) -> dict[str, Any]:
    return report_figures.compute_figures(rows, build_profiles(rows, contacts, persons, now))


def contact(days: float, *, customer: str = "p1", theme: str | None = "t") -> RepeatContact:
    return RepeatContact(
        conversation="c2", customer=customer, created_at=ROW.ended_at + timedelta(days=days), theme=theme
    )


def test_intervals_are_the_published_ones() -> None:
    rate = compute_rate(13, 15)
    assert [rate.low, rate.high] == pytest.approx([0.621, 0.963], abs=1e-3)
    assert compute_rate(0, 0).rate is None
    nps = compute_nps([10] * 50 + [8] * 30 + [3] * 20)
    assert [nps.score, nps.low, nps.high] == pytest.approx([30.0, 14.7, 45.3], abs=0.1)
    assert compute_mean_score([7], lowest=1, highest=7).low is None


def test_contained_is_not_resolved() -> None:
    left = replace(ROW, kind=OutcomeKind.ABANDONED, why="abstention")
    figures = compute_figures([ROW, left], [], {}, NOW)
    assert figures["contained"]["count"] == 2
    assert figures["resolved_by_assistant"]["count"] == 1
    assert figures["abandoned_after"] == {"abstention": 1}


def test_spam_and_empty_conversations_are_in_no_rate() -> None:
    rows = [ROW, replace(ROW, kind=OutcomeKind.SPAM), replace(ROW, kind=OutcomeKind.NO_REQUEST)]
    figures = compute_figures(rows, [], {}, NOW)
    assert (figures["ended"], figures["counted"], figures["contained"]["total"]) == (3, 1, 1)


@pytest.mark.parametrize(
    ("later", "lasts_72h", "lasts_7d"),
    [
        ([], 1, 1),
        ([contact(2)], 0, 0),
        ([contact(5)], 1, 0),
        ([contact(8)], 1, 1),
        ([contact(2, theme="another")], 1, 1),
        ([contact(2, theme=None)], 0, 0),
        ([contact(2, customer="p2")], 0, 0),
        ([contact(2, customer="stranger")], 1, 1),
    ],
)
def test_an_answer_is_durable_if_nobody_comes_back_about_it(
    later: list[RepeatContact], lasts_72h: int, lasts_7d: int
) -> None:
    """p2 is the same person on another channel."""
    figures = compute_figures([ROW], later, {"p1": "p", "p2": "p"}, NOW)
    assert (figures["durable_72h"]["count"], figures["durable_7d"]["count"]) == (lasts_72h, lasts_7d)


def test_young_answers_are_grey() -> None:
    young = replace(ROW, ended_at=NOW - timedelta(days=4))
    figures = compute_figures([young], [], {}, NOW)
    assert (figures["durable_72h"]["total"], figures["durable_72h"]["young"]) == (1, 0)
    assert (figures["durable_7d"]["total"], figures["durable_7d"]["young"]) == (0, 1)


def test_agents_below_thirty_conversations_are_not_shown() -> None:
    rows = [replace(ROW, agent="few")] * 29 + [replace(ROW, agent="many", csat=5)] * 30
    figures = compute_figures(rows, [], {}, NOW)
    assert [group["key"] for group in figures["groups"]["agent"]] == ["many"]


def test_empty_months_are_no_error() -> None:
    figures = compute_figures([], [], {}, NOW)
    assert figures["contained"]["rate"] is None
    assert figures["surveys"]["nps"]["score"] is None


def test_every_definition_is_in_both_languages() -> None:
    assert all(set(texts) == {"ja", "en"} for texts in DEFINITIONS.values())


async def test_a_report_counts_what_happened(rig: Harness) -> None:
    start = rig.clock()
    mori = await rig.hire()
    alone, handed = [(await rig.open()).conversation.id for _ in range(2)]
    english = (await rig.open(Visitor(locale="en"))).conversation.id
    await rig.ask(alone, "返品の期限は？")
    await rig.ask(english, "How long can I return an item?")
    await rig.ask(handed, "返品の期限は？")
    await rig.press_person_button(handed)
    rig.clock.pass_(90)
    await rig.claim(handed, mori)
    await rig.reply(handed, mori, "30日です。")
    await rig.resolve(handed, mori)
    for talk in (alone, english):
        await rig.database.write(
            lambda store, t=talk: customer_actions.close_conversation(
                store, t, rig.policy, rig.assistant.pick_facts, rig.clock(), helped=True
            )  # type: ignore[misc]
        )
    rating = customer_actions.Rating(kind="csat", value=4, comment="=HYPERLINK()")
    await rig.database.write(lambda store: customer_actions.save_rating(store, handed, rating, rig.clock()))
    rig.clock.pass_(1)

    async def report(**only: str) -> dict[str, object]:
        wanted = ReportRange(start=start, end=rig.clock(), **only)
        return await rig.database.read(lambda store: load_report(store, wanted, rig.clock()))

    found = await report()
    assert found["outcomes"] == {"confirmed": 2, "resolved_by_person": 1}
    assert found["contained"]["count"] == 2  # type: ignore[index]
    assert found["handoff_reasons"] == {"asked_for_person": 1}
    assert found["wait_seconds"]["median"] >= 90  # type: ignore[index]
    assert found["surveys"]["csat"]["count"] == 1  # type: ignore[index]
    assert found["durable_7d"]["young"] == 3  # type: ignore[index]
    assert (await report(language="en"))["ended"] == 1
    assert (await report(channel="line"))["ended"] == 0
