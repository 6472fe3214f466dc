"""A survey is asked once an episode, by rules, where the channel can carry it; anything else cancels it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from assistant.conversation.inbound import customer_actions
from assistant.conversation.inbound.conversation_start import Visitor
from assistant.conversation.inbound.events import InboundContext, apply_events
from assistant.conversation.surveys import build_survey
from assistant.domain.channels import Address, MessageReceived
from assistant.domain.policy import Policy
from assistant.domain.statistics import compute_weighted_rate
from assistant.domain.surveys import AskedSurvey, SurveyKind, SurveyState, select_survey_kind
from tests.harness import LANGUAGES, Harness

NOW = datetime(2026, 11, 23, tzinfo=UTC)
BOTH = {"csat": 1, "nps": 90}


async def survey_of(rig: Harness, talk: str) -> AskedSurvey | None:
    return await rig.database.read(lambda store: store.surveys.get(talk))


async def close(rig: Harness, talk: str) -> None:
    await rig.database.write(
        lambda store: customer_actions.close_conversation(
            store, talk, rig.policy, rig.assistant.pick_facts, rig.clock()
        )
    )


async def hear(rig: Harness, text: str, number: int) -> str:
    """What a customer writes on LINE."""
    address = Address(channel="line", peer="U1")
    event = MessageReceived(id=f"e{number}", message_id=f"m{number}", address=address, text=text)
    arrivals = InboundContext(timing=rig.timing, languages=LANGUAGES)
    return (await rig.database.write(lambda store: apply_events(store, [event], arrivals, rig.clock())))[0]


async def resolve_on_line(rig: Harness, number: int = 1) -> str:
    talk = await hear(rig, "返品の期限は？", number)
    await rig.settle()
    mori = await rig.hire(f"Mori{number}")
    await rig.claim(talk, mori)
    await rig.reply(talk, mori, "30日です。")
    await rig.resolve(talk, mori)
    return talk


def asking(rig: Harness, **rules: int) -> Harness:
    return Harness(rig.database, policy=replace(Policy(), surveys=rules))


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ([], SurveyKind.NPS),
        ([("nps", timedelta(days=30))], SurveyKind.CSAT),
        ([("nps", timedelta(days=91))], SurveyKind.NPS),
        ([("nps", timedelta(days=30)), ("csat", timedelta(hours=23))], None),
        ([("ces", timedelta(hours=23))], None),
    ],
)
def test_the_rarest_that_is_due_is_asked(asked: list[tuple[str, timedelta]], kind: SurveyKind | None) -> None:
    before = [(name, NOW - ago) for name, ago in asked]
    assert select_survey_kind(BOTH, before, NOW) is kind
    assert select_survey_kind({}, before, NOW) is None


async def test_a_talk_with_the_assistant_alone_is_asked_too_and_once(rig: Harness) -> None:
    opened = await rig.open()
    talk = opened.conversation.id
    await rig.ask(talk, "返品の期限は？")
    await close(rig, talk)
    found = await survey_of(rig, talk)
    assert found is not None
    assert (found.kind, found.state) == (SurveyKind.CSAT, SurveyState.ASKED)
    # The same person, an hour later.
    rig.clock.pass_(3600)
    second = (await rig.open(Visitor(locale="ja", previous=(talk, opened.token)))).conversation.id
    await rig.ask(second, "返品の期限は？")
    await close(rig, second)
    assert await survey_of(rig, second) is None


async def test_who_asked_nothing_is_not_asked(rig: Harness) -> None:
    talk = (await rig.open()).conversation.id
    await close(rig, talk)
    assert await survey_of(rig, talk) is None


async def test_writing_on_cancels_the_question(rig: Harness) -> None:
    opened = await rig.open()
    await rig.ask(opened.conversation.id, "返品の期限は？")
    await close(rig, opened.conversation.id)
    await rig.open(Visitor(locale="ja", previous=(opened.conversation.id, opened.token)))
    closed = await rig.state(opened.conversation.id)
    assert await rig.database.read(lambda store: build_survey(store, closed, rig.clock())) is None


async def test_an_old_question_is_not_shown(rig: Harness) -> None:
    talk = (await rig.open()).conversation.id
    await rig.ask(talk, "返品の期限は？")
    await close(rig, talk)
    closed = await rig.state(talk)
    later = rig.clock() + timedelta(days=8)
    assert await rig.database.read(lambda store: build_survey(store, closed, rig.clock()))
    assert await rig.database.read(lambda store: build_survey(store, closed, later)) is None


async def test_on_an_app_it_is_a_message_and_a_number_answers(rig: Harness) -> None:
    rig = asking(rig, nps=90)
    talk = await resolve_on_line(rig)
    last = (await rig.messages(talk))[-1]
    assert last.kind == "survey"
    assert [button.value for button in last.buttons] == [str(number) for number in range(11)]
    assert "0（まったく思わない）から10（とても思う）" in last.text
    assert await hear(rig, "０", 2) == talk
    scores = await rig.database.read(lambda store: store.feedback.load_last_values("nps", [talk]))
    assert scores == {talk: 0}
    found = await survey_of(rig, talk)
    assert found is not None
    assert found.state is SurveyState.ANSWERED


async def test_anything_else_goes_through_and_a_later_number_is_a_message(rig: Harness) -> None:
    talk = await resolve_on_line(rig)
    new = await hear(rig, "開封した商品は返品できますか", 2)
    assert new != talk
    await rig.settle()
    assert await hear(rig, "5", 3) == new
    assert await rig.database.read(lambda store: store.feedback.load_last_values("csat", [talk])) == {}


async def test_nothing_is_asked_where_the_window_is_closed(rig: Harness) -> None:
    talk = await hear(rig, "返品の期限は？", 1)
    await rig.settle()
    mori = await rig.hire()
    await rig.claim(talk, mori)
    await rig.reply(talk, mori, "30日です。")
    rig.clock.pass_(25 * 3600)
    await rig.resolve(talk, mori)
    assert await survey_of(rig, talk) is None
    assert (await rig.messages(talk))[-1].kind != "survey"


async def test_silence_asks_on_a_page_and_never_on_an_app(rig: Harness) -> None:
    page = (await rig.open()).conversation.id
    await rig.ask(page, "返品の期限は？")
    app = await hear(rig, "返品の期限は？", 1)
    await rig.settle()
    for _ in range(60):
        rig.clock.pass_(1800)
        await rig.work()
    assert await survey_of(rig, page) is not None
    assert await survey_of(rig, app) is None


async def test_over_many_ends_nobody_is_asked_twice(rig: Harness) -> None:
    rig = asking(rig, csat=7, nps=90, ces=30)
    for number in range(1, 25):
        await resolve_on_line(rig, number)
        rig.clock.pass_(20 * 3600)
    customer = await rig.database.read(lambda store: store.customers.find_by_identity("line", "U1"))
    assert customer is not None
    asked = await rig.database.read(lambda store: store.surveys.list_by_customers([customer.id]))
    assert [kind for kind, _ in asked].count("nps") == 1
    by_kind = {kind: sorted(when for other, when in asked if other == kind) for kind, _ in asked}
    assert all(later - earlier >= timedelta(days=7) for earlier, later in pairwise(by_kind["csat"]))
    moments = sorted(when for _, when in asked)
    assert all(later - earlier >= timedelta(days=1) for earlier, later in pairwise(moments))


def test_who_answers_is_corrected_for() -> None:
    """The calm answer more often and like it more: 90 of 100 calm answers, 2 of 10 frustrated ones."""
    rate = compute_weighted_rate([(90, 100, 200), (2, 10, 200)])
    assert (rate.count, rate.total) == (92, 110)
    assert rate.rate == pytest.approx((90.5 / 101 + 2.5 / 11) / 2, abs=1e-3)
    assert rate.low is not None
    assert rate.rate is not None
    assert rate.low < rate.rate
    assert compute_weighted_rate([(0, 0, 50)]).rate is None
