"""What agents do about messaging apps: send again, see limits, find who may be the same person."""

from datetime import timedelta

import pytest

from assistant.domain.people import Customer, Identity
from assistant.storage.store import SqlStore
from tests.channels.conftest import ChannelHarness
from tests.channels.line_platform import USER, LinePlatform, webhook
from tests.channels.test_desk_of_apps import conversations, headers, table

QUESTION = "返品の期限はいつまでですか"


async def again(scene: ChannelHarness, message: str) -> int:
    where = f"/v1/agent/conversations/{await scene.conversation()}/messages/{message}/send-again"
    return (await scene.http.post(where, headers=await headers(scene))).status_code


async def test_what_failed_is_sent_again_once_the_cause_is_mended(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    line.revoked = True
    await scene.tell(webhook(line.message(QUESTION, scene.rig.clock())))
    failed = (await table(scene))["messages"][1]
    assert (failed["delivery"]["again"], line.texts(USER)) == (True, [])
    line.revoked = False
    assert await again(scene, failed["id"]) == 200
    await scene.rig.work()
    assert "30日" in line.texts(USER)[0]
    shown = (await table(scene))["messages"][1]["delivery"]
    assert (shown["status"], shown["error"], shown["again"]) == ("sent", None, False)
    assert await again(scene, failed["id"]) == 409
    assert await again(scene, "nothing") == 404
    assert len(line.texts(USER)) == 1


async def test_sending_again_in_vain_says_why_again(scene: ChannelHarness, line: LinePlatform) -> None:
    line.revoked = True
    await scene.tell(webhook(line.message(QUESTION, scene.rig.clock())))
    failed = (await table(scene))["messages"][1]
    assert await again(scene, failed["id"]) == 200
    await scene.rig.work()
    delivery = (await table(scene))["messages"][1]["delivery"]
    assert (delivery["status"], delivery["error"]) == ("failed", failed["delivery"]["error"])


async def test_a_reply_on_line_is_free_at_first_and_then_a_push_of_so_many(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    await scene.tell(webhook(line.event("follow", scene.rig.clock())))
    event = line.message("担当者と話したい", scene.rig.clock())
    await scene.post(webhook(event))
    assert "free" in (await table(scene))["channel"]["limits"][0]["en"]
    scene.rig.clock.pass_(55)
    assert "quota" in (await table(scene))["channel"]["limits"][0]["en"]
    line.pushed = 170
    scene.rig.clock.pass_(601)
    await scene.rig.channels["line", ""].refresh_limits(scene.rig.clock())
    left = (await table(scene))["channel"]["limits"][1]
    assert (left["en"], left["urgent"]) == ("30 messages left this month.", True)


async def test_others_with_the_same_number_address_or_name_are_proposed_until_linked(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    await scene.tell(webhook(line.message(QUESTION, scene.rig.clock())))
    where = await scene.conversation()
    visitor = await scene.rig.open()
    others = await conversations(scene)
    assert len(others) == 2
    on_line = await scene.rig.state(where)

    def name(store: SqlStore) -> None:
        for customer in (on_line.customer, visitor.conversation.customer):
            store.customers.set_name(customer, "花子")

    await scene.rig.database.write(name)
    known = await headers(scene)
    found = (await scene.http.get(f"/v1/agent/conversations/{where}/alike", headers=known)).json()["alike"]
    assert [(one["conversation"], one["why"]) for one in found] == [(visitor.conversation.id, "name")]
    body = {"conversation": visitor.conversation.id, "reason": "名前が同じ"}
    made = await scene.http.post(f"/v1/agent/conversations/{where}/links", json=body, headers=known)
    assert made.status_code == 201
    after = (await scene.http.get(f"/v1/agent/conversations/{where}/alike", headers=known)).json()
    assert after == {"alike": []}


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (("sms", "+819012345678", None), ("whatsapp", "819012345678", None), "number"),
        (("email", "a@shop.example", "A@shop.example"), ("web", "x", "a@SHOP.example"), "email"),
    ],
)
async def test_who_may_be_the_same_person(
    scene: ChannelHarness, one: tuple[str, str, str | None], other: tuple[str, str, str | None], why: str
) -> None:
    now = scene.rig.clock()
    people = [
        Customer(
            id=name,
            created_at=now,
            email=email,
            identities=(Identity(channel=channel, id=identity, verified=True),),
        )
        for name, (channel, identity, email) in (("one", one), ("other", other))
    ]

    def add(store: SqlStore) -> None:
        for person in people:
            store.customers.add(person)

    await scene.rig.database.write(add)
    found = await scene.rig.database.read(lambda store: store.links.list_similar_customers(people[0]))
    assert found == [("other", why)]


async def test_nobody_is_alike_for_lack_of_a_name(scene: ChannelHarness) -> None:
    first, _ = [await scene.rig.open() for _ in range(2)]
    customer = await scene.rig.database.read(lambda s: s.customers.get(first.conversation.customer))
    assert await scene.rig.database.read(lambda store: store.links.list_similar_customers(customer)) == []


async def test_what_a_customer_took_back_is_in_no_turn_and_no_packet(
    scene: ChannelHarness, line: LinePlatform
) -> None:
    secret = "注文番号はAB-998877です。担当者と話したい"
    event = line.message(secret, scene.rig.clock())
    await scene.tell(webhook(event))
    shown = await table(scene)
    assert "AB-998877" in str(shown["handoff"])
    scene.rig.clock.pass_(timedelta(seconds=5).total_seconds())
    await scene.tell(
        webhook(line.event("unsend", scene.rig.clock(), unsend={"messageId": event["message"]["id"]}))
    )
    shown = await table(scene)
    left = [key for key, value in shown.items() if "AB-998877" in str(value)]
    assert left == [], [shown[key] for key in left]
    assert "担当者と話したい" not in str(shown["turns"])
    assert shown["handoff"]["trigger"]["reason"] == "asked_for_person"
