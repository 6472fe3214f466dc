"""A mail whose sender may be forged stops notices, but links nobody and gives no consent."""

import pytest

from assistant.conversation.consents import list_consents, may_write
from assistant.conversation.inbound.customer_linking import issue_link_code
from assistant.conversation.inbound.events import InboundContext, apply_events
from assistant.domain.channels import Address, MessageReceived
from assistant.domain.consents import ConsentState, Purpose
from tests.conversation.test_proactive import notices, policy_with, push, send
from tests.harness import LANGUAGES, Harness


async def mail(rig: Harness, number: int, text: str, *, unproven: bool, channel: str = "email") -> str:
    """The customer in whose name it came."""
    event = MessageReceived(
        id=f"e{number}",
        message_id=f"m{number}",
        address=Address(channel=channel, peer="U1" if channel == "line" else "victim@mail.example"),
        text=text,
        verified=not unproven,
        unproven=unproven,
    )
    arrivals = InboundContext(timing=rig.timing, languages=LANGUAGES)
    (talk,) = await rig.database.write(lambda store: apply_events(store, [event], arrivals, rig.clock()))
    return (await rig.state(talk)).customer


async def issue_code(rig: Harness, customer: str) -> str:
    return (await rig.database.write(lambda store: issue_link_code(store, customer, rig.clock())))[0]


@pytest.mark.parametrize("unproven", [True, False])
async def test_a_code_links_only_whoever_is_proven(rig: Harness, unproven: bool) -> None:
    other = (await rig.open()).conversation.customer
    code = await issue_code(rig, other)
    victim = await mail(rig, 1, code, unproven=unproven)
    linked = await rig.database.read(lambda store: store.links.list_linked_customers(victim))
    assert (other in linked) is not unproven


async def test_a_notice_goes_to_no_linked_chat_whose_identity_nobody_verified(rig: Harness) -> None:
    victim = await mail(rig, 1, "返品の期限は？", unproven=False, channel="line")
    rig.clock.pass_(60)
    web = (await rig.open()).conversation
    await rig.ask(web.id, "返品の期限は？")
    await rig.database.write(
        lambda store: store.links.add(victim, web.customer, {"proof": "code"}, rig.clock())
    )
    policy = policy_with("shipped")
    await push(rig, policy, "order.shipped", tracking="1234-5678")
    await send(rig, policy)
    (talk,) = await rig.database.read(lambda store: store.conversations.list_by_customer(victim, before=""))
    assert len(await notices(rig, talk.id)) == 1
    assert await notices(rig, web.id) == []


async def test_a_forged_mail_gives_no_consent_and_its_stop_counts(rig: Harness) -> None:
    customer = await mail(rig, 1, "配信停止", unproven=True)
    await mail(rig, 2, "お知らせ再開", unproven=True)
    records = await rig.database.read(lambda store: list_consents(store, [customer]))
    assert [one.state for one in records] == [ConsentState.WITHDRAWN]
    rig.clock.pass_(60)
    await mail(rig, 3, "お知らせ再開", unproven=False)
    assert await rig.database.read(lambda store: may_write(store, customer, Purpose.TIPS, "email"))


async def test_a_stop_in_words_holds_for_linked_identities_on_their_channels(rig: Harness) -> None:
    mails = await mail(rig, 1, "返品の期限は？", unproven=False)
    line = await mail(rig, 2, await issue_code(rig, mails), unproven=False, channel="line")
    rig.clock.pass_(60)
    await mail(rig, 3, "もうお知らせは送らないでください", unproven=False)
    for channel in ("line", "email", "sms"):
        assert not await rig.database.read(
            lambda store, channel=channel: may_write(store, line, Purpose.ORDERS, channel)  # type: ignore[misc]
        )
