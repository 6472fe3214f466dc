"""The agents' side over HTTP."""

import asyncio
from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from assistant.domain.signals import Decision, Signals, Verdict
from assistant.domain.turns import TurnRecord
from assistant.storage.store import SqlStore
from tests.api.conftest import PASSWORD, ApiClient, events


async def test_signing_in_needs_the_right_password(client: ApiClient) -> None:
    await client.hire()
    for email, password, status in (
        ("mori@shop.example", PASSWORD, 200),
        (" MORI@shop.example ", PASSWORD, 200),
        ("mori@shop.example", "wrong", 401),
        ("nobody@shop.example", PASSWORD, 401),
    ):
        body = {"email": email, "password": password}
        assert (await client.http.post("/v1/agent/login", json=body)).status_code == status


async def test_a_browser_session_needs_its_csrf_token_to_change_anything(client: ApiClient) -> None:
    await client.hire()
    conversation = await client.open()
    body = {"email": "mori@shop.example", "password": PASSWORD}
    signed_in = await client.http.post("/v1/agent/login", json=body)
    assert "httponly" in signed_in.headers["set-cookie"].lower()
    url = f"/v1/agent/conversations/{conversation.id}/claim"
    assert (await client.http.get("/v1/agent/me")).status_code == 200
    assert (await client.http.post(url)).status_code == 403
    token = {"X-CSRF-Token": signed_in.json()["csrf"]}
    assert (await client.http.post(url, headers=token)).status_code == 200
    assert (await client.http.post("/v1/agent/logout", headers=token)).status_code == 204
    assert (await client.http.get("/v1/agent/me")).status_code == 401


async def test_without_signing_in_there_is_nothing_to_see(client: ApiClient) -> None:
    conversation = await client.open()
    for url in ("/v1/agent/conversations", f"/v1/agent/conversations/{conversation.id}", "/v1/agent/metrics"):
        assert (await client.http.get(url)).status_code == 401
        wrong = {"Authorization": f"Bearer {conversation.token}"}
        assert (await client.http.get(url, headers=wrong)).status_code == 401


def add_turn(store: SqlStore, conversation: str, record: TurnRecord, now: datetime) -> None:
    store.turns.add(conversation, record.turn + 1, record, now)


@pytest.mark.parametrize(
    ("turns", "marks"),
    [
        ([Signals(distress=0.9, frustration=0.6)], ["distress", "anger"]),
        ([Signals(sensitive="harm")], []),
        ([Signals(harassment=0.8), Signals(turn=1)], ["harassment"]),
        ([Signals(frustration=0.9), *(Signals(turn=turn) for turn in range(1, 4))], []),
        ([Signals(worry=0.9, complaint=0.9)], []),
        ([], []),
    ],
    ids=["distress", "an accident", "a turn before", "long ago", "no mark", "not read"],
)
async def test_a_row_says_what_to_know_before_opening_it(
    client: ApiClient, turns: list[Signals], marks: list[str]
) -> None:
    agent, talk = await client.hire(), await client.open()
    for signals in turns:
        record = TurnRecord(
            turn=signals.turn,
            message_id=f"m{signals.turn}",
            reply_id=None,
            signals=signals,
            verdict=Verdict(decision=Decision.ANSWER),
        )
        add = partial(add_turn, conversation=talk.id, record=record, now=client.rig.clock())
        await client.rig.database.write(add)
    page = (await client.http.get("/v1/agent/conversations", headers=agent)).json()
    assert [row["marks"] for row in page["conversations"]] == [marks]
    table = (await client.http.get(f"/v1/agent/conversations/{talk.id}", headers=agent)).json()
    assert [turn["signals"]["harassment"] for turn in table["turns"]] == [one.harassment for one in turns]


@pytest.mark.parametrize(
    ("text", "mark"), [("いい加減にしろ！ふざけるな！！", "anger"), ("もう死にたいです", "distress")]
)
async def test_what_is_written_while_waiting_marks_the_row(client: ApiClient, text: str, mark: str) -> None:
    agent, talk = await client.hire(), await client.open()

    async def marks() -> Any:
        page = (await client.http.get("/v1/agent/conversations", headers=agent)).json()
        return page["conversations"][0]["marks"]

    await talk.post("handoff")
    assert await marks() == []
    await talk.say(text)
    await talk.answered(2)
    assert mark in await marks()
    await talk.post("handoff/cancel")
    assert await marks() == []


async def test_a_row_tells_the_matter_not_the_last_words(client: ApiClient) -> None:
    agent, talk = await client.hire(), await client.open()
    for text in ("届いた皿が割れていました", "もういいです"):
        await talk.say(text)
    await talk.post("handoff")
    page = (await client.http.get("/v1/agent/conversations?state=queued", headers=agent)).json()
    assert [row["ask"] for row in page["conversations"]] == ["届いた皿が割れていました"]


async def test_the_inbox_shows_the_longest_waiting_first(client: ApiClient) -> None:
    agent = await client.hire()
    waiting = []
    for text in ("一番目", "二番目"):
        conversation = await client.open()
        await conversation.say(text)
        await conversation.post("handoff")
        waiting.append(conversation.id)
    page = (await client.http.get("/v1/agent/conversations?state=queued", headers=agent)).json()
    assert [row["id"] for row in page["conversations"]] == waiting
    assert [row["ask"] for row in page["conversations"]] == ["一番目", "二番目"]
    assert page["counts"]["queued"] == 2


async def test_empty_filters_of_the_inbox_are_no_filters(client: ApiClient) -> None:
    agent, conversation = await client.hire(), await client.open()
    page = await client.http.get("/v1/agent/conversations?state=&mine=&after=", headers=agent)
    assert [row["id"] for row in page.json()["conversations"]] == [conversation.id]
    assert (await client.http.get("/v1/agent/conversations?state=lost", headers=agent)).status_code == 422
    mine = await client.http.get("/v1/agent/conversations?mine=true", headers=agent)
    assert mine.json()["conversations"] == []


async def test_of_many_agents_who_claim_at_once_exactly_one_wins(client: ApiClient) -> None:
    conversation = await client.open()
    await conversation.post("handoff")
    agents = [await client.hire(f"Agent{n}") for n in range(10)]
    url = f"/v1/agent/conversations/{conversation.id}/claim"
    responses = await asyncio.gather(*(client.http.post(url, headers=agent) for agent in agents))
    statuses = sorted(response.status_code for response in responses)
    assert statuses == [200] + [409] * 9
    refused = next(response for response in responses if response.status_code == 409).json()["error"]
    assert refused["code"] == "already_claimed"
    assert refused["agent"]["name"] in refused["message"]


async def test_the_whole_desk(client: ApiClient) -> None:
    agent, conversation = await client.hire(), await client.open()
    await conversation.say("返品の期限は？")
    await conversation.answered()
    await conversation.post("handoff")
    url = f"/v1/agent/conversations/{conversation.id}"
    table = (await client.http.get(url, headers=agent)).json()
    assert table["handoff"]["trigger"]["reason"] == "asked_for_person"
    assert table["turns"][0]["decision"] == "answer"
    assert table["turns"][0]["sources"][0]["shown"]
    hello = {"id": str(uuid4()), "text": "担当の森です"}
    assert (await client.http.post(f"{url}/messages", json=hello, headers=agent)).status_code == 409
    assert (await client.http.post(f"{url}/claim", headers=agent)).status_code == 200
    assert (await client.http.post(f"{url}/messages", json=hello, headers=agent)).status_code == 201
    assert (await client.http.post(f"{url}/messages", json=hello, headers=agent)).status_code == 201
    said = [m for m in (await conversation.get())["messages"] if m["author"] == "agent"]
    assert [(m["text"], m["agent"]) for m in said] == [("担当の森です", {"name": "Mori"})]
    suggestions = (await client.http.post(f"{url}/suggest", headers=agent)).json()["suggestions"]
    assert suggestions[0]["citations"][0]["article"] == "ja/returns.md"
    assert suggestions[0]["html"].startswith("<p>")
    assert "[1]" not in suggestions[0]["html"]
    assert (await client.http.post(f"{url}/return", headers=agent)).json()["conversation"][
        "state"
    ] == "assistant"
    solved = {"outcome": "solved", "note": "説明済み"}
    assert (await client.http.post(f"{url}/resolve", json=solved, headers=agent)).status_code == 409
    await client.http.post(f"{url}/claim", headers=agent)
    resolved = await client.http.post(f"{url}/resolve", json=solved, headers=agent)
    assert resolved.json()["conversation"]["outcome"] == "solved"
    assert (await conversation.get())["survey"]["kind"] == "csat"


async def test_an_agents_stream_follows_every_conversation_and_resumes(client: ApiClient) -> None:
    agent = await client.hire()
    from_the_first = agent | {"Last-Event-ID": "0"}
    watching = asyncio.create_task(events(client.http, "/v1/agent/events", from_the_first, 3))
    conversation = await client.open()
    await conversation.say("返品の期限は？")
    await conversation.answered()
    seen = [one for one in await watching if "id" in one]
    assert seen[0]["event"] == "conversation"
    assert seen[0]["data"]["id"] == conversation.id
    resumed = await events(client.http, "/v1/agent/events", agent | {"Last-Event-ID": seen[0]["id"]}, 1)
    assert int(resumed[0]["id"]) == int(seen[0]["id"]) + 1


async def test_an_agents_stream_that_cannot_resume_says_so(client: ApiClient) -> None:
    agent = await client.hire()
    (first,) = await events(client.http, "/v1/agent/events", agent | {"Last-Event-ID": "12345"}, 1)
    assert first["event"] == "reset"


async def test_an_unknown_conversation_is_not_found(client: ApiClient) -> None:
    agent = await client.hire()
    for method, url in (("GET", "nowhere"), ("POST", "nowhere/claim"), ("POST", "nowhere/return")):
        response = await client.http.request(method, f"/v1/agent/conversations/{url}", headers=agent)
        assert response.status_code == 404


async def test_the_numbers_count_conversations_handoffs_and_satisfaction(client: ApiClient) -> None:
    agent, conversation = await client.hire(), await client.open()
    await conversation.post("handoff")
    await conversation.post("feedback", {"kind": "csat", "value": 4})
    numbers = (await client.http.get("/v1/agent/metrics", headers=agent)).json()
    assert (numbers["conversations"], numbers["handoffs"], numbers["csat"]) == (
        1,
        1,
        {"mean": 4.0, "count": 1},
    )
    assert numbers["by_reason"] == {"asked_for_person": 1}
    assert (await client.http.get("/v1/agent/metrics?from=2199-01-01", headers=agent)).json()[
        "conversations"
    ] == 0
    assert (await client.http.get("/v1/agent/metrics?from=yesterday", headers=agent)).status_code == 422
