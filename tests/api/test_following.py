"""Mentions and followers over HTTP, and in the stream of events."""

import asyncio
from uuid import uuid4

from tests.api.conftest import ApiClient, events

URL = "/v1/agent/conversations"


async def test_who_is_named_hears_of_it_in_their_own_stream(client: ApiClient) -> None:
    mori, sato, talk = await client.hire("Mori"), await client.hire("Sato"), await client.open()
    streams = [
        asyncio.create_task(events(client.http, "/v1/agent/events", who, 3 if who is sato else 2))
        for who in (mori, sato)
    ]
    await asyncio.sleep(0.1)
    followed = await client.http.post(f"{URL}/{talk.id}/follow", headers=sato)
    assert followed.json()["conversation"]["following"] is True
    note = {"id": str(uuid4()), "text": "@Sato お願いします", "private": True}
    sent = await client.http.post(f"{URL}/{talk.id}/messages", json=note, headers=mori)
    assert sent.status_code == 201, sent.text
    heard = [{event["event"] for event in await stream} for stream in streams]
    assert heard == [{"conversation", "message"}, {"conversation", "message", "mention"}]
    page = (await client.http.get(f"{URL}?mentioned=true", headers=sato)).json()
    assert [row["id"] for row in page["conversations"]] == [talk.id]
    assert page["counts"]["mentions"] == 1
    view = (await client.http.get(f"{URL}/{talk.id}", headers=mori)).json()
    assert view["followers"] == [agent["id"] for agent in view["agents"] if agent["name"] == "Sato"]
    await client.http.post(f"{URL}/{talk.id}/unfollow", headers=sato)
    assert (await client.http.get(f"{URL}?following=true", headers=sato)).json()["conversations"] == []
