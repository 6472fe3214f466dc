"""Teams and availability over HTTP: administrators change them, everybody sees them."""

import pytest

from assistant.api import teams
from tests.api.conftest import ApiClient

URL = "/v1/agent/teams"


async def test_administrators_make_change_and_remove_teams(
    client: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, admin = await client.hire(), await client.hire("Lead", admin=True)
    ids = {one["name"]: one["id"] for one in (await client.http.get(URL, headers=agent)).json()["agents"]}
    body = {"name": "日本語", "assignment": "round_robin", "language": "ja", "members": [ids["Mori"]]}
    assert (await client.http.post(URL, json=body, headers=agent)).status_code == 403
    made = (await client.http.post(URL, json=body, headers=admin)).json()
    monkeypatch.setattr(teams, "MAX_TEAMS", 1)
    too_many = body | {"name": "z"}
    assert (await client.http.post(URL, json=too_many, headers=admin)).status_code == 422
    for wrong in (
        body,
        body | {"name": "x", "members": ["nobody"]},
        body | {"name": "y", "assignment": "best"},
    ):
        assert (await client.http.post(URL, json=wrong, headers=admin)).status_code == 422
    changed = body | {"assignment": "least_loaded", "language": None}
    assert (await client.http.post(f"{URL}/{made['id']}", json=changed, headers=admin)).status_code == 200
    assert (await client.http.post(f"{URL}/none", json=changed, headers=admin)).status_code == 404
    (seen,) = (await client.http.get(URL, headers=agent)).json()["teams"]
    assert (seen["assignment"], seen["language"], seen["members"]) == ("least_loaded", None, [ids["Mori"]])
    assert (await client.http.delete(f"{URL}/{made['id']}", headers=admin)).status_code == 204
    assert (await client.http.delete(f"{URL}/{made['id']}", headers=admin)).status_code == 404


async def test_everybody_says_whether_they_are_at_the_desk(client: ApiClient) -> None:
    agent, admin = await client.hire(), await client.hire("Lead", admin=True)
    url = "/v1/agent/availability"
    assert (await client.http.post(url, json={"availability": "away"}, headers=agent)).status_code == 200
    assert (await client.http.post(url, json={"availability": "asleep"}, headers=agent)).status_code == 422
    people = {one["name"]: one for one in (await client.http.get(URL, headers=admin)).json()["agents"]}
    assert people["Mori"]["availability"] == "away"
    assert people["Lead"]["availability"] == "offline"  # a program that only reads is at no desk


async def test_leads_say_how_much_what_and_when_somebody_is_given(client: ApiClient) -> None:
    agent, lead = await client.hire(), await client.hire("Lead", admin=True)
    people = {one["name"]: one for one in (await client.http.get(URL, headers=lead)).json()["agents"]}
    assert (people["Mori"]["capacity"], people["Mori"]["skills"], people["Mori"]["hours"]) == (5, [], {})
    url = f"/v1/agent/agents/{people['Mori']['id']}/work"
    work = {"capacity": 2, "skills": ["返品"], "hours": {"月": "9:00-12:00、13:00-17:00", "tue": "closed"}}
    assert (await client.http.post(url, json=work, headers=agent)).status_code == 403
    for wrong in ({"capacity": -1}, {"hours": {"mon": "late"}}, {"skills": [""]}):
        assert (await client.http.post(url, json=work | wrong, headers=lead)).status_code == 422
    agents = (await client.http.post(url, json=work, headers=lead)).json()["agents"]
    (mori,) = [one for one in agents if one["name"] == "Mori"]
    assert (mori["capacity"], mori["skills"]) == (2, ["返品"])
    assert mori["hours"] == {"mon": "09:00-12:00, 13:00-17:00", "tue": "closed"}
    assert (await client.http.post(f"{url}x/work", json=work, headers=lead)).status_code == 404


async def test_leads_see_when_people_were_at_the_desk(client: ApiClient) -> None:
    agent, lead = await client.hire(), await client.hire("Lead", admin=True)
    await client.http.post("/v1/agent/availability", json={"availability": "away"}, headers=agent)
    await client.http.post("/v1/agent/availability", json={"availability": "online"}, headers=agent)
    assert (await client.http.get("/v1/agent/presence", headers=agent)).status_code == 403
    assert (await client.http.get("/v1/agent/presence?days=99", headers=lead)).status_code == 422
    found = (await client.http.get("/v1/agent/presence", headers=lead)).json()["intervals"]
    assert [one["availability"] for one in found] == ["online", "away", "online"]
    assert found[0]["ended_at"] is not None
    assert found[2]["ended_at"] is None


async def test_a_conversation_tells_who_of_the_colleagues_is_a_lead(client: ApiClient) -> None:
    agent, talk = await client.hire(), await client.open()
    await client.hire("Lead", lead=True)
    await client.hire("Boss", admin=True)
    found = (await client.http.get(f"/v1/agent/conversations/{talk.id}", headers=agent)).json()["agents"]
    assert {one["name"]: one["lead"] for one in found} == {"Mori": False, "Lead": True, "Boss": True}


async def test_only_administrators_reassign(client: ApiClient) -> None:
    agent, admin = await client.hire(), await client.hire("Lead", admin=True)
    talk = await client.open()
    await talk.post("handoff")
    url = f"/v1/agent/conversations/{talk.id}/reassign"
    body = {"agent": "lead@shop.example"}
    assert (await client.http.post(url, json=body, headers=agent)).status_code == 403
    row = (await client.http.post(url, json=body, headers=admin)).json()["conversation"]
    assert row["agent"]["name"] == "Lead"
    assert (await client.http.post(url, json={"agent": "x"}, headers=admin)).status_code == 404
