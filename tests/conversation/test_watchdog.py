"""Nobody waits in silence."""

from assistant.conversation.templates import render_template
from assistant.conversation.timing import QUEUE_REMINDER, Timing
from assistant.domain.conversation import State
from assistant.domain.jobs import JobKind
from assistant.domain.signals import Reason
from tests.harness import Harness


async def test_an_unanswered_message_ends_in_an_acknowledgement_and_the_queue(rig: Harness) -> None:
    opened = await rig.open()
    await rig.say(opened.conversation.id, "返品の期限は？")
    await rig.database.write(lambda store: store.jobs.complete_job(JobKind.TURN, opened.conversation.id))
    rig.clock.pass_(Timing().turn_deadline.total_seconds() + 1)
    await rig.work()
    conversation = await rig.state(opened.conversation.id)
    assert (conversation.state, conversation.reason) == (State.QUEUED, Reason.DEADLINE)
    assert len(await rig.answers(opened.conversation.id)) == 1


async def test_an_agent_who_stays_silent_loses_the_conversation_to_the_queue(rig: Harness) -> None:
    opened, agent = await rig.open(), await rig.hire()
    await rig.press_person_button(opened.conversation.id)
    await rig.claim(opened.conversation.id, agent)
    before = len(await rig.answers(opened.conversation.id))
    rig.clock.pass_(Timing().agent_deadline.total_seconds() + 1)
    await rig.work()
    assert (await rig.state(opened.conversation.id)).state is State.QUEUED
    assert len(await rig.answers(opened.conversation.id)) == before + 1


async def test_an_agent_who_answered_keeps_it(rig: Harness) -> None:
    opened, agent = await rig.open(), await rig.hire()
    await rig.press_person_button(opened.conversation.id)
    await rig.claim(opened.conversation.id, agent)
    await rig.reply(opened.conversation.id, agent, "こんにちは")
    rig.clock.pass_(Timing().agent_deadline.total_seconds() + 1)
    await rig.work()
    assert (await rig.state(opened.conversation.id)).state is State.AGENT


async def test_who_writes_again_while_waiting_hears_that_they_are_not_forgotten(rig: Harness) -> None:
    opened = await rig.open()
    await rig.press_person_button(opened.conversation.id)
    await rig.say(opened.conversation.id, "まだでしょうか")
    before = len(await rig.answers(opened.conversation.id))
    rig.clock.pass_(QUEUE_REMINDER.total_seconds() + 1)
    await rig.work()
    assert len(await rig.answers(opened.conversation.id)) == before + 1
    assert (await rig.state(opened.conversation.id)).state is State.QUEUED


async def test_an_answered_customer_is_left_in_peace(rig: Harness) -> None:
    opened = await rig.open()
    await rig.ask(opened.conversation.id, "返品の期限は？")
    rig.clock.pass_(1700)
    await rig.work()
    assert len(await rig.answers(opened.conversation.id)) == 1
    # All that they hear is that the conversation ends, once.
    rig.clock.pass_(3600)
    await rig.work()
    assert (await rig.answers(opened.conversation.id))[1:] == [render_template("closed_idle", "ja")]
