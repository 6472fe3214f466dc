"""The place in the queue follows the person, whichever way they came to it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.conversation.templates import render_template as words
from assistant.domain.budgets import ModelBudget
from assistant.domain.conversation import Priority
from assistant.domain.signals import Signals
from assistant.domain.turns import Utterance
from tests.harness import Harness


async def test_who_asked_angrily_and_then_calmly_does_not_rank_last(rig: Harness) -> None:
    opened = await rig.open()
    await rig.ask(opened.conversation.id, "もう三回目です。担当の方に")
    await rig.ask(opened.conversation.id, "担当者につないでください")
    assert (await rig.state(opened.conversation.id)).priority is Priority.HIGH


async def test_the_button_knows_what_was_said_before_it(rig: Harness) -> None:
    angry, calm = await rig.open(), await rig.open()
    await rig.ask(angry.conversation.id, "もう三回目です。担当の方に")
    await rig.ask(calm.conversation.id, "返品の期限は？")
    for opened in (angry, calm):
        await rig.press_person_button(opened.conversation.id)
    assert (await rig.state(angry.conversation.id)).priority is Priority.HIGH
    assert (await rig.state(calm.conversation.id)).priority is Priority.NORMAL


async def test_who_grows_angry_while_waiting_moves_up_and_does_not_fall_back(rig: Harness) -> None:
    opened = await rig.open()
    await rig.press_person_button(opened.conversation.id)
    for text in ("いつまで待たせるんですか。もういい加減にしてください！", "すみません、お願いします"):
        await rig.ask(opened.conversation.id, text)
        assert (await rig.state(opened.conversation.id)).priority is Priority.HIGH


async def test_distress_while_waiting_is_answered_with_helplines_once(rig: Harness) -> None:
    opened = await rig.open()
    await rig.press_person_button(opened.conversation.id)
    rig.mind.reader.compute_signals = lambda *_: Signals(distress=0.9)  # type: ignore[method-assign]
    helplines = words("waiting_distress", "ja", helplines=rig.policy.helplines["ja"])
    for text in ("もう消えてしまいたいです", "つらいです"):
        await rig.ask(opened.conversation.id, text)
    said = await rig.answers(opened.conversation.id)
    assert said[1:] == [helplines]
    assert (await rig.state(opened.conversation.id)).priority is Priority.URGENT
    packet = await rig.packet(opened.conversation.id)
    assert (packet["feelings"]["distress"], packet["issue"]["urgency"]) == (0.9, "urgent")
    assert packet["told_customer"] == helplines


async def test_helplines_do_not_wait_for_a_models_summary(rig: Harness) -> None:
    told: list[str] = []

    async def summarise(_lines: Sequence[Utterance], _allowance: ModelBudget | None) -> Mapping[str, str]:
        told[:] = await rig.answers(opened.conversation.id)
        return {}

    opened = await rig.open()
    await rig.press_person_button(opened.conversation.id)
    await rig.work()
    rig.enricher = replace(rig.enricher, mind=replace(rig.mind, summarise=summarise))
    await rig.ask(opened.conversation.id, "もう死にたいです")
    assert rig.policy.helplines["ja"] in told[-1]


async def test_harassment_while_waiting_reaches_the_packet(rig: Harness) -> None:
    opened = await rig.open()
    await rig.press_person_button(opened.conversation.id)
    rig.mind.reader.compute_signals = lambda *_: Signals(harassment=0.8)  # type: ignore[method-assign]
    await rig.ask(opened.conversation.id, "覚えておけよ")
    assert (await rig.packet(opened.conversation.id))["feelings"]["harassment"] == 0.8
