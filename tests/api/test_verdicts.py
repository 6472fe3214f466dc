"""Agents judge replies in one click, and see what customers thought of them in the same place."""

from typing import Any

import pytest

from tests.api.conftest import ApiClient, ApiConversation

URL = "/v1/agent/conversations"


@pytest.fixture
async def reply(client: ApiClient) -> tuple[ApiConversation, str]:
    """A conversation and the id of the assistant's reply in it."""
    talk = await client.open()
    await talk.say("返品の期限は何日ですか")
    (said,) = await talk.answered()
    return talk, said["id"]


async def opinions(client: ApiClient, who: dict[str, str], talk: ApiConversation) -> dict[str, Any]:
    found = (await client.http.get(f"{URL}/{talk.id}", headers=who)).json()["opinions"]
    return dict(found)


async def test_a_verdict_is_given_changed_and_taken_back(
    client: ApiClient, reply: tuple[ApiConversation, str]
) -> None:
    talk, message = reply
    agent, url = await client.hire(), f"{URL}/{talk.id}/messages/{message}/verdict"
    await client.http.post(url, json={"verdict": "right"}, headers=agent)
    await client.http.post(url, json={"verdict": "stale", "note": "今は14日"}, headers=agent)
    (one,) = (await opinions(client, agent, talk))[message]["verdicts"]
    assert (one["verdict"], one["note"], one["by"]) == ("stale", "今は14日", "Mori")
    other = await client.hire("Sato")
    await client.http.post(url, json={"verdict": "right"}, headers=other)
    assert len((await opinions(client, agent, talk))[message]["verdicts"]) == 2
    assert (await client.http.delete(url, headers=agent)).status_code == 200
    assert [v["by"] for v in (await opinions(client, agent, talk))[message]["verdicts"]] == ["Sato"]
    assert (await client.http.delete(url, headers=agent)).status_code == 404


async def test_a_customers_thumb_and_comment_stand_beside_it(
    client: ApiClient, reply: tuple[ApiConversation, str]
) -> None:
    talk, message = reply
    agent = await client.hire()
    for value, comment in ((1, None), (-1, "カードは 4111 1111 1111 1111 です")):
        await talk.post(
            "feedback", {"kind": "thumb", "value": value, "message_id": message, "comment": comment}
        )
    thumb = (await opinions(client, agent, talk))[message]["thumb"]
    assert thumb["up"] is False
    assert "4111" not in thumb["comment"]


async def test_what_was_found_wanting_is_listed_newest_first(
    client: ApiClient, reply: tuple[ApiConversation, str]
) -> None:
    talk, message = reply
    agent = await client.hire()
    await client.http.post(
        f"{URL}/{talk.id}/messages/{message}/verdict", json={"verdict": "right"}, headers=agent
    )
    assert (await client.http.get("/v1/agent/verdicts", headers=agent)).json() == {"opinions": []}
    later = await client.open()
    await later.say("返品の期限は何日ですか")
    (said,) = await later.answered()
    await talk.post("feedback", {"kind": "thumb", "value": -1, "message_id": message})
    judged = f"{URL}/{later.id}/messages/{said['id']}/verdict"
    await client.http.post(judged, json={"verdict": "missing"}, headers=agent)
    listed = (await client.http.get("/v1/agent/verdicts", headers=agent)).json()["opinions"]
    assert [(one["conversation"], one["message"]) for one in listed] == [
        (later.id, said["id"]),
        (talk.id, message),
    ]
    assert "30日" in listed[0]["reply"]


async def test_newer_praise_hides_nothing_that_was_found_wanting(
    client: ApiClient, reply: tuple[ApiConversation, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.api.verdicts.MAX_LISTED_OPINIONS", 1)
    talk, message = reply
    url = f"{URL}/{talk.id}/messages/{message}/verdict"
    for name, verdict in (("Mori", "wrong"), ("Sato", "right")):
        agent = await client.hire(name)
        await client.http.post(url, json={"verdict": verdict}, headers=agent)
    listed = (await client.http.get("/v1/agent/verdicts", headers=agent)).json()["opinions"]
    assert [[one["verdict"] for one in reply["verdicts"]] for reply in listed] == [["wrong", "right"]]


async def test_only_replies_of_the_assistant_are_judged(
    client: ApiClient, reply: tuple[ApiConversation, str]
) -> None:
    talk, message = reply
    agent = await client.hire()
    theirs = next(m["id"] for m in (await talk.get())["messages"] if m["author"] == "customer")
    url = f"{URL}/{talk.id}/messages"
    wrong = {"verdict": "wrong"}
    assert (await client.http.post(f"{url}/{theirs}/verdict", json=wrong, headers=agent)).status_code == 422
    assert (await client.http.post(f"{url}/none/verdict", json=wrong, headers=agent)).status_code == 404
    bad = await client.http.post(f"{url}/{message}/verdict", json={"verdict": "fine"}, headers=agent)
    assert bad.status_code == 422
    assert (await client.http.post(f"{url}/{message}/verdict", json=wrong)).status_code == 401


async def test_a_verdict_goes_with_its_conversation(
    client: ApiClient, reply: tuple[ApiConversation, str]
) -> None:
    talk, message = reply
    agent = await client.hire()
    url = f"{URL}/{talk.id}/messages/{message}/verdict"
    await client.http.post(url, json={"verdict": "wrong"}, headers=agent)
    await client.rig.database.write(lambda store: store.erasure.erase_conversations([talk.id]))
    assert (await client.http.get("/v1/agent/verdicts", headers=agent)).json() == {"opinions": []}
