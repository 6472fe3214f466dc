"""Consent of a notice: of its survey, at its delivery, and what is kept of people who never wrote."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from assistant.domain.consents import build_consent
from assistant.domain.policy import Policy
from assistant.jobs.retention import RetentionCleaner
from assistant.ports.channels import Channel
from tests.conversation.test_cases import DAY, hear
from tests.conversation.test_proactive import (
    RULES,
    SlowApp,
    notices,
    outcomes,
    policy_with,
    push,
    send,
)
from tests.harness import Harness


async def say_consent(rig: Harness, purpose: str, state: str) -> None:
    row = {"identity": "U1", "purpose": purpose, "state": state, "wording": "商品のお知らせ"}
    said = build_consent(row, "line", "push", f"{purpose} {state}", rig.clock())
    await rig.database.write(lambda store: store.consents.add(said))


def policy_of_care() -> Policy:
    policy, care = policy_with("care"), replace(RULES["care"], holdout=0.0)
    return replace(policy, proactive=replace(policy.proactive, rules=(care,)))


@pytest.mark.parametrize("asked", [True, False])
async def test_a_notice_goes_without_its_survey_where_surveys_were_withdrawn(
    rig: Harness, asked: bool
) -> None:
    talk, policy = await hear(rig, "返品の期限は？", 1), policy_of_care()
    await say_consent(rig, "tips", "given")
    await say_consent(rig, "surveys", "given" if asked else "withdrawn")
    await push(rig, policy, "order.delivered")
    rig.clock.pass_(3 * DAY)
    await send(rig, policy)
    (told,) = await notices(rig, talk)
    assert ("まったくそう思わない" in told.text) is asked
    survey = await rig.database.read(lambda store: store.surveys.get(talk))
    assert (survey is not None) is asked


@pytest.mark.parametrize(("purpose", "state"), [("orders", "withheld"), ("tips", "sent")])
async def test_who_stops_before_the_delivery_of_a_notice_does_not_get_it(
    rig: Harness, purpose: str, state: str
) -> None:
    app = SlowApp()
    rig.channels["line", ""] = cast(Channel, app)
    talk, policy = await hear(rig, "返品の期限は？", 1), policy_with("shipped")
    await push(rig, policy, "order.shipped")
    app.is_down = True
    await send(rig, policy)
    await rig.work()
    await say_consent(rig, purpose, "withdrawn")
    app.is_down = False
    rig.clock.pass_(5 * 60)
    await rig.work()
    (told,) = await notices(rig, talk)
    sent = await rig.database.read(lambda store: store.deliveries.list_by_conversation(talk))
    assert sent[told.id].state == state


async def test_notices_of_people_who_never_wrote_go_with_retention(rig: Harness) -> None:
    policy = policy_with("shipped")
    await push(rig, policy, "order.shipped", "stranger", tracking="1234-5678")
    await send(rig, policy)
    cleaner = RetentionCleaner(rig.database, rig.clock, timedelta(days=30))
    await cleaner.delete_expired()
    assert await outcomes(rig) == [("shipped", "dropped", "unknown_person")]
    rig.clock.pass_(31 * DAY)
    await cleaner.delete_expired()
    assert await outcomes(rig) == []
