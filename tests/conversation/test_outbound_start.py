"""Agents begin a conversation: only where the app lets them write first, once, and answers come into it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from assistant.conversation.inbound.events import InboundContext, apply_events
from assistant.conversation.outbound_start import (
    MAX_STARTS_PER_AGENT_HOUR,
    MAX_STARTS_PER_PERSON_DAY,
    ContactWay,
    OutboundRules,
    OutboundStart,
    list_contact_ways,
    start_conversation,
)
from assistant.domain.channels import Address, MessageReceived
from assistant.domain.consents import build_consent
from assistant.domain.conversation import Conversation, State
from assistant.domain.errors import Conflict, NotFound, RateLimited
from assistant.domain.messages import AgentMessage, Author
from assistant.domain.people import Agent
from assistant.storage.store import SqlStore
from tests.harness import LANGUAGES, Harness

CHANNELS = (("line", ""), ("whatsapp", ""), ("email", ""))


async def take(rig: Harness, channel: str, number: int = 1, **other: Any) -> str:
    """The conversation in which the customer wrote."""
    address = Address(channel=channel, peer="customer@mail.example" if channel == "email" else "customer-1")
    event = MessageReceived(
        id=f"e{number}", message_id=f"m{number}", address=address, text="返品の期限は？", **other
    )
    arrivals = InboundContext(timing=rig.timing, languages=LANGUAGES)
    (conversation,) = await rig.database.write(
        lambda store: apply_events(store, [event], arrivals, rig.clock())
    )
    return conversation


async def closed(rig: Harness, channel: str, agent: Agent, **other: Any) -> Conversation:
    conversation = await take(rig, channel, **other)
    await rig.claim(conversation, agent)
    return await rig.resolve(conversation, agent)


async def list_ways(rig: Harness, customer: str) -> list[ContactWay]:
    return await rig.database.read(lambda store: list_contact_ways(store, customer, CHANNELS, rig.clock()))


async def start(rig: Harness, customer: str, agent: Agent, way: str, message: str = "") -> Conversation:
    text = AgentMessage(message_id=message or str(uuid4()), text="ご注文の品が届きました。")
    wanted = OutboundStart(way=way, message=text, subject="ご注文の\r\nBcc: x@evil.example 件")
    rules = OutboundRules(timing=rig.timing, channels=CHANNELS)
    return await rig.database.write(
        lambda store: start_conversation(store, customer, agent, wanted, rules, rig.clock())
    )


async def find_obstacle(rig: Harness, customer: str) -> str | None:
    return (await list_ways(rig, customer))[0].obstacle


async def test_an_agent_begins_and_the_answer_comes_into_the_same_conversation(rig: Harness) -> None:
    mori = await rig.hire()
    before = await closed(rig, "line", mori)
    [way] = await list_ways(rig, before.customer)
    begun = await start(rig, before.customer, mori, str(way.thread), message="first-try")
    assert (begun.state, begun.agent, begun.previous) == (State.AGENT, mori.id, before.id)
    assert await rig.answers(begun.id) == ["ご注文の品が届きました。"]
    deliveries = await rig.database.read(lambda store: store.deliveries.list_by_conversation(begun.id))
    assert len(deliveries) == 1
    again = await start(rig, before.customer, mori, str(way.thread), message="first-try")
    assert again.id == begun.id
    assert await take(rig, "line", 2) == begun.id
    assert (await rig.messages(begun.id))[-1].author is Author.CUSTOMER


async def test_what_an_agent_begins_does_not_open_the_apps_window_again(rig: Harness) -> None:
    mori = await rig.hire()
    before = await closed(rig, "whatsapp", mori)
    rig.clock.pass_(timedelta(hours=23).total_seconds())
    [way] = await list_ways(rig, before.customer)
    begun = await start(rig, before.customer, mori, str(way.thread))
    await rig.resolve(begun.id, mori)
    rig.clock.pass_(timedelta(hours=2).total_seconds())
    assert await find_obstacle(rig, before.customer) == "window"
    with pytest.raises(Conflict) as refused:
        await start(rig, before.customer, mori, str(way.thread))
    assert refused.value.details["reason"] == "window"


async def test_nobody_is_written_to_who_stopped_us_or_whose_conversation_goes_on(rig: Harness) -> None:
    mori = await rig.hire()
    conversation = await take(rig, "line")
    customer = (await rig.state(conversation)).customer
    [way] = await list_ways(rig, customer)
    assert (way.obstacle, way.conversation) == ("busy", conversation)
    thread = await rig.database.read(lambda store: store.threads.get(str(way.thread)))
    assert thread is not None
    blocked = replace(thread, unreachable="STOP")
    await rig.database.write(lambda store: store.threads.save_thread(blocked))
    assert await find_obstacle(rig, customer) == "unreachable"
    with pytest.raises(Conflict):
        await start(rig, customer, mori, str(way.thread))
    with pytest.raises(NotFound):
        await start(rig, customer, mori, "another thread")


async def test_a_mail_begins_a_thread_of_its_own_and_only_to_a_proven_address(rig: Harness) -> None:
    mori = await rig.hire()
    conversation = await take(rig, "email")
    customer = (await rig.state(conversation)).customer
    [way] = await list_ways(rig, customer)
    assert way.obstacle is None, "a mail disturbs no other"
    begun = await start(rig, customer, mori, str(way.thread))
    thread = await rig.database.read(lambda store: store.threads.find_by_conversation(begun.id))
    assert thread is not None
    assert thread.id != way.thread
    assert thread.context["subject"] == "ご注文の Bcc: x@evil.example 件", "no line of its own"
    rig.clock.pass_(1)
    doubtful = replace(thread, context={"unproven": "yes"}, heard_at=rig.clock())
    await rig.database.write(lambda store: store.threads.save_thread(doubtful))
    assert {one.obstacle for one in await list_ways(rig, customer)} == {"unproven"}


async def test_on_the_web_nobody_would_see_it(rig: Harness) -> None:
    customer = (await rig.open()).conversation.customer
    [way] = await list_ways(rig, customer)
    assert (way.channel, way.thread, way.obstacle) == ("web", None, "web")


async def start_by_mail(rig: Harness, customer: str, agent: Agent, message: str = "") -> Conversation:
    [way] = await list_ways(rig, customer)
    return await start(rig, customer, agent, str(way.thread), message)


async def test_a_person_is_begun_with_three_times_a_day_whoever_begins(rig: Harness) -> None:
    mori, sato = await rig.hire(), await rig.hire("佐藤")
    customer = (await rig.state(await take(rig, "email"))).customer
    for number in range(MAX_STARTS_PER_PERSON_DAY):
        begun = await start_by_mail(rig, customer, (mori, sato)[number % 2], f"try-{number}")
        rig.clock.pass_(1)
    with pytest.raises(RateLimited) as refused:
        await start_by_mail(rig, customer, sato)
    assert refused.value.details["reason"] == "person_limit"
    again = await start_by_mail(rig, customer, mori, f"try-{MAX_STARTS_PER_PERSON_DAY - 1}")
    assert again.id == begun.id, "a second try of the same message is no other start"
    rig.clock.pass_(timedelta(days=1, minutes=1).total_seconds())
    assert (await start_by_mail(rig, customer, sato)).id != begun.id


async def test_an_agent_begins_so_many_conversations_in_an_hour(rig: Harness) -> None:
    mori, sato = await rig.hire(), await rig.hire("佐藤")
    customer = (await rig.state(await take(rig, "email"))).customer

    def begin_others(store: SqlStore) -> None:
        for _ in range(MAX_STARTS_PER_AGENT_HOUR):
            store.audit.append_entry(f"agent:{mori.id}", "start_conversation", rig.clock())

    await rig.database.write(begin_others)
    with pytest.raises(RateLimited) as refused:
        await start_by_mail(rig, customer, mori)
    assert refused.value.details["reason"] == "agent_limit"
    assert (await start_by_mail(rig, customer, sato)).agent == sato.id
    rig.clock.pass_(timedelta(hours=1, minutes=1).total_seconds())
    assert (await start_by_mail(rig, customer, mori)).agent == mori.id


async def test_an_agent_is_told_of_a_stop_and_may_write_about_the_customers_own_case(rig: Harness) -> None:
    mori = await rig.hire()
    customer = (await rig.state(await take(rig, "email"))).customer
    assert not (await list_ways(rig, customer))[0].has_stopped_notices
    stop = build_consent(
        {"identity": "customer@mail.example", "state": "withdrawn"}, "email", "push", "e9", rig.clock()
    )
    await rig.database.write(lambda store: store.consents.add(stop))
    [way] = await list_ways(rig, customer)
    assert (way.has_stopped_notices, way.obstacle) == (True, None)
    assert (await start(rig, customer, mori, str(way.thread))).agent == mori.id


async def test_a_second_try_by_mail_finds_the_first_in_whichever_thread_it_is(rig: Harness) -> None:
    mori = await rig.hire()
    customer = (await rig.state(await take(rig, "email"))).customer
    for number in range(3):  # threads heard at the same moment come in any order
        [way] = await list_ways(rig, customer)
        first = await start(rig, customer, mori, str(way.thread), message=f"try-{number}")
        again = await start(rig, customer, mori, str(way.thread), message=f"try-{number}")
        assert again.id == first.id
