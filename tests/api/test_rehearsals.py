"""Leads let simulated customers try settings before they save them."""

from assistant.domain.rehearsals import REHEARSAL_LIMITS, RehearsalState
from assistant.rehearsal.report import build_comparison, build_result
from tests.api.conftest import ApiClient
from tests.rehearsal.rehearsed import build_conversation

URL = "/v1/agent/settings/rehearsals"
CHANGES = {"policy.answer_score": 0.7}


async def test_a_lead_asks_once_sees_how_it_went_and_may_save_anyway(client: ApiClient) -> None:
    lead = await client.hire("Lead", lead=True)
    assert (await client.http.get(f"{URL}/last", headers=lead)).json() == {"rehearsal": None}
    asked = await client.http.post(URL, json={"changes": {**CHANGES, "accent": "#123456"}}, headers=lead)
    assert asked.status_code == 202
    assert (asked.json()["changes"], asked.json()["state"]) == (CHANGES, "wanted")
    again = await client.http.post(URL, json={"changes": CHANGES}, headers=lead)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "rehearsal_running")
    database, now = client.rig.database, client.rig.clock()
    runs = [
        build_result([build_conversation(is_told=told)], {}, REHEARSAL_LIMITS, seed=1, seconds=1.0)
        for told in (True, False)
    ]
    result = build_comparison(*runs)
    number = asked.json()["id"]
    await database.write(lambda store: store.rehearsals.claim_next(now, now))
    await database.write(lambda store: store.rehearsals.finish(number, now, result, None))
    last = (await client.http.get(f"{URL}/last", headers=lead)).json()["rehearsal"]
    assert (last["state"], last["result"]["failed_gates"]) == (RehearsalState.DONE, ["told"])
    assert [flip["worse"] for flip in last["result"]["flips"]] == [True]
    change = {"key": "policy.answer_score", "value": 0.7, "base": 0}
    saved = await client.http.post("/v1/agent/settings", json={"changes": [change]}, headers=lead)
    assert saved.status_code == 200
    entries = await database.read(lambda store: store.audit.list_entries())
    details = {entry.action: entry.details for entry in entries}
    assert details["rehearsal"] == {"keys": ["policy.answer_score"]}
    assert details["settings"] == {"keys": ["policy.answer_score"], "rehearsal": "failed"}


async def test_only_leads_ask_and_only_for_what_could_be_saved(client: ApiClient) -> None:
    lead, agent = await client.hire("Lead", lead=True), await client.hire("Agent")
    assert (await client.http.post(URL, json={"changes": CHANGES}, headers=agent)).status_code == 403
    assert (await client.http.get(f"{URL}/last", headers=agent)).status_code == 403
    wrong = await client.http.post(URL, json={"changes": {"policy.answer_score": 7}}, headers=lead)
    assert wrong.status_code == 422
