"""The closed loop: a bad end opens a case once, the customer is told where they are, and asked again."""

import pytest

from assistant.conversation.cases import CaseChange, change_case
from assistant.conversation.inbound import customer_actions
from assistant.conversation.inbound.customer_actions import Rating
from assistant.conversation.inbound.events import InboundContext, apply_events
from assistant.conversation.surveys import build_survey
from assistant.domain.cases import Case, CaseNotes, CaseState, CaseTrigger
from assistant.domain.channels import Address, MessageReceived
from assistant.domain.errors import Conflict, NotFound
from assistant.domain.people import Agent
from assistant.domain.surveys import SurveyKind
from tests.harness import LANGUAGES, Harness

NOTES = CaseNotes(root_cause="梱包", remedy="箱を変えた", reason="試験")
DAY = 86_400


async def case_of(rig: Harness, talk: str) -> Case | None:
    return await rig.database.read(lambda store: store.cases.find_by_conversation(talk))


async def rate(rig: Harness, talk: str, value: int) -> None:
    rating = Rating(kind="csat", value=value)
    await rig.database.write(lambda store: customer_actions.save_rating(store, talk, rating, rig.clock()))
    await rig.work()


async def close(rig: Harness, talk: str) -> None:
    await rig.database.write(
        lambda store: customer_actions.close_conversation(
            store, talk, rig.policy, rig.assistant.pick_facts, rig.clock()
        )
    )
    await rig.work()


async def rated_talk(rig: Harness, value: int = 1) -> str:
    talk = (await rig.open()).conversation.id
    await rig.ask(talk, "返品の期限は？")
    await close(rig, talk)
    await rate(rig, talk, value)
    return talk


async def take(rig: Harness, talk: str, agent: Agent, *steps: str, text: str | None = None) -> Case:
    for step in steps:
        found = await case_of(rig, talk)
        assert found is not None
        change = CaseChange(step=step, notes=NOTES, text=text if step == "tell" else None)
        await rig.database.write(lambda s, c=found, w=change: change_case(s, c.id, agent, w, rig.clock()))  # type: ignore[misc]
    found = await case_of(rig, talk)
    assert found is not None
    return found


async def hear(rig: Harness, text: str, number: int, channel: str = "line") -> str:
    address = Address(channel=channel, peer="U1")
    event = MessageReceived(id=f"e{number}", message_id=f"m{number}", address=address, text=text)
    arrivals = InboundContext(timing=rig.timing, languages=LANGUAGES)
    talk = (await rig.database.write(lambda store: apply_events(store, [event], arrivals, rig.clock())))[0]
    await rig.settle()
    return talk


async def test_a_low_score_opens_one_case_and_a_good_one_none(rig: Harness) -> None:
    low, good = await rated_talk(rig), await rated_talk(rig, 5)
    first = await case_of(rig, low)
    assert first is not None
    assert (first.trigger, first.value, first.state) == (CaseTrigger.CSAT, 1, CaseState.OPEN)
    await rate(rig, low, 2)
    again = await case_of(rig, low)
    assert again is not None
    assert again.id == first.id
    assert await case_of(rig, good) is None
    entries = await rig.database.read(lambda store: store.audit.list_entries())
    assert [e.details["step"] for e in entries if e.action == "case"] == ["opened"]


async def test_a_frustrated_end_opens_one_without_a_survey(rig: Harness) -> None:
    talk = (await rig.open()).conversation.id
    await rig.ask(talk, "いい加減にしてください！全然だめじゃないですか！もう何度も聞いてます！")
    await close(rig, talk)
    found = await case_of(rig, talk)
    assert found is not None
    assert found.trigger is CaseTrigger.FRUSTRATION
    calm = (await rig.open()).conversation.id
    await rig.ask(calm, "返品の期限は？")
    await close(rig, calm)
    assert await case_of(rig, calm) is None


@pytest.mark.parametrize(("value", "state"), [(5, CaseState.RECOVERED), (2, CaseState.NOT_RECOVERED)])
async def test_the_customer_is_told_and_asked_again(rig: Harness, value: int, state: CaseState) -> None:
    talk, mori = await rated_talk(rig), await rig.hire()
    rig.clock.pass_(2 * DAY)
    case = await take(rig, talk, mori, "contact", "resolve", "tell", text="箱を変えました。")
    assert (case.state, case.owner) == (CaseState.TOLD, mori.id)
    assert (await rig.answers(talk))[-1] == "箱を変えました。"
    await take(rig, talk, mori, "ask_again")
    closed = await rig.state(talk)
    question = await rig.database.read(lambda store: build_survey(store, closed, rig.clock()))
    assert question is not None
    assert question.kind == SurveyKind.CSAT
    await rate(rig, talk, value)
    answered = await case_of(rig, talk)
    assert answered is not None
    assert answered.state is state
    # The second answer is in no score: only who was unhappy is asked again.
    scores = await rig.database.read(lambda store: store.feedback.load_last_values("csat", [talk]))
    assert scores == {talk: 1}


@pytest.mark.parametrize(("channel", "told"), [("line", True), ("whatsapp", False)])
async def test_a_closed_window_is_never_written_to(rig: Harness, channel: str, told: bool) -> None:
    talk, mori = await hear(rig, "返品の期限は？", 1, channel), await rig.hire()
    await rig.claim(talk, mori)
    await rig.resolve(talk, mori)
    await rate(rig, talk, 1)
    rig.clock.pass_(2 * DAY)
    await take(rig, talk, mori, "contact", "resolve")
    before = len(await rig.messages(talk))
    if told:
        assert (await take(rig, talk, mori, "tell", text="直りました。")).state is CaseState.TOLD
        return
    with pytest.raises(Conflict):
        await take(rig, talk, mori, "tell", text="直りました。")
    assert len(await rig.messages(talk)) == before
    assert (await take(rig, talk, mori, "tell")).state is CaseState.TOLD
    with pytest.raises(Conflict):
        await take(rig, talk, mori, "ask_again")


async def test_nobody_is_asked_twice_in_a_day(rig: Harness) -> None:
    talk, mori = await rated_talk(rig), await rig.hire()
    await take(rig, talk, mori, "contact", "resolve", "tell")
    with pytest.raises(Conflict, match="24 hours"):
        await take(rig, talk, mori, "ask_again")


async def test_a_case_is_forgotten_with_its_customer(rig: Harness) -> None:
    talk = await rated_talk(rig)
    case, customer = await case_of(rig, talk), (await rig.state(talk)).customer
    assert case is not None
    await rig.database.write(lambda store: store.erasure.erase_customers([customer]))
    with pytest.raises(NotFound):
        await rig.database.read(lambda store: store.cases.get(case.id))
