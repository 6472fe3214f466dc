"""From a pushed event to one message in the customer's conversation, and what keeps it away."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from assistant.app.proactive_file import load_built_in_rules
from assistant.conversation.proactive import parse_incident, schedule_notices
from assistant.domain.channels import MessagePart, OutboundMessage, SendResult
from assistant.domain.consents import build_consent
from assistant.domain.customer_data import parse_event
from assistant.domain.errors import BadInput, RetryLater
from assistant.domain.messages import Message
from assistant.domain.policy import Policy
from assistant.domain.proactive import ProactivePolicy
from assistant.jobs.proactive_sender import ProactiveSender
from assistant.ports.channels import Channel
from assistant.storage.store import SqlStore
from tests.conversation.test_cases import DAY, close, hear, rated_talk
from tests.harness import Harness

HOUR = 3600
RULES = {rule.name: rule for rule in load_built_in_rules()}


def policy_with(*on: str, **limits: Any) -> Policy:
    proactive = ProactivePolicy(rules=tuple(RULES.values()), **limits)
    return Policy(proactive=proactive, proactive_on=frozenset(on))


async def push(rig: Harness, policy: Policy, kind: str, peer: str = "U1", **order: Any) -> int:
    """As the API takes an event in."""
    event = {
        "type": kind,
        "timestamp": rig.clock().isoformat(),
        "data": {"customer": {"type": "line", "value": peer}, "order": {"id": "KM-1", **order}},
    }

    def step(store: SqlStore) -> int:
        store.customer_facts.save_facts(parse_event(event, rig.clock()))
        return schedule_notices(store, event, policy, rig.clock())

    return await rig.database.write(step)


async def send(rig: Harness, policy: Policy, *templates: tuple[str, str]) -> None:
    await ProactiveSender(rig.database, policy, rig.wire, rig.clock, templates).send_notices()


async def notices(rig: Harness, talk: str) -> list[Message]:
    return [one for one in await rig.messages(talk) if one.kind == "proactive"]


async def outcomes(rig: Harness) -> list[tuple[str, str, str | None]]:
    counts = await rig.database.read(
        lambda store: store.proactive.count_by_rule(rig.clock() - timedelta(days=60))
    )
    return sorted((rule, state, reason) for rule, state, reason, _ in counts)


async def test_a_shipped_order_is_told_once_however_often_the_event_comes(rig: Harness) -> None:
    talk, policy = await hear(rig, "返品の期限は？", 1), policy_with("shipped")
    assert await push(rig, policy, "order.shipped", tracking="1234-5678") == 1
    assert await push(rig, policy, "order.shipped", tracking="1234-5678") == 0
    for _ in range(2):
        await send(rig, policy)
    (told,) = await notices(rig, talk)
    assert "KM-1" in told.text
    assert "追跡番号：1234-5678" in told.text
    assert "お知らせ停止" in told.text  # why, and how it ends
    assert [button.value for button in told.buttons] == ["お知らせ停止"]
    entries = await rig.database.read(lambda store: store.audit.list_entries())
    assert [e.details["state"] for e in entries if e.action == "proactive"] == ["sent"]


async def test_a_rule_that_is_off_tells_nobody(rig: Harness) -> None:
    talk = await hear(rig, "返品の期限は？", 1)
    assert await push(rig, policy_with(), "order.shipped") == 0
    assert await push(rig, policy_with("shipped"), "order.shipped") == 1
    await send(rig, policy_with())
    assert await notices(rig, talk) == []
    assert await outcomes(rig) == [("shipped", "dropped", "off")]


async def test_an_order_that_has_arrived_meanwhile_is_not_told_to_be_on_its_way(rig: Harness) -> None:
    talk, policy = await hear(rig, "返品の期限は？", 1), policy_with("shipped")
    await push(rig, policy, "order.shipped")
    rig.clock.pass_(60)
    await push(rig, policy, "order.delivered")
    await send(rig, policy)
    assert await notices(rig, talk) == []
    assert await outcomes(rig) == [("shipped", "dropped", "overtaken")]


async def test_a_person_whom_nobody_knows_is_told_nothing(rig: Harness) -> None:
    policy = policy_with("shipped")
    await push(rig, policy, "order.shipped", "stranger")
    await send(rig, policy)
    assert await outcomes(rig) == [("shipped", "dropped", "unknown_person")]


async def test_who_becomes_known_meanwhile_is_told_once_and_counted(rig: Harness) -> None:
    policy = policy_with("shipped", per_day={"orders": 1})
    await push(rig, policy, "order.shipped")
    talk = await hear(rig, "返品の期限は？", 1)
    await push(rig, policy, "order.shipped")  # now by the person
    await push(rig, policy, "order.shipped", id="KM-2")
    await send(rig, policy)
    assert len(await notices(rig, talk)) == 1
    assert ("shipped", "dropped", "told") in await outcomes(rig)
    assert ("shipped", "dropped", "cap_day") in await outcomes(rig)


async def test_it_is_held_while_a_person_has_them_and_sent_afterwards(rig: Harness) -> None:
    talk, policy, mori = await hear(rig, "返品の期限は？", 1), policy_with("shipped"), await rig.hire()
    await rig.press_person_button(talk)
    await push(rig, policy, "order.shipped")
    await send(rig, policy)
    assert await outcomes(rig) == [("shipped", "waiting", "waiting_for_person")]
    await rig.claim(talk, mori)
    await rig.give_back(talk, mori)
    rig.clock.pass_(HOUR)
    await send(rig, policy)
    assert len(await notices(rig, talk)) == 1


async def test_whom_we_owe_a_word_is_told_nothing(rig: Harness) -> None:
    talk, policy = await rated_talk(rig), policy_with("shipped")
    customer = (await rig.state(talk)).customer
    again = await rig.state(await hear(rig, "返品の期限は？", 1))
    event = {
        "type": "order.shipped",
        "data": {"customer": {"type": "web", "value": f"visitor:{customer}"}, "order": {"id": "KM-1"}},
    }

    def step(store: SqlStore) -> None:
        store.links.add(customer, again.customer, {"proof": "code"}, rig.clock())
        store.customer_facts.save_facts(parse_event(event, rig.clock()))
        schedule_notices(store, event, policy, rig.clock())

    await rig.database.write(step)
    await send(rig, policy)
    assert await outcomes(rig) == [("shipped", "waiting", "open_case")]


async def test_at_night_it_waits_for_the_morning(rig: Harness) -> None:
    talk, policy = await hear(rig, "返品の期限は？", 1), policy_with("shipped")
    rig.clock.now = datetime.fromisoformat("2026-11-23T22:30:00+09:00")
    await push(rig, policy, "order.shipped")
    await send(rig, policy)
    assert await notices(rig, talk) == []
    rig.clock.now = datetime.fromisoformat("2026-11-24T08:00:00+09:00")
    await send(rig, policy)
    assert len(await notices(rig, talk)) == 1


async def test_late_is_told_after_the_promised_day_and_a_new_promise_moves_it(rig: Harness) -> None:
    talk, policy = await hear(rig, "返品の期限は？", 1), policy_with("delayed")
    await push(rig, policy, "order.created", eta="2026-11-24")
    await push(rig, policy, "order.shipped", eta="2026-11-26")
    rig.clock.now = datetime.fromisoformat("2026-11-25T10:00:00+09:00")
    await send(rig, policy)
    assert await notices(rig, talk) == []
    rig.clock.now = datetime.fromisoformat("2026-11-27T10:00:00+09:00")
    await send(rig, policy)
    (told,) = await notices(rig, talk)
    assert "お約束の日" in told.text


async def test_help_after_delivery_needs_a_yes_and_its_question_is_answered_with_a_number(
    rig: Harness,
) -> None:
    policy = policy_with("care")
    policy = replace(
        policy, proactive=replace(policy.proactive, rules=(replace(RULES["care"], holdout=0.0),))
    )
    talk = await hear(rig, "返品の期限は？", 1)
    await push(rig, policy, "order.delivered")
    rig.clock.pass_(3 * DAY)
    await send(rig, policy)
    assert await outcomes(rig) == [("care", "dropped", "no_consent")]
    yes = build_consent(
        {"identity": "U1", "purpose": "tips", "state": "given", "wording": "商品のお知らせを受け取る"},
        "line", "push", "e9", rig.clock(),
    )  # fmt: skip
    await rig.database.write(lambda store: store.consents.add(yes))
    await push(rig, policy, "order.delivered", id="KM-2")
    rig.clock.pass_(3 * DAY)
    await send(rig, policy)
    (told,) = await notices(rig, talk)
    assert "1（まったくそう思わない）" in told.text
    await hear(rig, "6", 2)
    assert await rig.database.read(lambda store: store.feedback.load_last_values("ces", [talk])) == {talk: 6}


async def test_the_answer_lands_in_the_same_conversation_with_the_order(rig: Harness) -> None:
    before, policy = await hear(rig, "返品の期限は？", 1), policy_with("shipped")
    await close(rig, before)
    await push(rig, policy, "order.shipped")
    await send(rig, policy)
    answered = await hear(rig, "担当者と話したいです", 2)
    assert answered != before
    assert len(await notices(rig, answered)) == 1
    packet = await rig.packet(answered)
    assert any("notice shipped" in line and "KM-1" in line for line in packet["facts"]["verified"])


async def test_a_bare_stop_to_a_notice_ends_them(rig: Harness) -> None:
    talk, policy = await hear(rig, "返品の期限は？", 1), policy_with("shipped")
    await push(rig, policy, "order.shipped")
    await send(rig, policy)
    await hear(rig, "停止", 2)
    await push(rig, policy, "order.shipped", id="KM-2")
    await send(rig, policy)
    assert len(await notices(rig, talk)) == 1
    assert ("shipped", "dropped", "withdrawn") in await outcomes(rig)


@pytest.mark.parametrize(("templates", "told"), [((), 0), ((("whatsapp", ""),), 1)])
async def test_a_closed_window_takes_only_an_approved_template(
    rig: Harness, templates: tuple[tuple[str, str], ...], told: int
) -> None:
    talk, policy = await hear(rig, "返品の期限は？", 1, "whatsapp"), policy_with("shipped")
    rig.clock.pass_(2 * DAY)
    event = {
        "type": "order.shipped",
        "data": {"customer": {"type": "whatsapp", "value": "U1"}, "order": {"id": "KM-1"}},
    }
    await rig.database.write(lambda store: store.customer_facts.save_facts(parse_event(event, rig.clock())))
    await rig.database.write(lambda store: schedule_notices(store, event, policy, rig.clock()))
    await send(rig, policy, *templates)
    talk = (await rig.database.read(lambda store: store.threads.find_by_conversation(talk))).conversation  # type: ignore[union-attr]
    assert len(await notices(rig, talk)) == told


async def test_the_quota_of_the_month_keeps_a_reserve_for_support(rig: Harness) -> None:
    talk, policy = await hear(rig, "返品の期限は？", 1), policy_with("shipped", quotas={"line": 10})
    for _ in range(6):
        await rig.database.write(lambda store: store.proactive.add_push("line", "", "2026-11"))
    for number in range(3):
        await push(rig, policy, "order.shipped", id=f"KM-{number}")
    await send(rig, policy)
    assert len(await notices(rig, talk)) == 1  # 10, of which 3 are kept and 6 are spent
    assert ("shipped", "dropped", "quota") in await outcomes(rig)


async def test_an_incident_is_told_in_open_conversations_that_are_about_it(rig: Harness) -> None:
    touched, other = await hear(rig, "支払い画面が開きません", 1), (await rig.open()).conversation.id
    await rig.ask(other, "返品の期限は？")
    policy = policy_with("incident")
    incident = {"id": "I-1", "title": {"ja": "支払い画面を復旧しました。"}, "words": ["支払い"]}
    event = {"type": "incident.opened", "data": {"incident": incident}}
    parse_incident(event)
    for expected in (1, 0):
        assert (
            await rig.database.write(lambda store: schedule_notices(store, event, policy, rig.clock()))
            == expected
        )
    await send(rig, policy)
    assert "復旧しました" in (await notices(rig, touched))[0].text
    assert await notices(rig, other) == []
    with pytest.raises(BadInput):
        parse_incident({"data": {"incident": {**incident, "words": ["払"]}}})


async def test_who_was_told_and_who_was_not_are_compared(rig: Harness) -> None:
    policy = policy_with("shipped")
    await hear(rig, "返品の期限は？", 1)
    await push(rig, policy, "order.shipped")
    await send(rig, policy)
    rig.clock.pass_(60)
    await hear(rig, "配送料はいくらですか", 2)
    effects = await rig.database.read(
        lambda store: store.proactive.measure_effects(rig.clock() - timedelta(days=1), 7)
    )
    assert (effects["shipped"].told, effects["shipped"].told_wrote) == (1, 1)


class SlowApp:
    """An app that takes messages as pushes, once it is up."""

    is_down = False

    async def send_part(self, outbound: OutboundMessage, part: MessagePart) -> SendResult:
        if self.is_down:
            raise RetryLater("down", after=None)
        return SendResult(id=outbound.key, is_push=True)

    def split_message(self, outbound: OutboundMessage) -> list[MessagePart]:
        return [MessagePart(texts=(outbound.message.text,))]

    async def send_typing_indicator(self, thread: object) -> None: ...

    async def fetch_peer_name(self, thread: object) -> str | None:
        return None


async def test_pushes_of_support_are_counted_and_a_stale_notice_is_withheld(rig: Harness) -> None:
    app = SlowApp()
    rig.channels["line", ""] = cast(Channel, app)
    talk, policy = await hear(rig, "返品の期限は？", 1), policy_with("shipped")
    await push(rig, policy, "order.shipped")
    app.is_down = True
    await send(rig, policy)
    await rig.work()
    app.is_down = False
    rig.clock.pass_(11 * 60)
    await rig.work()
    (told,) = await notices(rig, talk)
    sent = await rig.database.read(lambda store: store.deliveries.list_by_conversation(talk))
    assert sent[told.id].state == "withheld"
    assert await rig.database.read(lambda store: store.proactive.count_pushes("line", "", "2026-11")) == 1
