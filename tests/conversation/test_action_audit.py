"""Every step of a proposal is in the audit log, by who made it; what is told of it is in one language."""

from dataclasses import replace

import pytest

from assistant.conversation.actions.action_replies import render_effect
from assistant.conversation.actions.dialogue import MAX_MISSES
from assistant.conversation.templates import render_template as words
from assistant.domain.actions import MAX_FLOW_AGE, MAX_PROPOSAL_AGE, Effect, ProposalState, ToolAnswer
from assistant.domain.jobs import Job, JobKind
from assistant.ports.actions import ToolCall
from assistant.storage.audit import SqlAudit
from tests.actions_harness import TOOLS, ShopSide, open_shop
from tests.conversation.test_actions import propose_cancellation, states, trace
from tests.harness import Harness

SHOWN = ("assistant", "proposal shown")
APPROVED = ("customer", "proposal approved")


@pytest.fixture
def shop(rig: Harness) -> ShopSide:
    return open_shop(rig)


async def claim(rig: Harness, kind: JobKind) -> Job:
    """The one job of *kind* that is due."""
    rig.clock.pass_(1)
    due = await rig.database.write(
        lambda store: store.jobs.claim_due(rig.clock(), rig.timing.lease, 1, (kind,))
    )
    return due[0]


async def approve(rig: Harness, talk: str) -> None:
    """A yes that is not carried out yet."""
    await rig.say(talk, "はい")
    await rig.assistant.take_turn(await claim(rig, JobKind.TURN))


def fail(*_args: object, **_details: object) -> None:
    raise OSError("disk full")


async def test_a_no_is_the_customers(rig: Harness, shop: ShopSide) -> None:
    talk = await propose_cancellation(rig, shop)
    await rig.ask(talk, "いいえ")
    assert await trace(rig) == [SHOWN, ("customer", "proposal declined")]


async def test_a_late_yes_voids_and_is_no_no(rig: Harness, shop: ShopSide) -> None:
    talk = await propose_cancellation(rig, shop)
    rig.clock.pass_(MAX_PROPOSAL_AGE.total_seconds() + 1)
    await rig.ask(talk, "はい")
    assert await trace(rig) == [SHOWN, ("assistant", "proposal void")]
    assert await states(rig, talk) == [ProposalState.VOID]


async def test_giving_up_is_no_no(rig: Harness, shop: ShopSide) -> None:
    talk = await propose_cancellation(rig, shop)
    since = rig.clock() - MAX_FLOW_AGE
    flow = await rig.database.read(lambda store: store.actions.load_flow(talk, since))
    assert flow is not None
    near = replace(flow, misses=MAX_MISSES - 1)
    await rig.database.write(lambda store: store.actions.save_flow(talk, near, rig.clock()))
    assert (await rig.ask(talk, "ほげほげ")).text == words("action_give_up", "ja")
    assert await trace(rig) == [SHOWN, ("assistant", "proposal void")]


async def test_who_is_met_by_a_person_first_said_no_no(rig: Harness, shop: ShopSide) -> None:
    talk = await propose_cancellation(rig, shop)
    for text in ("むにゃ", "ぷるぷる", "ごにょごにょ"):
        last = await rig.ask(talk, text)
    assert words("button_person", "ja") in {button.value for button in last.buttons}
    assert await trace(rig) == [SHOWN, ("assistant", "proposal void")]


async def test_a_proposal_that_nobody_answers_is_void_at_the_end(rig: Harness, shop: ShopSide) -> None:
    await propose_cancellation(rig, shop)
    rig.clock.pass_(3600)
    await rig.work()
    assert await trace(rig) == [SHOWN, ("assistant", "proposal void")]


async def test_nothing_is_begun_without_its_entry(
    rig: Harness, shop: ShopSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await propose_cancellation(rig, shop)
    await approve(rig, talk)
    job = await claim(rig, JobKind.ACTION)
    assert rig.executor is not None
    monkeypatch.setattr(SqlAudit, "append_entry", fail)
    with pytest.raises(OSError, match="disk full"):
        await rig.executor.execute_proposal(job)
    monkeypatch.undo()
    assert await states(rig, talk) == [ProposalState.APPROVED]
    assert shop.status("KM-482133") == ("accepted", 0)
    rig.clock.pass_(rig.timing.lease.total_seconds() + 1)
    await rig.work()
    assert shop.status("KM-482133") == ("cancelled", 1)


async def test_to_give_up_twice_is_to_give_up_once(rig: Harness, shop: ShopSide) -> None:
    talk = await propose_cancellation(rig, shop)
    await approve(rig, talk)
    job = await claim(rig, JobKind.ACTION)
    assert rig.executor is not None
    await rig.executor.give_up(job)
    said = await rig.answers(talk)
    assert words("action_unknown", "ja") in said[-1]
    await rig.executor.give_up(job)
    assert await rig.answers(talk) == said
    assert await trace(rig) == [SHOWN, APPROVED, ("assistant", "proposal unknown")]
    assert await rig.database.read(lambda store: store.jobs.get(JobKind.ACTION, talk)) is None


async def test_who_finishes_second_says_nothing(
    rig: Harness, shop: ShopSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await propose_cancellation(rig, shop)
    await approve(rig, talk)
    job, executor, original = await claim(rig, JobKind.ACTION), rig.executor, shop.backend.call_tool
    assert executor is not None

    async def answer_late(call: ToolCall) -> ToolAnswer:
        await executor.give_up(job)
        return await original(call)

    monkeypatch.setattr(shop.backend, "call_tool", answer_late)
    await executor.execute_proposal(job)
    assert await states(rig, talk) == [ProposalState.UNKNOWN]
    assert [text for text in await rig.answers(talk) if "キャンセルしました" in text] == []


async def test_another_request_voids(rig: Harness, shop: ShopSide) -> None:
    talk = await propose_cancellation(rig, shop)
    await rig.ask(talk, "返品したい")
    assert await trace(rig) == [SHOWN, ("assistant", "proposal void")]


async def test_another_value_voids_what_was_shown(rig: Harness, shop: ShopSide) -> None:
    shop.add("KM-482134", "accepted")
    talk = await propose_cancellation(rig, shop)
    await rig.ask(talk, "KM-482134でした")
    assert await trace(rig) == [SHOWN, ("assistant", "proposal void")]


async def test_a_person_voids_what_is_open(rig: Harness, shop: ShopSide) -> None:
    talk = await propose_cancellation(rig, shop)
    await rig.press_person_button(talk)
    assert await trace(rig) == [SHOWN, ("customer", "proposal void")]
    assert await states(rig, talk) == [ProposalState.VOID]


async def test_a_person_voids_what_was_approved(rig: Harness, shop: ShopSide) -> None:
    talk = await propose_cancellation(rig, shop)
    await approve(rig, talk)
    await rig.press_person_button(talk)
    await rig.work()
    assert await trace(rig) == [SHOWN, APPROVED, ("assistant", "proposal void")]


async def test_a_stop_after_the_yes_is_the_customers(rig: Harness, shop: ShopSide) -> None:
    talk = await propose_cancellation(rig, shop)
    await approve(rig, talk)
    await rig.say(talk, "待って")
    await rig.work()
    assert await trace(rig) == [SHOWN, APPROVED, ("customer", "proposal declined")]


@pytest.mark.parametrize("fault", ["", "never"])
async def test_what_is_told_has_the_language_of_what_was_shown(
    rig: Harness, shop: ShopSide, fault: str
) -> None:
    talk = await propose_cancellation(rig, shop)
    shop.transport.faults = {"/tools": fault, "/operations": fault}
    await approve(rig, talk)
    switched = replace(await rig.state(talk), language="en")
    await rig.database.write(lambda store: store.conversations.save(switched))
    await rig.work()
    last = (await rig.messages(talk))[-1]
    assert words("action_unknown", "ja") in last.text if fault else "キャンセルしました" in last.text
    assert last.language == "ja"


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("effect", [Effect.WRITE, Effect.IRREVERSIBLE])
def test_what_cannot_be_taken_back_says_so_before_the_yes(effect: Effect, language: str) -> None:
    preview = {"items": ["本"], "total": "1"}
    tool = replace(TOOLS["cancel_order"], effect=effect)
    shown = render_effect(tool, {"order_number": "KM-482133"}, preview, language)
    assert shown is not None
    assert (words("action_irreversible", language) in shown) is (effect is Effect.IRREVERSIBLE)
