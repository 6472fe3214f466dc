"""Customers of an improvement are told once, where they may be written to; its effect is measured."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from assistant.channels.meta import MetaChannel
from assistant.channels.registry import CHANNELS
from assistant.conversation.cases import CaseChange, change_case
from assistant.conversation.improvements import (
    ImprovementChange,
    change_improvement,
    compute_effect,
    create_improvement,
)
from assistant.domain.channels import WINDOW_CHANNELS
from assistant.domain.errors import BadInput, Conflict
from assistant.domain.outcomes import OutcomeKind
from assistant.domain.people import Agent
from assistant.domain.report_rows import ReportRow
from assistant.jobs.improvement_notices import ImprovementNotifier
from tests.conversation.test_cases import DAY, case_of, hear, rate, rated_talk, take
from tests.harness import MONDAY_NOON, Harness

TEXTS = {"ja": "箱を丈夫にしました。"}


async def plan(rig: Harness, agent: Agent, talks: list[str]) -> str:
    change = ImprovementChange(title="丈夫な箱", texts=TEXTS)
    new = await rig.database.write(lambda store: create_improvement(store, agent, change, rig.clock()))
    into = CaseChange(improvement=new.id)
    for talk in talks:
        case = await case_of(rig, talk)
        assert case is not None
        await rig.database.write(lambda s, c=case.id: change_case(s, c, agent, into, rig.clock()))  # type: ignore[misc]
    return new.id


async def finish(rig: Harness, agent: Agent, improvement: str) -> None:
    change = ImprovementChange(step="finish")
    await rig.database.write(lambda s: change_improvement(s, improvement, agent, change, rig.clock()))


async def tell(rig: Harness, improvement: str) -> dict[str, int]:
    await ImprovementNotifier(rig.database, rig.policy, rig.wire, rig.clock).send_notices()
    return dict(await rig.database.read(lambda store: store.improvements.count_notices(improvement)))


async def told_texts(rig: Harness, talk: str) -> list[str]:
    return [text for text in await rig.answers(talk) if TEXTS["ja"] in text]


async def test_everybody_is_told_once_and_resolved_cases_are_told_with_it(rig: Harness) -> None:
    talks, mori = [await rated_talk(rig), await rated_talk(rig)], await rig.hire()
    improvement = await plan(rig, mori, talks)
    await take(rig, talks[0], mori, "contact", "resolve")
    await finish(rig, mori, improvement)
    for _ in range(2):
        assert await tell(rig, improvement) == {"told": 2}
    assert [len(await told_texts(rig, talk)) for talk in talks] == [1, 1]
    states = [await case_of(rig, talk) for talk in talks]
    assert [case and case.state.value for case in states] == ["told", "open"]
    with pytest.raises(Conflict):
        await finish(rig, mori, improvement)


@pytest.mark.parametrize(("channel", "counts"), [("whatsapp", {"window": 1}), ("line", {"told": 1})])
async def test_a_closed_window_is_not_written_to(rig: Harness, channel: str, counts: dict[str, int]) -> None:
    talk, mori = await hear(rig, "返品の期限は？", 1, channel), await rig.hire()
    await rig.claim(talk, mori)
    await rig.resolve(talk, mori)
    await rate(rig, talk, 1)
    improvement = await plan(rig, mori, [talk])
    rig.clock.pass_(2 * DAY)
    await finish(rig, mori, improvement)
    assert await tell(rig, improvement) == counts
    assert len(await told_texts(rig, talk)) == counts.get("told", 0)


async def test_nobody_is_written_to_at_night_or_while_a_person_has_them(rig: Harness) -> None:
    talk, mori = await hear(rig, "返品の期限は？", 1), await rig.hire()
    await rig.claim(talk, mori)
    await rig.resolve(talk, mori)
    await rate(rig, talk, 1)
    improvement = await plan(rig, mori, [talk])
    await finish(rig, mori, improvement)
    rig.clock.pass_(10 * 3600)  # 22 o'clock in Japan
    assert await tell(rig, improvement) == {"pending": 1}
    rig.clock.pass_(11 * 3600)
    newer = await hear(rig, "配送料はいくらですか", 2)
    await rig.claim(newer, mori)
    assert await tell(rig, improvement) == {"pending": 1}
    await rig.resolve(newer, mori)
    assert await tell(rig, improvement) == {"told": 1}
    assert len(await told_texts(rig, newer)) == 1


async def test_customers_are_never_told_nothing(rig: Harness) -> None:
    talk, mori = await rated_talk(rig), await rig.hire()
    improvement = await plan(rig, mori, [talk])
    found = await rig.database.read(lambda store: store.improvements.get(improvement))
    await rig.database.write(lambda store: store.improvements.save(replace(found, texts={})))
    with pytest.raises(BadInput):
        await finish(rig, mori, improvement)
    await rig.database.write(lambda store: store.improvements.save(replace(found, texts={"en": "Stronger."})))
    await finish(rig, mori, improvement)
    assert await tell(rig, improvement) == {"language": 1}


def test_every_app_with_a_window_is_known() -> None:
    meta = {name for name, channel in CHANNELS.items() if issubclass(channel, MetaChannel)}
    assert meta == WINDOW_CHANNELS


DONE = MONDAY_NOON


def synthetic_rows(before: float, after: float, *, planned: datetime, spike: float) -> list[ReportRow]:
    """60 conversations a day for 8 weeks, a third about theme a; *spike*: in the week before *planned*."""
    dice, rows = random.Random(7), []
    for number in range(60 * 56):
        ended = DONE - timedelta(days=28) + timedelta(minutes=24 * number)
        own = number % 3 == 0
        share = (after if ended > DONE else before) if own else 0.2
        if own and planned - timedelta(days=7) <= ended <= planned:
            share = spike
        kind = OutcomeKind.ABANDONED if dice.random() < share else OutcomeKind.ANSWERED
        rows.append(
            ReportRow(
                conversation=str(number), customer="c", channel="web", language="ja", agent=None,
                created_at=ended, ended_at=ended, kind=kind, ended_by="customer", why="",
                survey=None, survey_state=None, frustration_start=None, frustration_end=None, outcome=None,
                theme="a" if own else "b", handoff_reason=None, wait_seconds=None, comment=None,
                csat=None, nps=None, ces=None,
            )
        )  # fmt: skip
    return rows


@pytest.mark.parametrize(
    ("before", "after", "verdict"), [(0.4, 0.2, "worked"), (0.3, 0.3, "no_effect"), (0.2, 0.4, "worse")]
)
def test_a_known_effect_is_found_and_none_is_not(before: float, after: float, verdict: str) -> None:
    planned = DONE - timedelta(days=7)
    # A spike is why it was planned: with it in the count, doing nothing would seem to work.
    rows = synthetic_rows(before, after, planned=planned, spike=0.9)
    effect = compute_effect(rows, "a", DONE, DONE + timedelta(days=28), planned)
    assert effect["verdict"] == verdict
    assert effect["low"] < after / before < effect["high"]
    seen = compute_effect(rows, "a", DONE, DONE + timedelta(days=28), DONE - timedelta(days=400))
    assert seen["ratio"] < effect["ratio"]


def test_few_bad_ends_or_no_others_are_too_early() -> None:
    planned = DONE - timedelta(days=400)
    rows = synthetic_rows(0.4, 0.2, planned=planned, spike=0.9)
    now = DONE + timedelta(days=28)
    assert compute_effect(rows[-200:], "a", DONE, now, planned)["verdict"] == "too_early"
    assert compute_effect(rows[::50], "c", DONE, now, planned)["verdict"] == "too_early"
