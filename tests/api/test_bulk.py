"""One action on many conversations: what the preview says happens, by each one's rules, and can be undone."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.conftest import ApiClient, ApiConversation

URL = "/v1/agent/bulk"


async def post(client: ApiClient, who: dict[str, str], path: str = "", /, **body: Any) -> dict[str, Any]:
    response = await client.http.post(f"{URL}{path}", json=body, headers=who)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def row(client: ApiClient, agent: dict[str, str], talk: ApiConversation) -> dict[str, Any]:
    view = await client.http.get(f"/v1/agent/conversations/{talk.id}", headers=agent)
    found: dict[str, Any] = view.json()["conversation"]
    return found


async def claimed(client: ApiClient, agent: dict[str, str]) -> ApiConversation:
    talk = await client.open()
    url = f"/v1/agent/conversations/{talk.id}/claim"
    assert (await client.http.post(url, headers=agent)).status_code == 200
    return talk


def outcomes(answer: dict[str, Any]) -> list[str]:
    return [one["code"] or one["result"] for one in answer["results"]]


async def test_a_preview_changes_nothing_and_says_what_doing_it_does(client: ApiClient) -> None:
    mori, sato = await client.hire("Mori"), await client.hire("Sato")
    talks = [await claimed(client, mori), await claimed(client, sato), await client.open()]
    until = (client.rig.clock() + timedelta(hours=1)).isoformat()
    body = {"conversations": [*(talk.id for talk in talks), "gone"], "action": "snooze", "until": until}
    said = await post(client, mori, "/preview", **body)
    assert outcomes(said) == ["changed", "not_owner", "not_owner", "not_found"]
    assert (await row(client, mori, talks[0]))["snoozed_until"] is None
    done = await post(client, mori, **body)
    assert outcomes(done) == outcomes(said)
    assert (await row(client, mori, talks[0]))["snoozed_until"] is not None
    assert outcomes(await post(client, mori, f"/{done['batch']}/undo")) == ["changed"]
    assert (await row(client, mori, talks[0]))["snoozed_until"] is None
    again = await client.http.post(f"{URL}/{done['batch']}/undo", headers=mori)
    assert again.status_code == 409


async def test_tags_are_added_and_only_those_are_taken_off_again(client: ApiClient) -> None:
    mori, talks = await client.hire(), [await client.open(), await client.open()]
    url = f"/v1/agent/conversations/{talks[0].id}/tags"
    await client.http.post(url, json={"tags": ["VIP", "返品"]}, headers=mori)
    ids = [talk.id for talk in talks]
    done = await post(client, mori, conversations=ids, action="tag", tags=["返品"])
    assert outcomes(done) == ["unchanged", "changed"]
    await post(client, mori, f"/{done['batch']}/undo")
    names = [[tag["name"] for tag in (await row(client, mori, talk))["tags"]] for talk in talks]
    assert names == [["VIP", "返品"], []]
    noted = await client.rig.database.read(lambda store: store.audit.list_entries())
    bulk = [(entry.action, entry.details["conversation"]) for entry in noted if "bulk" in entry.action]
    assert bulk == [("bulk", ids[1]), ("bulk_undone", ids[1])]


async def test_who_had_it_gets_it_back_unless_it_has_changed_since(client: ApiClient) -> None:
    mori, lead = await client.hire("Mori"), await client.hire("Lead", admin=True)
    talks = [
        await claimed(client, mori),
        await client.open(),
        await client.open(),
        await claimed(client, mori),
    ]
    await talks[1].post("handoff")
    ids = [talk.id for talk in talks]
    before = [(await row(client, lead, talk))["state"] for talk in talks]
    assert before == ["agent", "queued", "assistant", "agent"]
    done = await post(client, lead, conversations=ids, action="assign", agent="lead@shop.example")
    assert outcomes(done) == ["changed"] * 4
    url = f"/v1/agent/conversations/{ids[3]}/release"
    assert (await client.http.post(url, headers=lead)).status_code == 200
    undone = await post(client, lead, f"/{done['batch']}/undo")
    assert sorted(outcomes(undone)) == ["changed", "changed", "changed", "conflict"]
    after = [await row(client, lead, talk) for talk in talks]
    assert [one["state"] for one in after] == [*before[:3], "queued"]
    assert after[0]["agent"]["name"] == "Mori"


async def test_resolving_is_undone_by_going_on_with_it(client: ApiClient) -> None:
    mori, sato = await client.hire("Mori"), await client.hire("Sato")
    talk = await claimed(client, mori)
    done = await post(client, mori, conversations=[talk.id], action="resolve", outcome="solved")
    assert (await row(client, mori, talk))["state"] == "closed"
    others = await client.http.post(f"{URL}/{done['batch']}/undo", headers=sato)
    assert others.status_code == 409
    await post(client, mori, f"/{done['batch']}/undo")
    assert (await row(client, mori, talk))["state"] == "agent"


@pytest.mark.parametrize(
    "body",
    [
        {"conversations": [], "action": "tag", "tags": ["a"]},
        {"conversations": [str(n) for n in range(201)], "action": "tag", "tags": ["a"]},
        {"conversations": ["a"], "action": "tag"},
        {"conversations": ["a"], "action": "snooze"},
        {"conversations": ["a"], "action": "erase"},
    ],
)
async def test_what_does_not_say_what_to_do_is_refused(client: ApiClient, body: dict[str, Any]) -> None:
    mori = await client.hire()
    assert (await client.http.post(URL, json=body, headers=mori)).status_code == 422
