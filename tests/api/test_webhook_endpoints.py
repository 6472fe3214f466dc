"""Webhooks over HTTP: admins only, a secret shown once, what happened is on its way."""

from dataclasses import replace

from assistant.app.webhook_addresses import WebhookAddresses
from tests.api.conftest import ApiClient
from tests.api.test_cases import open_case

URL = "/v1/agent/webhooks"
EVERY = ["case.opened", "conversation.closed", "handoff.requested", "improvement.done"]


def allow_public(client: ApiClient) -> None:
    state = client.app.state
    check = WebhookAddresses(allow_private=False).check_url
    state.context = replace(state.context, check_webhook_url=check)


async def test_what_happens_is_queued_for_whoever_wants_it(client: ApiClient) -> None:
    allow_public(client)
    lead, mori = await client.hire("Lead", admin=True), await client.hire()
    wanted: dict[str, object] = {"url": "https://1.1.1.1/hook", "events": EVERY}
    assert (await client.http.post(URL, json=wanted, headers=mori)).status_code == 403
    refused: list[dict[str, object]] = [{"url": "https://10.0.0.1/"}, {"url": "http://1.1.1.1/"}]
    refused += [{"events": ["all"]}, {"events": []}]
    for wrong in refused:
        assert (await client.http.post(URL, json=wanted | wrong, headers=lead)).status_code == 422, wrong
    added = (await client.http.post(URL, json=wanted, headers=lead)).json()
    assert added["secret"].startswith("whsec_")
    (listed,) = (await client.http.get(URL, headers=lead)).json()["webhooks"]
    assert listed["secret"] is None
    case = await open_case(client)
    waiting = await client.open()
    await waiting.post("handoff")
    made = await client.http.post(
        "/v1/agent/insight/improvements", json={"title": "x", "texts": {"ja": "直しました。"}}, headers=lead
    )
    improvement = f"/v1/agent/insight/improvements/{made.json()['id']}"
    into = {"improvement": made.json()["id"]}
    await client.http.post(f"/v1/agent/insight/cases/{case}", json=into, headers=lead)
    done = (await client.http.post(improvement, json={"step": "finish"}, headers=lead)).json()
    assert (done["state"], done["notices"], len(done["cases"])) == ("done", {"pending": 1}, 1)
    deliveries = (await client.http.get(f"{URL}/{added['id']}/deliveries", headers=lead)).json()["deliveries"]
    assert sorted(one["type"] for one in deliveries) == EVERY
    again = await client.http.post(
        f"{URL}/{added['id']}/deliveries/{deliveries[0]['id']}/replay", headers=lead
    )
    assert again.status_code == 409


async def test_a_webhook_is_switched_off_rotated_and_forgotten(client: ApiClient) -> None:
    allow_public(client)
    lead = await client.hire("Lead", admin=True)
    wanted = {"url": "https://1.1.1.1/hook", "events": ["case.opened"]}
    added = (await client.http.post(URL, json=wanted, headers=lead)).json()
    one = f"{URL}/{added['id']}"
    off = (await client.http.post(one, json={"enabled": False}, headers=lead)).json()
    assert (off["disabled_why"], off["secret"]) == ("by hand", None)
    rotated = (await client.http.post(f"{one}/rotate", headers=lead)).json()
    assert rotated["secret"] not in (None, added["secret"])
    assert (await client.http.delete(one, headers=lead)).status_code == 204
    assert (await client.http.get(URL, headers=lead)).json() == {"webhooks": []}


async def test_a_webhook_is_tried_with_an_event_that_nobody_asks_for(client: ApiClient) -> None:
    allow_public(client)
    lead = await client.hire("Lead", admin=True)
    wanted: dict[str, object] = {"url": "https://1.1.1.1/hook", "events": ["case.opened"]}
    one = f"{URL}/{(await client.http.post(URL, json=wanted, headers=lead)).json()['id']}"
    assert (await client.http.post(f"{one}/test", headers=lead)).status_code == 204
    (sent,) = (await client.http.get(f"{one}/deliveries", headers=lead)).json()["deliveries"]
    assert (sent["type"], sent["state"]) == ("webhook.test", "pending")
    asked = wanted | {"events": ["webhook.test"]}
    assert (await client.http.post(URL, json=asked, headers=lead)).status_code == 422
    await client.http.post(one, json={"enabled": False}, headers=lead)
    assert (await client.http.post(f"{one}/test", headers=lead)).status_code == 409
