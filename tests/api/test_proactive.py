"""Agents see consent with its history and who looked; leads see what rules did, and switch them."""

import json
from datetime import UTC, datetime

import pytest

from assistant.app.proactive_file import load_built_in_rules
from assistant.conversation.proactive import schedule_notices
from assistant.domain.policy import Policy
from assistant.domain.proactive import ProactivePolicy
from assistant.domain.webhook_signatures import sign_payload
from assistant.jobs.proactive_sender import ProactiveSender
from tests.api.conftest import BACKEND_KEY, ApiClient

POLICY = Policy(proactive=ProactivePolicy(rules=load_built_in_rules()), proactive_on=frozenset({"shipped"}))


@pytest.fixture
def policy() -> Policy:
    return POLICY


async def push_consent(client: ApiClient, identity: str) -> None:
    consent = {"purpose": "tips", "state": "given", "wording": "商品のお知らせを受け取る", "version": "3"}
    event = {
        "type": "consent.changed",
        "data": {"customer": {"type": "web", "value": identity}, "consent": {**consent, "by": "shop"}},
    }
    body = json.dumps(event).encode()
    headers = sign_payload(BACKEND_KEY, "msg_c", datetime.now(UTC), body)
    answer = await client.http.post("/v1/business/events", content=body, headers=headers)
    assert answer.json() == {"duplicate": False, "newer": 1, "notices": 0}


async def test_the_card_shows_consent_with_its_proof_and_who_looked(client: ApiClient) -> None:
    talk, agent = await client.open(), await client.hire()
    detail = await client.http.get(f"/v1/agent/conversations/{talk.id}", headers=agent)
    await client.http.get(f"/v1/agent/conversations/{talk.id}", headers=agent)
    identity = f"visitor:{detail.json()['customer']['id']}"
    await push_consent(client, identity)
    found = (await client.http.get(f"/v1/agent/conversations/{talk.id}/consents", headers=agent)).json()
    states = {one["purpose"]: (one["state"], one["allowed"]) for one in found["purposes"]}
    assert states["tips"] == ("given", True)
    assert states["orders"] == ("unknown", True)
    (record,) = found["history"]
    assert (record["wording"], record["version"], record["by"]) == ("商品のお知らせを受け取る", "3", "shop")
    assert [(one["by"], one["what"]) for one in found["reads"]] == [("Mori", "card")]
    assert (await client.http.get(f"/v1/agent/conversations/{talk.id}/consents")).status_code == 401


@pytest.mark.parametrize("name", ["shipped", "nothing"])
async def test_rules_are_switched_as_a_setting_with_who_and_when(client: ApiClient, name: str) -> None:
    lead = await client.hire("Lead", lead=True)
    change = {"changes": [{"key": "policy.proactive_on", "value": [name], "base": 0}]}
    saved = await client.http.post("/v1/agent/settings", json=change, headers=lead)
    if name == "nothing":
        assert saved.status_code == 422
        return
    (setting,) = [one for one in saved.json()["settings"] if one["key"] == "policy.proactive_on"]
    assert (setting["value"], setting["change"]["by"]) == (["shipped"], "Lead")


async def test_every_rule_is_listed_with_why_it_told_nobody(client: ApiClient) -> None:
    lead = await client.hire("Lead", lead=True)
    event = {
        "type": "order.shipped",
        "data": {"customer": {"type": "web", "value": "sato"}, "order": {"id": "KM-1"}},
    }
    await client.rig.database.write(lambda store: schedule_notices(store, event, POLICY, client.rig.clock()))
    await ProactiveSender(client.rig.database, POLICY, client.rig.wire, client.rig.clock).send_notices()
    shown = (await client.http.get("/v1/agent/proactive", headers=lead)).json()
    rules = {rule["name"]: rule for rule in shown["rules"]}
    assert [name for name, rule in rules.items() if rule["on"]] == ["shipped"]
    assert (rules["shipped"]["sent"], rules["shipped"]["dropped"]) == (0, {"unknown_person": 1})
    assert (shown["quiet_from"], shown["effect_days"]) == ("21:00", 7)
