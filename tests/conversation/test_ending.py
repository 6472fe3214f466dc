"""Conversations end by the customer, by an agent, or in silence; each end is in the ledger once."""

from dataclasses import replace

import pytest

from assistant.conversation import desk
from assistant.conversation.ending import select_agents_part
from assistant.conversation.inbound import customer_actions
from assistant.conversation.inbound.events import InboundContext, apply_events
from assistant.domain.channels import Address, MessageReceived
from assistant.domain.conversation import State
from assistant.domain.messages import Author
from assistant.domain.outcomes import OutcomeKind, OutcomeRecord
from assistant.domain.policy import Policy
from assistant.domain.turns import Utterance
from tests.harness import LANGUAGES, Harness


async def outcome(rig: Harness, conversation: str) -> OutcomeRecord | None:
    return await rig.database.read(lambda store: store.outcomes.get(conversation))


async def wait_minutes(rig: Harness, minutes: float) -> None:
    """Pass the time in steps, as a worker would look."""
    for _ in range(int(minutes)):
        rig.clock.pass_(60)
        await rig.work()


async def test_silence_ends_a_conversation_with_an_outcome_and_a_word(rig: Harness) -> None:
    talk = (await rig.open()).conversation.id
    await rig.ask(talk, "返品の期限は？")
    await wait_minutes(rig, 28)
    assert (await rig.state(talk)).state is State.ASSISTANT
    await wait_minutes(rig, 3)
    found = await outcome(rig, talk)
    assert found is not None
    assert (found.kind, found.ended_by) == (OutcomeKind.ANSWERED, "assistant")
    assert (await rig.state(talk)).state is State.CLOSED
    assert "終了" in (await rig.answers(talk))[-1]


async def test_who_goes_on_writing_is_not_ended(rig: Harness) -> None:
    talk = (await rig.open()).conversation.id
    await rig.ask(talk, "返品の期限は？")
    await wait_minutes(rig, 20)
    await rig.ask(talk, "開封した商品は返品できますか")
    await wait_minutes(rig, 20)
    assert (await rig.state(talk)).state is State.ASSISTANT


async def test_silence_never_ends_what_people_have(rig: Harness) -> None:
    talk = (await rig.open()).conversation.id
    await rig.ask(talk, "返品の期限は？")
    mori = await rig.hire()
    await rig.claim(talk, mori)
    await rig.reply(talk, mori, "お調べします")
    await wait_minutes(rig, 90)
    assert (await rig.state(talk)).state is State.AGENT
    await rig.resolve(talk, mori)
    found = await outcome(rig, talk)
    assert found is not None
    assert (found.kind, found.ended_by) == (OutcomeKind.RESOLVED_BY_PERSON, f"agent:{mori.id}")


async def test_what_was_reopened_and_given_back_ends_by_silence_too(rig: Harness) -> None:
    talk, mori = (await rig.open()).conversation.id, await rig.hire()
    await rig.claim(talk, mori)
    await rig.resolve(talk, mori)
    await rig.database.write(lambda store: desk.reopen_conversation(store, talk, mori, rig.clock()))
    await rig.database.write(lambda store: desk.return_to_assistant(store, talk, mori, rig.clock()))
    await wait_minutes(rig, 36)
    assert (await rig.state(talk)).state is State.CLOSED


async def test_a_visitor_who_never_wrote_is_ended_without_a_word(rig: Harness) -> None:
    talk = (await rig.open()).conversation.id
    await wait_minutes(rig, 36)
    found = await outcome(rig, talk)
    assert found is not None
    assert found.kind is OutcomeKind.NO_REQUEST
    assert await rig.messages(talk) == []


async def test_where_the_policy_says_never_nothing_ends(rig: Harness) -> None:
    quiet = Harness(rig.database, policy=replace(Policy(), idle_close_minutes={"web": 0}))
    talk = (await quiet.open()).conversation.id
    await quiet.ask(talk, "返品の期限は？")
    quiet.clock.pass_(40 * 86_400)
    await quiet.work()
    assert (await quiet.state(talk)).state is State.ASSISTANT


async def test_the_customers_word_decides_and_the_first_entry_stays(rig: Harness) -> None:
    talk = (await rig.open()).conversation.id
    await rig.ask(talk, "返品の期限は？")
    for helped in (False, True):
        await rig.database.write(
            lambda store, h=helped: customer_actions.close_conversation(
                store, talk, Policy(), rig.assistant.pick_facts, rig.clock(), helped=h
            )  # type: ignore[misc]
        )
    found = await outcome(rig, talk)
    assert found is not None
    assert (found.kind, found.why, found.ended_by) == (OutcomeKind.ABANDONED, "said_no", "customer")


@pytest.mark.parametrize(
    ("reply", "last", "kind"),
    [
        ("お席をお取りしました。", "助かりました！ありがとうございます", OutcomeKind.RESOLVED_BY_PERSON),
        ("確認いたします。少々お待ちください。", "ありがとうございます", OutcomeKind.ENDED_BY_PERSON),
        ("お席をお取りしました。", "まだ画面に出ません", OutcomeKind.ENDED_BY_PERSON),
    ],
)
async def test_thanks_to_an_agent_are_heard(rig: Harness, reply: str, last: str, kind: OutcomeKind) -> None:
    talk, mori = (await rig.open()).conversation.id, await rig.hire()
    await rig.claim(talk, mori)
    await rig.reply(talk, mori, reply)
    await rig.say(talk, last)
    await rig.database.write(
        lambda store: customer_actions.close_conversation(
            store, talk, Policy(), rig.assistant.pick_facts, rig.clock()
        )
    )
    found = await outcome(rig, talk)
    assert found is not None
    assert found.kind is kind


async def test_only_what_was_said_to_the_agent_is_read_as_said_to_them() -> None:
    agent, customer, assistant = (
        Utterance(author=author, text=author) for author in (Author.AGENT, Author.CUSTOMER, Author.ASSISTANT)
    )
    assert select_agents_part([customer, agent, customer, assistant, customer]) == [agent, customer]
    assert select_agents_part([agent, *[customer] * 500]) == [agent, customer, customer]
    assert select_agents_part([customer, assistant, customer]) == []


async def test_a_message_after_the_end_opens_an_episode_that_knows_the_last(rig: Harness) -> None:
    async def send(number: int, text: str) -> str:
        address = Address(channel="line", peer="U1")
        event = MessageReceived(id=f"e{number}", message_id=f"m{number}", address=address, text=text)
        arrivals = InboundContext(timing=rig.timing, languages=LANGUAGES)
        return (await rig.database.write(lambda s: apply_events(s, [event], arrivals, rig.clock())))[0]

    first = await send(1, "返品の期限は？")
    await rig.settle()
    rig.clock.pass_(25 * 3600)
    await rig.work()
    assert (await rig.state(first)).state is State.CLOSED
    said = len(await rig.messages(first))
    second = await send(2, "続きですが")
    assert second != first
    state = await rig.state(second)
    assert state.previous == first
    assert state.carried == "返品の期限は？"
    assert len(await rig.messages(first)) == said
