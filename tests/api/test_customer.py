"""The customer's side over HTTP."""

import asyncio
import hashlib
import hmac
import json
from uuid import uuid4

import pytest

from tests.api.conftest import ApiClient, ApiConversation, events
from tests.harness import IDENTITY_KEY


async def test_a_question_is_taken_in_and_answered(client: ApiClient) -> None:
    conversation = await client.open()
    response = await conversation.say("返品の期限は？")
    assert response.status_code == 202
    assert response.json()["message"]["seq"] == 1
    (answer,) = await conversation.answered()
    assert "30日以内" in answer["text"]
    assert answer["citations"][0]["article"] == "ja/returns.md"
    assert 'data-cite="1"' in answer["html"]
    assert set(answer) >= {
        "id", "seq", "author", "text", "html", "citations", "buttons", "created_at", "lang", "kind", "agent",
    }  # fmt: skip


async def test_the_same_message_again_answers_the_same(client: ApiClient) -> None:
    conversation, same = await client.open(), str(uuid4())
    first, again = await conversation.say("返品は？", same), await conversation.say("返品は？", same)
    assert first.json() == again.json()
    assert len([m for m in (await conversation.get())["messages"] if m["author"] == "customer"]) == 1


@pytest.mark.parametrize("copies", [8])
async def test_copies_of_a_message_that_race_are_one_message(client: ApiClient, copies: int) -> None:
    conversation, same = await client.open(), str(uuid4())
    responses = await asyncio.gather(*(conversation.say("返品は？", same) for _ in range(copies)))
    assert {response.status_code for response in responses} == {202}
    await conversation.answered()
    assert [m["author"] for m in (await conversation.get())["messages"]] == ["customer", "assistant"]


async def test_another_conversations_token_opens_nothing(client: ApiClient) -> None:
    mine, other = await client.open(), await client.open()
    thief = ApiConversation(client.http, mine.id, other.token)
    for response in (
        await thief.say("見せて"),
        await thief.post("handoff"),
        await client.http.get(f"/v1/conversations/{mine.id}", headers=thief.headers),
        await client.http.get(f"/v1/conversations/{mine.id}/events", headers=thief.headers),
    ):
        assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")
    assert (await client.http.get(f"/v1/conversations/{mine.id}")).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"id": "no uuid", "text": "x"}, 422),
        ({"id": str(uuid4())}, 422),
        ({"id": str(uuid4()), "text": ""}, 422),
        ({"id": str(uuid4()), "text": "あ" * 4001}, 413),
        ({"id": str(uuid4()), "text": "x" * 400_000}, 413),
        ({"id": str(uuid4()), "text": 7}, 422),
        ([], 422),
    ],
    ids=["id", "no text", "empty", "too long", "far too long", "a number", "a list"],
)
async def test_bad_input_gets_a_clear_error_and_stores_nothing(
    client: ApiClient, body: object, status: int
) -> None:
    conversation = await client.open()
    response = await conversation.post("messages", body)
    assert response.status_code == status
    assert response.json()["error"]["message"]
    assert (await conversation.get())["messages"] == []


async def test_what_is_no_json_is_a_bad_request(client: ApiClient) -> None:
    response = await client.http.post(
        "/v1/conversations", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_request")


async def test_a_closed_conversation_takes_no_more_messages(client: ApiClient) -> None:
    conversation = await client.open()
    assert (await conversation.post("close")).json() == {"state": "closed"}
    response = await conversation.say("まだいますか")
    assert (response.status_code, response.json()["error"]["code"]) == (409, "conversation_closed")


async def test_the_button_for_a_person_works_with_index_and_model_down(client: ApiClient) -> None:
    client.rig.passages.down = True
    conversation = await client.open()
    response = await conversation.post("handoff")
    assert (response.status_code, response.json()["state"]) == (202, "queued")
    assert response.json()["message"]["kind"] == "handoff"
    assert (await conversation.post("handoff/cancel")).json() == {"state": "assistant"}
    assert (await conversation.post("handoff/cancel")).status_code == 409


async def test_only_a_signed_id_is_believed(client: ApiClient) -> None:
    good = hmac.new(IDENTITY_KEY, b"alice", hashlib.sha256).hexdigest()
    agent = await client.hire()

    async def verified(signature: str | None) -> bool:
        conversation = await client.open(customer={"id": "alice", "signature": signature})
        await conversation.post("handoff")
        url = f"/v1/agent/conversations/{conversation.id}"
        card = (await client.http.get(url, headers=agent)).json()["customer"]
        return bool(card["verified"])

    assert [await verified(s) for s in (good, "0" * 64, None)] == [True, False, False]


async def test_a_signed_customer_has_one_history(client: ApiClient) -> None:
    good = hmac.new(IDENTITY_KEY, b"alice", hashlib.sha256).hexdigest()
    agent = await client.hire()
    first = await client.open(customer={"id": "alice", "signature": good})
    await first.say("返品の期限は？")
    await first.answered()
    second = await client.open(customer={"id": "alice", "signature": good})
    url = f"/v1/agent/conversations/{second.id}"
    previous = (await client.http.get(url, headers=agent)).json()["customer"]["previous"]
    assert [one["conversation"] for one in previous] == [first.id]


@pytest.mark.parametrize(
    ("feedback", "status"),
    [
        ({"kind": "csat", "value": 5}, 201),
        ({"kind": "csat", "value": 6}, 422),
        ({"kind": "thumb", "value": -1}, 201),
        ({"kind": "nps", "value": 10, "comment": "よかった"}, 201),
        ({"kind": "stars", "value": 1}, 422),
        ({"kind": "thumb", "value": 1, "message_id": "unknown"}, 422),
    ],
    ids=str,
)
async def test_feedback_is_kept_within_its_scale(
    client: ApiClient, feedback: dict[str, object], status: int
) -> None:
    conversation = await client.open()
    assert (await conversation.post("feedback", feedback)).status_code == status


async def test_a_stream_begins_with_the_state_and_brings_every_message_once(client: ApiClient) -> None:
    conversation = await client.open()
    await conversation.say("返品の期限は？")
    await conversation.answered()
    url = f"/v1/conversations/{conversation.id}/events"
    first, *messages = await events(client.http, url, conversation.headers, 3)
    assert (first["event"], first["data"]["state"]) == ("state", "assistant")
    assert [(m["event"], m["id"], m["data"]["author"]) for m in messages] == [
        ("message", "1", "customer"),
        ("message", "2", "assistant"),
    ]


async def test_a_stream_resumes_after_the_last_event_that_was_seen(client: ApiClient) -> None:
    conversation = await client.open()
    await conversation.say("返品の期限は？")
    await conversation.answered()
    url = f"/v1/conversations/{conversation.id}/events"
    resumed = await events(client.http, url, conversation.headers | {"Last-Event-ID": "1"}, 2)
    assert [one.get("id") for one in resumed] == [None, "2"]


async def test_a_stream_that_cannot_resume_says_so_and_starts_over(client: ApiClient) -> None:
    conversation = await client.open()
    await conversation.say("返品の期限は？")
    await conversation.answered()
    url = f"/v1/conversations/{conversation.id}/events"
    names = [
        one["event"]
        for one in await events(client.http, url, conversation.headers | {"Last-Event-ID": "999"}, 3)
    ]
    assert names == ["reset", "state", "message"]


async def test_what_happens_later_reaches_an_open_stream(client: ApiClient) -> None:
    conversation = await client.open()
    url = f"/v1/conversations/{conversation.id}/events"
    watching = asyncio.create_task(events(client.http, url, conversation.headers, 6))
    await asyncio.sleep(0.1)
    await conversation.say("返品の期限は？")
    seen = [one["event"] for one in await watching]
    assert seen[0] == "state"
    assert {"typing", "delta", "message"} <= set(seen)


async def test_private_notes_and_signals_stay_on_our_side(client: ApiClient) -> None:
    conversation, agent = await client.open(), await client.hire()
    await conversation.say("返品の期限は？")
    await conversation.answered()
    url = f"/v1/agent/conversations/{conversation.id}"
    note = {"id": str(uuid4()), "text": "秘密のメモ", "private": True}
    assert (await client.http.post(f"{url}/messages", json=note, headers=agent)).status_code == 201
    found = await conversation.get()
    stream = await events(client.http, f"/v1/conversations/{conversation.id}/events", conversation.headers, 3)
    assert "秘密のメモ" not in str(found) + str(stream)
    assert "frustration" not in str(found) + str(stream)


async def test_the_widget_learns_what_to_say_first(client: ApiClient) -> None:
    for lang, example in (("ja", "返品の期限"), ("en-GB", "Return deadline"), ("fr", "返品の期限")):
        found = (await client.http.get("/v1/widget", params={"lang": lang})).json()
        assert found["examples"] == [example]
        assert found["greeting"]
        assert found["disclosure"]


async def test_too_many_messages_are_slowed_down(client: ApiClient) -> None:
    conversation = await client.open()
    responses = await asyncio.gather(*(conversation.say("返品は？") for _ in range(40)))
    slowed = [response for response in responses if response.status_code == 429]
    assert slowed
    assert int(slowed[0].headers["Retry-After"]) >= 1


async def test_who_only_knows_a_conversation_cannot_use_up_its_rate(client: ApiClient) -> None:
    conversation = await client.open()
    stranger = ApiConversation(client.http, conversation.id, "no such token")
    refused = await asyncio.gather(*(stranger.say("x") for _ in range(40)))
    assert {response.status_code for response in refused} <= {404, 429}
    assert (await conversation.say("返品は？")).status_code == 202
    assert [m["text"] for m in (await conversation.get())["messages"] if m["author"] == "customer"] == [
        "返品は？"
    ]


async def test_what_a_page_says_of_its_visitor_reaches_the_agent_as_claimed(client: ApiClient) -> None:
    talk, agent = await client.open(), await client.hire()
    said = {"plan": " pro\u202e ", "seats": 1200, "trial": False}
    assert (await talk.post("attributes", {"attributes": said})).status_code == 204
    assert (await talk.post("attributes", {"attributes": {"trial": None, "note": "<b>"}})).status_code == 204
    seen = await client.http.get(f"/v1/agent/conversations/{talk.id}", headers=agent)
    assert seen.json()["customer"]["attributes"] == {
        "claimed_plan": "pro",
        "claimed_seats": "1,200",
        "claimed_note": "<b>",
    }


@pytest.mark.parametrize(
    "said",
    [
        {"id": "c-1"},
        {"a b": 1},
        {"": 1},
        {"x" * 41: 1},
        {"a": "x" * 201},
        {"a": ["list"]},
        {"a": {"b": 1}},
        {"a": 1e400},
        {"a": 2**60},
        {f"a{n}": n for n in range(21)},
    ],
)
async def test_what_is_no_attribute_is_refused_and_nothing_is_kept(
    client: ApiClient, said: dict[str, object]
) -> None:
    talk, agent = await client.open(), await client.hire()
    body = json.dumps({"attributes": {"good": 1, **said}}).replace("Infinity", "1e400")
    headers = talk.headers | {"Content-Type": "application/json"}
    url = f"/v1/conversations/{talk.id}/attributes"
    assert (await client.http.post(url, content=body, headers=headers)).status_code == 422
    seen = await client.http.get(f"/v1/agent/conversations/{talk.id}", headers=agent)
    assert seen.json()["customer"]["attributes"] == {}


async def test_attributes_do_not_add_up_without_end(client: ApiClient) -> None:
    talk = await client.open()
    statuses = [
        (await talk.post("attributes", {"attributes": {f"{letter}{n}": n for n in range(10)}})).status_code
        for letter in "abc"
    ]
    assert statuses == [204, 204, 422]
