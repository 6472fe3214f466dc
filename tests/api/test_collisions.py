"""Agents see what colleagues do in a conversation; the customer and the agent themselves do not."""

import asyncio

from tests.api.conftest import ApiClient, events


async def test_colleagues_hear_of_it_and_nobody_else(client: ApiClient) -> None:
    mori, sato, talk = await client.hire(), await client.hire("Sato"), await client.open()
    url = f"/v1/agent/conversations/{talk.id}"
    await client.http.post(f"{url}/claim", headers=mori)
    streams = [
        asyncio.create_task(events(client.http, "/v1/agent/events", mori, 1)),
        asyncio.create_task(events(client.http, "/v1/agent/events", sato, 1)),
        asyncio.create_task(events(client.http, f"/v1/conversations/{talk.id}/events", talk.headers, 3)),
    ]
    while client.rig.wire.stream_count < 3:
        await asyncio.sleep(0.01)
    for agent in (mori, sato):
        done = await client.http.post(f"{url}/activity", json={"activity": "draft"}, headers=agent)
        assert done.status_code == 204
    refused = await client.http.post(f"{url}/typing", json={"on": True}, headers=sato)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_owner")
    await client.http.post(f"{url}/typing", json={"on": True}, headers=mori)
    of_mori, of_sato, of_customer = await asyncio.gather(*streams)
    assert [(one["event"], one["data"]["name"]) for one in of_mori] == [("colleague", "Sato")]
    assert [(one["data"]["name"], one["data"]["activity"]) for one in of_sato] == [("Mori", "draft")]
    assert of_sato[0]["data"]["conversation"] == talk.id
    assert [one["event"] for one in of_customer] == ["state", "message", "typing"]


async def test_nobody_types_where_there_is_no_conversation(client: ApiClient) -> None:
    agent = await client.hire()
    for call, body in (("typing", {"on": True}), ("activity", {"activity": "typing"})):
        sent = await client.http.post(f"/v1/agent/conversations/none/{call}", json=body, headers=agent)
        assert sent.status_code == 404


async def test_an_activity_is_one_of_four(client: ApiClient) -> None:
    agent, talk = await client.hire(), await client.open()
    url = f"/v1/agent/conversations/{talk.id}/activity"
    assert (await client.http.post(url, json={"activity": "sleeping"}, headers=agent)).status_code == 422
