"""Improvements over HTTP: leads plan them and export them to a tracker or to webhooks."""

import json
from dataclasses import replace

from tests.api.conftest import ApiClient
from tests.api.test_webhook_endpoints import allow_public

URL = "/v1/agent/insight/improvements"
PLAN = {"title": "山田 太郎様 090-1234-5678 の箱", "action": "二重の箱", "due_at": "2026-01-01T00:00:00Z"}


async def test_an_improvement_has_an_action_and_a_time_and_is_exported(client: ApiClient) -> None:
    state = client.app.state
    state.context = replace(state.context, trackers=("github",))
    lead, mori = await client.hire("Lead", admin=True), await client.hire()
    assert (await client.http.post(URL, json=PLAN, headers=mori)).status_code == 403
    made = (await client.http.post(URL, json=PLAN, headers=lead)).json()
    assert (made["action"], made["due_at"], made["issue"]) == ("二重の箱", "2026-01-01T00:00:00Z", None)
    listed = (await client.http.get(URL, headers=mori)).json()
    assert (listed["exports"], listed["improvements"][0]["is_overdue"]) == (["github"], True)
    one = f"{URL}/{made['id']}"
    for to, headers, status in [
        ("github", mori, 403),
        ("jira", lead, 404),
        ("webhook", lead, 409),
        ("github", lead, 200),
        ("github", lead, 409),
    ]:
        answer = await client.http.post(f"{one}/export", json={"to": to}, headers=headers)
        assert answer.status_code == status, to
    issue = (await client.http.get(URL, headers=mori)).json()["improvements"][0]["issue"]
    assert (issue["tracker"], issue["state"], issue["trouble"]) == ("github", "pending", None)
    # With a time that is over, or once it is done, nothing is overdue.
    done = (await client.http.post(one, json={"step": "finish"}, headers=lead)).json()
    assert (done["state"], done["is_overdue"]) == ("done", False)


async def test_an_export_to_webhooks_has_no_personal_data(client: ApiClient) -> None:
    allow_public(client)
    lead = await client.hire("Lead", admin=True)
    hook = {"url": "https://1.1.1.1/hook", "events": ["improvement.exported"]}
    await client.http.post("/v1/agent/webhooks", json=hook, headers=lead)
    made = (await client.http.post(URL, json=PLAN, headers=lead)).json()
    assert (await client.http.get(URL, headers=lead)).json()["exports"] == ["webhook"]
    exported = await client.http.post(f"{URL}/{made['id']}/export", json={"to": "webhook"}, headers=lead)
    assert exported.status_code == 200
    (due,) = await client.rig.database.read(lambda s: s.webhooks.list_due_endpoints(client.rig.clock()))
    (sent,) = await client.rig.database.read(lambda s: s.webhooks.list_deliveries(due, limit=9))
    about = json.loads(sent.body)["data"]
    assert (sent.type, about["improvement"], about["action"]) == (
        "improvement.exported",
        made["id"],
        "二重の箱",
    )
    assert "090-1234" not in sent.body
