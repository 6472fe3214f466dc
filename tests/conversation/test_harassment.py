"""Harassment of staff: read wherever the customer writes, and answered with a warning."""

from datetime import timedelta
from uuid import uuid4

import pytest

from assistant.conversation import exposure
from assistant.conversation.desk import transfer_conversation
from assistant.conversation.harassment import list_harassing_messages, send_warning
from assistant.conversation.inbound.conversation_start import Visitor
from assistant.conversation.report import ReportRange
from assistant.conversation.templates import LANGUAGES, set_overrides
from assistant.domain.audit import format_actor
from assistant.domain.conversation import State
from assistant.domain.errors import Conflict, NotOwner
from assistant.domain.messages import Message
from assistant.domain.people import Agent
from assistant.domain.signals import Signals
from tests.harness import Harness

THREAT = "店員全員の名前をさらすぞ"


def read_threats(rig: Harness) -> None:
    rig.mind.reader.compute_signals = (  # type: ignore[method-assign]
        lambda text, *_: Signals(harassment=0.9 if THREAT in text else 0.1)
    )


async def list_harassing(rig: Harness, conversation: str) -> list[str]:
    found = await rig.database.read(lambda store: list_harassing_messages(store, conversation))
    texts = {message.id: message.text for message in await rig.messages(conversation)}
    return [texts[id_] for id_ in found]


async def warn(rig: Harness, conversation: str, agent: Agent, id_: str = "") -> Message:
    id_ = id_ or str(uuid4())
    return await rig.database.write(
        lambda store: send_warning(store, conversation, agent, id_, rig.timing, rig.clock())
    )


async def take(rig: Harness, visitor: Visitor | None = None) -> tuple[str, Agent]:
    """A conversation that an agent has, who is harassed in it."""
    read_threats(rig)
    opened, agent = await rig.open(visitor or Visitor(locale="ja")), await rig.hire()
    await rig.press_person_button(opened.conversation.id)
    await rig.claim(opened.conversation.id, agent)
    await rig.ask(opened.conversation.id, THREAT)
    return opened.conversation.id, agent


async def test_it_is_read_before_while_waiting_and_with_an_agent(rig: Harness) -> None:
    read_threats(rig)
    conversation, agent = (await rig.open()).conversation.id, await rig.hire()
    await rig.ask(conversation, f"1 {THREAT}")
    await rig.press_person_button(conversation)
    await rig.ask(conversation, f"2 {THREAT}")
    await rig.claim(conversation, agent)
    await rig.reply(conversation, agent, "お待たせしました。")
    await rig.ask(conversation, f"3 {THREAT}")
    await rig.reply(conversation, agent, "確認いたします。")
    await rig.ask(conversation, "届いた皿が割れていました")
    assert await list_harassing(rig, conversation) == [f"{n} {THREAT}" for n in (1, 2, 3)]


async def test_it_is_remembered_over_a_second_handoff(rig: Harness) -> None:
    conversation, agent = await take(rig)
    await rig.give_back(conversation, agent)
    await rig.press_person_button(conversation)
    assert await list_harassing(rig, conversation) == [THREAT]


async def test_what_is_written_to_an_agent_answers_nothing_and_makes_no_new_packet(rig: Harness) -> None:
    read_threats(rig)
    conversation, agent = (await rig.open()).conversation.id, await rig.hire()
    await rig.press_person_button(conversation)
    await rig.claim(conversation, agent)
    await rig.reply(conversation, agent, "お待たせしました。")
    await rig.work()
    before, said = await rig.packet(conversation), await rig.answers(conversation)
    await rig.ask(conversation, THREAT)
    after = await rig.packet(conversation)
    assert (after["feelings"]["harassment"], len(after["harassing_messages"])) == (0.9, 1)
    changed = ("feelings", "harassing_messages")
    assert {**before, **{key: after[key] for key in changed}} == after
    assert await rig.answers(conversation) == said
    assert (await rig.state(conversation)).state is State.AGENT


async def test_the_agent_warns_twice_in_other_words_and_the_audit_knows(rig: Harness) -> None:
    conversation, agent = await take(rig)
    first = await warn(rig, conversation, agent, "w1")
    assert await warn(rig, conversation, agent, "w1") == first
    second = await warn(rig, conversation, agent)
    assert (first.text, second.text) == LANGUAGES["ja"]["warn_harassment"]
    assert (await rig.answers(conversation))[-2:] == [first.text, second.text]
    entries = await rig.database.read(lambda store: store.audit.list_entries())
    warned = [(one.actor, one.details) for one in entries if one.action == "harassment_warning"]
    about = [{"conversation": conversation, "message": one.id} for one in (first, second)]
    assert warned == [(format_actor(agent.id), details) for details in about]


async def test_the_warning_is_the_leads_in_the_conversations_language(rig: Harness) -> None:
    conversation, agent = await take(rig, Visitor(locale="en"))
    set_overrides({"en": {"warn_harassment": ("Please stop.",)}, "ja": {"warn_harassment": ("やめて",)}})
    try:
        assert (await warn(rig, conversation, agent)).text == "Please stop."
    finally:
        set_overrides({})


async def test_only_the_owner_warns_and_only_where_it_was_read(rig: Harness) -> None:
    conversation, _ = await take(rig)
    with pytest.raises(NotOwner):
        await warn(rig, conversation, await rig.hire("Sato"))
    calm, agent = (await rig.open()).conversation.id, await rig.hire("Abe")
    await rig.claim(calm, agent)
    await rig.ask(calm, "返品の期限は？")
    with pytest.raises(Conflict):
        await warn(rig, calm, agent)


async def test_words_that_harass_are_not_told_as_the_matter(rig: Harness) -> None:
    read_threats(rig)
    conversation = (await rig.open()).conversation.id
    await rig.press_person_button(conversation)
    await rig.ask(conversation, "届いた土鍋が割れていました")
    await rig.ask(conversation, f"届いた土鍋の件、{THREAT}")
    assert (await rig.packet(conversation))["issue"]["ask"] == "届いた土鍋が割れていました"


async def count_exposure(rig: Harness) -> dict[str, tuple[int, int, int, bool]]:
    wanted = ReportRange(start=rig.clock() - timedelta(days=1), end=rig.clock() + timedelta(seconds=1))
    found = await rig.database.read(lambda store: exposure.count_exposure(store, wanted))
    return {one.name: (one.conversations, one.harassed, one.messages, one.too_few) for one in found}


async def test_exposure_is_everybodys_who_had_the_conversation_until_it_was_handed_up(
    rig: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exposure, "MIN_OF_AGENT", 2)
    conversation, mori = await take(rig)
    await rig.ask(conversation, f"{THREAT}!")
    sato = await rig.hire("Sato")
    await rig.database.write(
        lambda store: transfer_conversation(store, conversation, mori, sato.id, rig.clock())
    )
    calm = (await rig.open()).conversation.id
    await rig.ask(calm, "返品の期限は？")
    await rig.claim(calm, sato)
    assert await count_exposure(rig) == {}
    for one in (conversation, calm):
        await rig.resolve(one, sato)
    assert list((await count_exposure(rig)).items()) == [
        ("Mori", (1, 1, 2, True)),
        ("Sato", (2, 1, 2, False)),
    ]


async def test_exposure_counts_what_the_assistant_was_told_and_only_the_range(rig: Harness) -> None:
    read_threats(rig)
    conversation, agent = (await rig.open()).conversation.id, await rig.hire()
    await rig.ask(conversation, THREAT)
    await rig.claim(conversation, agent)
    await rig.resolve(conversation, agent)
    assert await count_exposure(rig) == {"Mori": (1, 1, 1, True)}
    rig.clock.pass_(2 * 86_400)
    assert await count_exposure(rig) == {}
