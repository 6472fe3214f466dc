"""What other systems say of a customer reaches agents with source, age and proof; the latest state wins."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from assistant.cli.customer_data import BATCH_FACTS, apply_import
from assistant.conversation.customer_facts import describe_attributes, load_known_facts
from assistant.conversation.inbound.conversation_start import Visitor
from assistant.domain.customer_data import CustomerFact, build_facts, parse_event
from assistant.domain.errors import BadInput, Conflict
from assistant.domain.webhook_signatures import decode_secret, is_signed, sign_payload
from assistant.storage.customer_facts import SqlCustomerFacts
from tests.actions_harness import open_shop
from tests.harness import IDENTITY_KEY, MONDAY_NOON, Harness

SATO = ("web", "sato")


def event(kind: str, minutes: int, **data: Any) -> dict[str, Any]:
    at = (MONDAY_NOON + timedelta(minutes=minutes)).isoformat()
    who = {"type": "web", "value": "sato"}
    return {"type": kind, "timestamp": at, "data": {"customer": who, **data}}


async def take_in(rig: Harness, pushed: dict[str, Any]) -> int:
    facts = parse_event(pushed, rig.clock())
    return await rig.database.write(lambda store: store.customer_facts.save_facts(facts))


async def open_signed(rig: Harness) -> str:
    signature = hmac.new(IDENTITY_KEY, b"sato", hashlib.sha256).hexdigest()
    return (await rig.open(Visitor(locale="ja", id="sato", signature=signature))).conversation.id


async def attributes(rig: Harness, talk: str) -> dict[str, str]:
    customer = (await rig.state(talk)).customer

    return await rig.database.read(
        lambda store: describe_attributes(load_known_facts(store, store.customers.get(customer)), rig.clock())
    )


async def test_of_two_states_the_later_wins_whatever_the_order(rig: Harness) -> None:
    rig.clock.pass_(3600)
    assert await take_in(rig, event("order.delivered", 30, order={"id": "KM-1"})) == 1
    assert await take_in(rig, event("order.shipped", 10, order={"id": "KM-1"})) == 0
    talk = await open_signed(rig)
    assert (await attributes(rig, talk))["order:KM-1"] == "status delivered (push, 30 min old, verified)"


async def test_a_fact_of_an_address_that_was_only_named_is_not_verified(rig: Harness) -> None:
    facts = build_facts(("email", "Sato@Example.jp"), {"plan": "gold"}, "crm", rig.clock(), rig.clock())
    await rig.database.write(lambda store: store.customer_facts.save_facts(facts))
    talk = (await rig.open(Visitor(locale="ja", email="sato@example.jp"))).conversation.id
    assert await attributes(rig, talk) == {"plan": "gold (crm, 0 min old, claimed address)"}


async def test_a_stranger_sees_nothing_of_it(rig: Harness) -> None:
    await take_in(rig, event("customer.updated", 0, attributes={"plan": "gold"}))
    talk = (await rig.open(Visitor(locale="ja", id="sato", signature="forged"))).conversation.id
    assert await attributes(rig, talk) == {}


async def test_a_handoff_carries_what_the_business_knows(rig: Harness) -> None:
    shop = open_shop(rig)
    shop.add("KM-482133", "shipped", customer="sato")
    rig.enricher = type(rig.enricher)(
        database=rig.database,
        mind=rig.mind,
        wire=rig.wire,
        pick_facts=rig.assistant.pick_facts,
        clock=rig.clock,
        backend=shop.backend,
    )
    await take_in(rig, event("customer.updated", 0, attributes={"plan": "gold"}))
    talk = await open_signed(rig)
    await rig.press_person_button(talk)
    await rig.work()
    packet: Any = await rig.packet(talk)
    assert packet["customer"]["attributes"]["plan"].startswith("gold (push,")
    verified = packet["facts"]["verified"]
    assert verified[0] == "customer number: sato (signed by the site)"
    assert verified[1].startswith("order KM-482133: status shipped;")
    shop.transport.faults = {"/": "down"}
    await rig.say(talk, "まだですか")
    await rig.settle()
    again: Any = await rig.packet(talk)
    assert len(again["facts"]["verified"]) == 2, "what was looked up before is still shown"


async def test_erasing_a_customer_erases_what_others_said(rig: Harness) -> None:
    await take_in(rig, event("customer.updated", 0, attributes={"plan": "gold"}))
    talk = await open_signed(rig)
    customer = (await rig.state(talk)).customer
    await rig.database.write(lambda store: store.erasure.erase_customers([customer]))
    assert await rig.database.read(lambda store: store.customer_facts.list_by_identities([SATO])) == []


async def test_an_import_is_taken_back(rig: Harness) -> None:
    now = rig.clock()
    old = build_facts(SATO, {"plan": "silver"}, "crm", now - timedelta(days=9), now)
    await rig.database.write(lambda store: store.customer_facts.save_facts(old))
    new = build_facts(SATO, {"plan": "gold", "city": "Kyoto"}, "import", now, now)
    made = await apply_import(rig.database, "import", new, now)
    assert await rig.database.write(lambda store: store.customer_facts.undo_import(made, now)) == 2
    left = await rig.database.read(lambda store: store.customer_facts.list_by_identities([SATO]))
    assert [(fact.key, fact.value) for fact in left] == [("plan", "silver")]
    assert await rig.database.write(lambda store: store.customer_facts.undo_import(made, now)) is None


async def test_a_long_import_lets_others_write_and_is_taken_back_whole(
    rig: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, sizes = rig.clock(), []
    import_batch = SqlCustomerFacts.import_facts

    def count_facts(self: SqlCustomerFacts, import_id: str, facts: Sequence[CustomerFact]) -> None:
        sizes.append(len(facts))
        import_batch(self, import_id, facts)

    monkeypatch.setattr(SqlCustomerFacts, "import_facts", count_facts)
    facts = [
        fact
        for number in range(2 * BATCH_FACTS + 1)
        for fact in build_facts(("web", str(number)), {"plan": "gold"}, "csv", now, now)
    ]
    made = await apply_import(rig.database, "csv", facts, now)
    assert sizes == [BATCH_FACTS, BATCH_FACTS, 1]
    assert await rig.database.write(lambda store: store.customer_facts.undo_import(made, now)) == len(facts)
    with pytest.raises(Conflict):
        await rig.database.write(lambda store: store.customer_facts.import_facts(made, facts[:1]))


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "yesterday", 5, ""])
def test_an_event_with_a_time_that_cannot_be_read_is_refused(at: object) -> None:
    with pytest.raises(BadInput, match="timestamp"):
        parse_event({**event("customer.updated", 0, attributes={"a": "b"}), "timestamp": at}, MONDAY_NOON)


@pytest.mark.parametrize(
    "pushed",
    [
        {},
        {"type": "order.shipped", "data": {"customer": {"type": "web"}}},
        {"type": "order.lost", "data": {"customer": {"type": "web", "value": "x"}, "order": {"id": "1"}}},
        {"type": "order.shipped", "data": {"customer": {"type": "web", "value": "x"}, "order": []}},
        {
            "type": "customer.updated",
            "data": {"customer": {"type": "web", "value": "x"}, "attributes": {"a": {}}},
        },
    ],
)
def test_what_is_no_event_is_refused(pushed: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        parse_event(pushed, MONDAY_NOON)


def test_a_signature_is_of_exactly_this_body_and_time() -> None:
    key = decode_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = json.dumps({"test": 2432232314}).encode()
    headers = sign_payload(key, "msg_1", MONDAY_NOON, body)
    assert is_signed((b"another key", key), headers, body, MONDAY_NOON)
    assert not is_signed((key,), headers, body + b" ", MONDAY_NOON)
    assert not is_signed((key,), headers, body, MONDAY_NOON + timedelta(minutes=6))
    assert not is_signed((key,), {**headers, "webhook-id": "msg_2"}, body, MONDAY_NOON)
    assert not is_signed((key,), {}, body, MONDAY_NOON)
