"""Who is at the desk: an open console or a call, no program that reads numbers, nobody who logged out."""

import asyncio
from datetime import timedelta

from assistant.api.live_updates import iterate_agent_events
from assistant.conversation.inbound.conversation_start import hash_secret
from tests.api.conftest import PASSWORD, ApiClient


async def count_present(client: ApiClient) -> int:
    since = client.rig.clock() - timedelta(minutes=1)
    return await client.rig.database.read(lambda store: store.agents.count_present(since))


async def test_a_session_is_at_the_desk_until_it_logs_out(client: ApiClient) -> None:
    await client.hire("Mori")
    assert await count_present(client) == 0
    body = {"email": "mori@shop.example", "password": PASSWORD}
    csrf = (await client.http.post("/v1/agent/login", json=body)).json()["csrf"]
    await client.http.get("/v1/agent/me")
    assert await count_present(client) == 1
    await client.http.post("/v1/agent/logout", headers={"X-CSRF-Token": csrf})
    assert await count_present(client) == 0


async def test_an_open_stream_is_at_the_desk_and_reading_numbers_is_not(client: ApiClient) -> None:
    agent = await client.hire("Sato")
    assert (await client.http.get("/v1/agent/metrics", headers=agent)).status_code == 200
    assert await count_present(client) == 0
    secret = hash_secret(agent["Authorization"].removeprefix("Bearer "))
    stream = iterate_agent_events(client.app.state.context, secret, None)
    async with asyncio.timeout(5):
        await anext(stream)
    assert await count_present(client) == 1
    await stream.aclose()  # type: ignore[attr-defined]
