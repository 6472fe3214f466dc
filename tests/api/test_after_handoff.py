"""Waiting for a person, over HTTP: what is told, adding to it, changing one's mind, and being given back."""

import hmac
from datetime import UTC, datetime
from typing import Any

import pytest

from assistant.conversation.templates import render_template
from assistant.domain.policy import BusinessHours, Policy
from tests.api.conftest import ApiClient, ApiConversation
from tests.harness import IDENTITY_KEY

WISH = "担当者につないでください"


async def handed_over(client: ApiClient, **body: Any) -> tuple[ApiConversation, dict[str, Any]]:
    conversation = await client.open(**body)
    await conversation.say(WISH)
    [told] = await conversation.answered()
    return conversation, told


async def packet(client: ApiClient, conversation: str, agent: dict[str, str]) -> dict[str, Any]:
    response = await client.http.get(f"/v1/agent/conversations/{conversation}", headers=agent)
    found: dict[str, Any] = response.json()["handoff"]
    return found


async def test_the_place_in_the_queue_is_the_real_one(client: ApiClient) -> None:
    agent = await client.hire()
    conversation, _ = await handed_over(client)
    await client.http.post(f"/v1/agent/conversations/{conversation.id}/claim", headers=agent)
    for ahead in range(3):
        _, told = await handed_over(client)
        expected = {
            0: render_template("waiting_next", "ja"),
            1: render_template("waiting_one_ahead", "ja"),
            2: render_template("waiting_queue", "ja", ahead="2"),
        }[ahead]
        assert told["text"].endswith(expected)


async def test_a_wait_is_told_in_minutes_once_there_were_enough(client: ApiClient) -> None:
    agent = await client.hire()
    for _ in range(5):
        conversation, _ = await handed_over(client)
        claimed = await client.http.post(f"/v1/agent/conversations/{conversation.id}/claim", headers=agent)
        assert claimed.status_code == 200
    _, told = await handed_over(client)
    assert render_template("waiting_minute", "ja") in told["text"]


async def test_what_was_told_is_what_the_agent_sees(client: ApiClient) -> None:
    agent = await client.hire()
    conversation, told = await handed_over(client)
    assert (await packet(client, conversation.id, agent))["told_customer"] == told["text"]


async def test_whoever_waits_may_add_and_nobody_but_the_agent_answers(client: ApiClient) -> None:
    agent = await client.hire()
    conversation, _ = await handed_over(client)
    added = await conversation.say("注文番号は20481199です")
    assert added.status_code == 202
    await conversation.say("返品の期限はいつまでですか")
    await client.http.post(f"/v1/agent/conversations/{conversation.id}/claim", headers=agent)
    found = await conversation.get()
    assert found["state"] == "agent"
    texts = [message["text"] for message in found["messages"] if message["author"] == "assistant"]
    assert not any("30日" in text for text in texts), "that it is passed on, and no answer"
    shown = (await client.http.get(f"/v1/agent/conversations/{conversation.id}", headers=agent)).json()
    assert "注文番号は20481199です" in [message["text"] for message in shown["messages"]]


async def test_a_change_of_mind_goes_back_to_the_assistant(client: ApiClient) -> None:
    conversation, _ = await handed_over(client)
    cancelled = await conversation.post("handoff/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "assistant")
    await conversation.say("返品の期限はいつまでですか")
    answers = await conversation.answered(3)
    assert answers[1]["text"] == render_template("handoff_cancelled", "ja")
    assert "30日" in answers[2]["text"]
    assert (await conversation.get())["state"] == "assistant", "the old wish does not fire again"
    assert (await conversation.post("handoff/cancel")).status_code == 409


async def test_after_return_neither_an_old_wish_nor_old_anger_fires_again(client: ApiClient) -> None:
    agent = await client.hire()
    conversation = await client.open()
    await conversation.say("もういい加減にしてください。話になりません。責任者を出してください。")
    await conversation.answered()
    for act in ("claim", "return"):
        done = await client.http.post(f"/v1/agent/conversations/{conversation.id}/{act}", headers=agent)
        assert done.status_code == 200
    said = len([m for m in (await conversation.get())["messages"] if m["author"] != "customer"])
    await conversation.say("返品の期限はいつまでですか")
    answer = (await conversation.answered(said + 1))[-1]
    assert "30日" in answer["text"]
    assert (await conversation.get())["state"] == "assistant"


async def test_a_new_conversation_carries_no_old_wish(client: ApiClient) -> None:
    conversation, _ = await handed_over(client)
    await conversation.post("close")
    again = await client.open(previous={"id": conversation.id, "token": conversation.token})
    await again.say("返品の期限はいつまでですか")
    [answer] = await again.answered()
    assert "30日" in answer["text"]
    assert (await again.get())["state"] == "assistant"


class TestOutsideHours:
    @pytest.fixture
    def policy(self) -> Policy:
        in_two_days = (datetime.now(UTC).weekday() + 2) % 7
        return Policy(hours=BusinessHours(zone="UTC", days={in_two_days: ("10:00", "11:00")}))

    async def test_the_opening_is_told_and_an_address_asked_for_once(self, client: ApiClient) -> None:
        conversation, told = await handed_over(client)
        assert "受付時間外" in told["text"]
        assert "10:00（UTC+0）以降" in told["text"]
        assert told["text"].count(render_template("ask_contact", "ja")) == 1
        assert told["kind"] == "handoff"
        await conversation.post("handoff/cancel")
        await conversation.say(WISH)
        again = (await conversation.answered(3))[-1]["text"]
        assert "受付時間外" in again
        assert render_template("ask_contact", "ja") not in again

    async def test_the_desk_sees_a_left_address_and_the_promised_return(self, client: ApiClient) -> None:
        agent = await client.hire()
        conversation, _ = await handed_over(client)
        await conversation.say("hana@example.jp へお願いします")
        shown = await client.http.get(f"/v1/agent/conversations/{conversation.id}", headers=agent)
        [contact] = shown.json()["contacts"]
        assert (contact["kind"], contact["value"]) == ("e-mail", "hana@example.jp")
        assert contact["writable"] is False, "no e-mail is set up"
        assert "T10:00:00" in contact["answer_from"]

    async def test_the_greeting_does_not_promise_a_person_who_is_away(self, client: ApiClient) -> None:
        for lang, away, promise in (
            ("ja", "10:00（UTC+0）以降", "いつでも"),
            ("en", "10:00 (UTC+0) on", "at any time"),
        ):
            shown = (await client.http.get(f"/v1/widget?lang={lang}")).json()
            assert away in shown["disclosure"]
            assert promise not in shown["greeting"] + shown["disclosure"]

    async def test_who_can_be_reached_anyway_is_not_asked(self, client: ApiClient) -> None:
        signature = hmac.new(IDENTITY_KEY, b"customer-7", "sha256").hexdigest()
        customer = {"id": "customer-7", "email": "hana@example.jp", "signature": signature}
        _, told = await handed_over(client, customer=customer)
        assert render_template("ask_contact", "ja") not in told["text"]
