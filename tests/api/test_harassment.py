"""Harassment over HTTP: what agents are shown, the warning, and the evidence as a file."""

import asyncio
import hashlib
import hmac
import json
from typing import Any
from uuid import uuid4

from assistant.domain.evidence_reasons import EvidenceReason
from assistant.domain.signals import Evidence, Signals
from tests.api.conftest import ApiClient, ApiConversation
from tests.harness import IDENTITY_KEY

WORDS = "殺すぞ。森さんの電話は090-1234-5678だろ。カードは4111 1111 1111 1111だ"
SAID = Evidence(turn=0, text="殺すぞ", why=EvidenceReason.HARASSES, kind="harassment")


async def be_harassed(client: ApiClient, agent: dict[str, str]) -> tuple[ApiConversation, str]:
    """A conversation that the agent has, with a message that harasses; and its URL."""
    client.rig.mind.reader.compute_signals = lambda text, *_: (  # type: ignore[method-assign]
        Signals(harassment=0.9, evidence=(SAID,)) if text == WORDS else Signals()
    )
    signature = hmac.new(IDENTITY_KEY, b"customer-7", "sha256").hexdigest()
    talk = await client.open(
        customer={"id": "customer-7", "email": "aoki@example.jp", "signature": signature}
    )
    url = f"/v1/agent/conversations/{talk.id}"
    await talk.say(WORDS)
    await talk.answered()
    await client.http.post(f"{url}/claim", headers=agent)
    note = {"id": str(uuid4()), "text": "社内メモ: 別のお客様の件", "private": True}
    await client.http.post(f"{url}/messages", json=note, headers=agent)
    return talk, url


async def load_audit(client: ApiClient, action: str) -> list[dict[str, Any]]:
    entries = await client.rig.database.read(lambda store: store.audit.list_entries())
    return [dict(one.details) for one in entries if one.action == action]


async def test_an_agent_sees_what_harasses_and_what_a_warning_would_say(client: ApiClient) -> None:
    agent = await client.hire()
    talk, url = await be_harassed(client, agent)
    table = (await client.http.get(url, headers=agent)).json()
    theirs = [one["id"] for one in table["messages"] if one["author"] == "customer"]
    assert table["harassment"]["messages"] == theirs
    body = {"id": str(uuid4())}
    sent = (await client.http.post(f"{url}/warning", json=body, headers=agent)).json()["message"]
    assert (sent["text"], sent["warning"]) == (table["harassment"]["warning"], True)
    seen = [one for one in (await talk.get())["messages"] if one["id"] == body["id"]]
    assert [(one["kind"], one["text"]) for one in seen] == [("text", sent["text"])]
    assert "warning" not in seen[0]


async def test_a_calm_conversation_has_neither(client: ApiClient) -> None:
    agent, talk = await client.hire(), await client.open()
    url = f"/v1/agent/conversations/{talk.id}"
    await talk.say("返品の期限は？")
    await talk.answered()
    await client.http.post(f"{url}/claim", headers=agent)
    assert (await client.http.get(url, headers=agent)).json()["harassment"] is None
    for act, body in (("warning", {"id": str(uuid4())}), ("evidence", None)):
        assert (await client.http.post(f"{url}/{act}", json=body, headers=agent)).status_code == 409
    assert await load_audit(client, "harassment_evidence") == []


async def test_the_evidence_holds_what_was_said_read_and_done(client: ApiClient) -> None:
    agent = await client.hire()
    _, url = await be_harassed(client, agent)
    await client.http.post(f"{url}/warning", json={"id": str(uuid4())}, headers=agent)
    response = await client.http.post(f"{url}/evidence", headers=agent)
    assert response.headers["content-disposition"].startswith('attachment; filename="harassment-')
    file = response.json()
    content = file["content"]
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert file["sha256"] == hashlib.sha256(canonical.encode()).hexdigest()
    assert [one["sha256"] for one in await load_audit(client, "harassment_evidence")] == [file["sha256"]]
    assert [one["author"] for one in content["messages"] if one["harassment"]] == ["customer"]
    assert all(one["created_at"].endswith("Z") for one in content["messages"])
    assert content["turns"][0]["signals"]["harassment"] == 0.9
    assert content["turns"][0]["evidence"][0]["why"] == "harasses"
    warned = {one["id"] for one in content["messages"] if one["id"] == content["warnings"][0]["message"]}
    assert len(warned) == len(content["warnings"]) == len(content["packets"]) == 1


async def test_the_evidence_masks_other_peoples_data(client: ApiClient) -> None:
    agent = await client.hire()
    talk, url = await be_harassed(client, agent)
    await talk.say("私はaoki@example.jp、あいつはmori@shop.exampleだ")
    text = (await client.http.post(f"{url}/evidence", headers=agent)).text
    assert "殺すぞ" in text
    assert "aoki@example.jp、" in text
    for secret in ("090-1234-5678", "4111 1111", "41111111", "mori@shop.example", "社内メモ"):
        assert secret not in text  # "4111" alone would sooner or later be in a time or an id


async def test_the_evidence_is_for_agents_and_limited(client: ApiClient) -> None:
    agent = await client.hire()
    talk, url = await be_harassed(client, agent)
    for headers in ({}, talk.headers):
        assert (await client.http.post(f"{url}/evidence", headers=headers)).status_code == 401
    missing = url.replace(talk.id, "0" * 32)
    assert (await client.http.post(f"{missing}/evidence", headers=agent)).status_code == 404
    calls = [client.http.post(f"{url}/evidence", headers=agent) for _ in range(11)]
    assert 429 in {one.status_code for one in await asyncio.gather(*calls)}


async def test_exposure_is_for_leads(client: ApiClient) -> None:
    agent, lead = await client.hire(), await client.hire("Sato", lead=True)
    _, url = await be_harassed(client, agent)
    await client.http.post(f"{url}/resolve", json={"outcome": "solved"}, headers=agent)
    path = "/v1/agent/insight/exposure"
    assert (await client.http.get(path, headers=agent)).status_code == 403
    told = (await client.http.get(path, headers=lead)).json()
    assert [one | {"agent": ""} for one in told["agents"]] == [
        {"agent": "", "name": "Mori", "conversations": 1, "harassed": 1, "messages": 1, "too_few": True}
    ]
    assert set(told["definition"]) == {"ja", "en"}
