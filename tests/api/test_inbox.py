"""The agents' inbox over HTTP: search, filters, saved views, tags, snoozing, unread marks."""

from datetime import timedelta
from typing import Any

import pytest

from assistant.api import inbox
from tests.api.conftest import ApiClient, ApiConversation

URL = "/v1/agent/conversations"


async def rows(client: ApiClient, agent: dict[str, str], query: str = "") -> list[dict[str, Any]]:
    response = await client.http.get(f"{URL}?{query}", headers=agent)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["conversations"]
    return found


async def act(
    client: ApiClient, agent: dict[str, str], talk: ApiConversation, action: str, body: Any = None
) -> Any:
    response = await client.http.post(f"{URL}/{talk.id}/{action}", json=body or {}, headers=agent)
    assert response.status_code in (200, 201, 204), response.text
    return response.json() if response.content else None


async def claimed(client: ApiClient, agent: dict[str, str], *texts: str) -> ApiConversation:
    talk = await client.open()
    for text in texts:
        await talk.say(text)
    await act(client, agent, talk, "claim")
    return talk


def soon(client: ApiClient, hours: float = 1) -> str:
    return (client.rig.clock() + timedelta(hours=hours)).isoformat()


async def test_search_shows_where_it_was_found(client: ApiClient) -> None:
    agent, talk, _ = await client.hire(), await client.open(), await client.open()
    await talk.say("先日届いた品を返品したいです")
    (row,) = await rows(client, agent, "q=先日")  # the answer has other words of it
    assert row["id"] == talk.id
    assert (row["found"]["author"], row["found"]["private"]) == ("customer", False)
    assert "返品" in row["found"]["excerpt"]
    assert await rows(client, agent, "q=解約") == []
    assert await rows(client, agent, "q=返品&state=queued") == []
    assert (await client.http.get(f"{URL}?q=、", headers=agent)).status_code == 422


@pytest.mark.parametrize(
    "after", ["x", "1.2", "1.x.c", "99999999999999999999", "0.1700000000000000000.c", "1.."]
)
async def test_a_cursor_that_is_not_ours_is_refused(client: ApiClient, after: str) -> None:
    agent = await client.hire()
    for query in ("", "q=返品&"):
        response = await client.http.get(f"{URL}?{query}after={after}", headers=agent)
        assert response.status_code == 422


async def test_the_pages_of_the_inbox_are_one_list(
    client: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setattr(inbox, "PAGE", 2)
    agent, talks = await client.hire(), [(await client.open()) for _ in range(5)]
    for talk in talks:
        await talk.say("返品")
        await talk.answered()  # nothing moves while the pages are read
    for query in ("", "q=返品&"):
        found, after = [], ""
        while True:
            page = (await client.http.get(f"{URL}?{query}after={after}", headers=agent)).json()
            found += [row["id"] for row in page["conversations"]]
            if (after := page["next"]) is None:
                break
        assert found == [talk.id for talk in reversed(talks)]  # what changed last, or was said last, first


@pytest.mark.parametrize(
    ("name", "hit", "miss"),
    [
        ("language", "ja", "en"),
        ("reason", "asked_for_person", "frustrated"),
        ("priority", "normal", "urgent"),
        ("channel", "web", "line"),
        ("waiting", "0", "1"),
    ],
)
async def test_a_filter_takes_what_it_names_and_nothing_else(
    client: ApiClient, name: str, hit: str, miss: str
) -> None:
    agent, talk = await client.hire(), await client.open()
    await talk.post("handoff")
    assert [row["id"] for row in await rows(client, agent, f"{name}={hit}")] == [talk.id]
    assert await rows(client, agent, f"{name}={miss}") == []


async def test_an_agents_conversations_are_found_by_any_colleague(client: ApiClient) -> None:
    mori, sato = await client.hire(), await client.hire("Sato")
    talk = await claimed(client, mori)
    owner = (await rows(client, sato))[0]["agent"]["id"]
    own = (await client.http.get("/v1/agent/me", headers=sato)).json()["agent"]["id"]
    assert [row["id"] for row in await rows(client, sato, f"agent={owner}")] == [talk.id]
    assert await rows(client, sato, f"agent={own}") == []


async def test_tags_are_put_on_filtered_by_and_taken_away(client: ApiClient) -> None:
    agent, admin = await client.hire(), await client.hire("Lead", admin=True)
    talk = await claimed(client, agent, "返品")
    row = (await act(client, agent, talk, "tags", {"tags": ["初期不良", "初期不良", "VIP"]}))["conversation"]
    assert [tag["name"] for tag in row["tags"]] == ["VIP", "初期不良"]
    tag = row["tags"][1]["id"]
    assert [row["id"] for row in await rows(client, agent, f"tag={tag}")] == [talk.id]
    assert await rows(client, agent, "tag=another") == []
    known = (await client.http.get("/v1/agent/tags", headers=agent)).json()["tags"]
    assert {one["name"] for one in known} == {"VIP", "初期不良"}
    assert (await client.http.delete(f"/v1/agent/tags/{tag}", headers=agent)).status_code == 403
    assert (await client.http.delete(f"/v1/agent/tags/{tag}", headers=admin)).status_code == 204
    assert [tag["name"] for tag in (await rows(client, agent))[0]["tags"]] == ["VIP"]
    for bad in ([" "], ["x" * 61], [f"t{n}" for n in range(21)]):
        url = f"{URL}/{talk.id}/tags"
        assert (await client.http.post(url, json={"tags": bad}, headers=agent)).status_code == 422


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("views", {"filters": {}}),
        ("teams", {}),
        ("saved-replies", {"text": "x"}),
        ("people", {"email": "new@shop.example"}),
        ("tokens", {}),
    ],
)
async def test_a_name_that_nobody_can_see_is_none(client: ApiClient, path: str, body: dict[str, Any]) -> None:
    admin = await client.hire("Lead", admin=True)
    for name in ("\u200b\u3164", "\u2800"):
        sent = body | {"name": name, "label": name}
        assert (await client.http.post(f"/v1/agent/{path}", json=sent, headers=admin)).status_code == 422


async def test_tags_are_told_apart_by_what_is_seen(client: ApiClient) -> None:
    agent, talk = await client.hire(), await client.open()
    url = f"/v1/agent/conversations/{talk.id}/tags"
    row = (await client.http.post(url, json={"tags": ["VIP", "V\u200bIP\u202e"]}, headers=agent)).json()
    assert [tag["name"] for tag in row["conversation"]["tags"]] == ["VIP"]
    assert (await client.http.post(url, json={"tags": ["\u3164"]}, headers=agent)).status_code == 422


async def test_a_view_counts_what_it_shows_and_says_what_is_gone(client: ApiClient) -> None:
    agent, admin = await client.hire(), await client.hire("Lead", admin=True)
    talk = await claimed(client, agent, "返品")
    tag = (await act(client, agent, talk, "tags", {"tags": ["VIP"]}))["conversation"]["tags"][0]["id"]
    url = "/v1/agent/views"
    mine = {"name": "私のVIP", "filters": {"mine": "true", "tag": tag}}
    assert (await client.http.post(url, json=mine, headers=agent)).json()["count"] == 1
    shared = mine | {"shared": True, "name": "VIP"}
    assert (await client.http.post(url, json=shared, headers=agent)).status_code == 403
    made = (await client.http.post(url, json=shared, headers=admin)).json()
    assert made["count"] == 0  # the lead's own
    seen = (await client.http.get(url, headers=agent)).json()["views"]
    assert [(view["name"], view["shared"], view["count"]) for view in seen] == [
        ("私のVIP", False, 1),
        ("VIP", True, 1),
    ]
    assert [v["name"] for v in (await client.http.get(url, headers=admin)).json()["views"]] == ["VIP"]
    await client.http.delete(f"/v1/agent/tags/{tag}", headers=admin)
    seen = (await client.http.get(url, headers=agent)).json()["views"]
    assert [(view["count"], view["missing"]) for view in seen] == [(None, "tag")] * 2
    assert (await client.http.delete(f"{url}/{made['id']}", headers=agent)).status_code == 403
    assert (await client.http.delete(f"{url}/{seen[0]['id']}", headers=admin)).status_code == 404
    assert (await client.http.delete(f"{url}/{seen[0]['id']}", headers=agent)).status_code == 204
    assert (
        await client.http.post(url, json={"name": "x", "filters": {"state": "lost"}}, headers=agent)
    ).status_code == 422


async def test_a_snoozed_conversation_is_aside_until_the_customer_writes(client: ApiClient) -> None:
    agent, talk = await client.hire(), await client.open()
    await talk.say("返品")
    url = f"{URL}/{talk.id}/snooze"
    assert (await client.http.post(url, json={"until": soon(client)}, headers=agent)).status_code == 409
    await act(client, agent, talk, "claim")
    for bad in (soon(client, -1), soon(client, 24 * 400), "tomorrow", "2026-01-01T00:00:00"):
        assert (await client.http.post(url, json={"until": bad}, headers=agent)).status_code == 422
    await act(client, agent, talk, "snooze", {"until": soon(client)})
    assert await rows(client, agent, "mine=true&snoozed=false") == []
    (row,) = await rows(client, agent, "mine=true&snoozed=true")
    assert row["snoozed_until"]
    page = (await client.http.get(URL, headers=agent)).json()
    assert (page["counts"]["mine"], page["counts"]["snoozed"]) == (0, 1)
    await talk.say("まだですか")
    (row,) = await rows(client, agent, "mine=true&snoozed=false")
    assert row["snoozed_until"] is None


async def test_unread_is_what_the_customer_said_since_one_looked(client: ApiClient) -> None:
    agent, other = await client.hire(), await client.hire("Sato")
    talk = await claimed(client, agent, "返品", "したい")
    (row,) = await rows(client, agent, "mine=true")
    assert row["unread"] == 2
    seq = (await talk.get())["messages"][-1]["seq"]
    await act(client, agent, talk, "read", {"seq": seq})
    assert [row["unread"] for row in await rows(client, agent, "mine=true")] == [0]
    await talk.say("まだですか")
    assert [row["unread"] for row in await rows(client, agent, "mine=true")] == [1]
    assert [row["unread"] for row in await rows(client, other)] == [0]  # not theirs
    await act(client, agent, talk, "read", {"seq": 0})
    assert [row["unread"] for row in await rows(client, agent, "mine=true")] == [3]


async def test_a_closed_conversation_goes_on_with_who_opens_it_again(client: ApiClient) -> None:
    agent, other = await client.hire(), await client.hire("Sato")
    talk = await claimed(client, agent, "返品")
    assert (await client.http.post(f"{URL}/{talk.id}/reopen", headers=other)).status_code == 409
    await act(client, agent, talk, "resolve", {"outcome": "solved"})
    row = (await act(client, other, talk, "reopen"))["conversation"]
    assert (row["state"], row["agent"]["name"], row["outcome"]) == ("agent", "Sato", None)
    assert (await talk.say("ありがとう")).status_code == 202
    assert (await talk.get())["state"] == "agent"


async def test_each_agent_chooses_for_their_own_screen(client: ApiClient) -> None:
    agent, other = await client.hire(), await client.hire("Sato")
    url = "/v1/agent/preferences"
    assert (await client.http.get(url, headers=agent)).json() == {"notify": False, "sound": False}
    chosen = {"notify": True, "sound": False}
    assert (await client.http.post(url, json=chosen, headers=agent)).status_code == 200
    assert (await client.http.get(url, headers=agent)).json() == chosen
    assert (await client.http.get(url, headers=other)).json() == {"notify": False, "sound": False}


async def test_the_inbox_is_narrowed_by_team_and_age_and_a_view_says_that_its_team_is_gone(
    client: ApiClient,
) -> None:
    mori, lead = await client.hire(), await client.hire("Lead", admin=True)
    talk = await claimed(client, mori, "返品")
    me = (await client.http.get("/v1/agent/me", headers=mori)).json()["agent"]["id"]
    body = {"name": "返品係", "assignment": "manual", "members": [me]}
    made = await client.http.post("/v1/agent/teams", json=body, headers=lead)
    team = made.json()["id"]

    async def list_ids(**filters: str) -> list[str]:
        found = await client.http.get("/v1/agent/conversations", params=filters, headers=lead)
        return [row["id"] for row in found.json()["conversations"]]

    assert await list_ids(team=team) == [talk.id]
    assert await list_ids(team="nobody's") == []
    assert await list_ids(age="1") == []
    assert await list_ids(age="0") == [talk.id]
    view = {"name": "係", "filters": {"team": team}}
    assert (await client.http.post("/v1/agent/views", json=view, headers=lead)).json()["count"] == 1
    await client.http.delete(f"/v1/agent/teams/{team}", headers=lead)
    [gone] = (await client.http.get("/v1/agent/views", headers=lead)).json()["views"]
    assert (gone["count"], gone["missing"]) == (None, "team")
