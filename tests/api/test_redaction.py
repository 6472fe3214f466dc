"""Agents see that a customer pasted a card number or a key; what it is only on request, and that is noted."""

import json
import random

import pytest

from assistant.domain.confidential import is_card_number, mask_secrets
from tests.api.conftest import ApiClient, events

CARD = "4111 1111 1111 1111"
KEY = "sk-live-abcdefghijklmnop1234"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"カードは{CARD}です", "カードは••••1111です"),
        ("カードは４１１１－１１１１－１１１１－１１１１です", "カードは••••1111です"),
        (f"my key is {KEY}, help", "my key is ••••, help"),
        ("パスワードは hunter2!です", "パスワードは••••です"),
        ("注文番号は 4111 1111 1111 1112 です", "注文番号は 4111 1111 1111 1112 です"),
        ("電話は 03-1234-5678", "電話は 03-1234-5678"),
        ("090-1234-5678 4111 1111 1111 1111", "090-1234-5678 ••••1111"),
        ("4242.4242.4242.4242", "••••4242"),
        ("4242  4242\n4242\u00a04242 12 27 123", "••••4242 12 27 123"),
        ("No.4242-4242-4242-4242-", "No.••••4242-"),
        ("3782 822463 10005", "••••0005"),
        ("2021 2022 2023 2024", "2021 2022 2023 2024"),
    ],
)
def test_what_is_hidden(text: str, shown: str) -> None:
    assert mask_secrets(text) == shown


async def test_nothing_that_agents_are_shown_holds_it_until_they_ask(client: ApiClient) -> None:
    agent, talk = await client.hire(), await client.open()
    said = (await talk.say(f"カード {CARD} と鍵 {KEY} で払えません")).json()["message"]
    assert CARD in said["text"], "the customer sees what they wrote"
    await talk.post("handoff")
    table = (await client.http.get(f"/v1/agent/conversations/{talk.id}", headers=agent)).json()
    inbox = (await client.http.get("/v1/agent/conversations?state=queued", headers=agent)).json()
    streamed = await events(client.http, "/v1/agent/events", agent | {"Last-Event-ID": "0"}, until=3)
    for shown in (table, inbox, streamed):
        text = json.dumps(shown, ensure_ascii=False)
        assert "••••1111" in text
        assert "1111 1111" not in text
        assert KEY not in text
    assert [fact for fact in table["handoff"]["facts"]["claimed"] if "phone" in fact] == []
    message = next(one for one in table["messages"] if one["author"] == "customer")
    assert message["hidden"]

    url = f"/v1/agent/conversations/{talk.id}/messages/{message['id']}/reveal"
    assert (await client.http.post(url, headers=talk.headers)).status_code == 401
    revealed = (await client.http.post(url, headers=agent)).json()["message"]
    assert CARD in revealed["text"]
    assert CARD in revealed["html"]
    noted = await client.rig.database.read(lambda store: store.audit.list_entries())
    (row,) = [one for one in noted if one.action == "reveal"]
    assert row.details == {"conversation": talk.id, "message": message["id"]}


async def test_the_id_of_a_note_gives_nothing_away(client: ApiClient) -> None:
    agent, talk = await client.hire(), await client.open()
    url, note = f"/v1/agent/conversations/{talk.id}/messages", "8a6f3a4e-6a54-4b51-9d2c-1f6f0f4b7c11"
    body = {"id": note, "text": "a secret note", "private": True}
    assert (await client.http.post(url, json=body, headers=agent)).status_code == 201
    answer = await talk.say("こんにちは", note)
    assert answer.status_code == 409
    assert "secret" not in answer.text
    other = await client.hire("Sato")
    assert (await client.http.post(url, json=body, headers=other)).status_code == 409


def test_no_card_after_a_phone_number_stays_half_visible() -> None:
    """A chance run of digits that passes the check must not keep the card beside it from being hidden."""
    chance = random.Random(3)
    for _ in range(300):
        body = "4" + "".join(str(chance.randrange(10)) for _ in range(14))
        card = next(f"{body}{last}" for last in range(10) if is_card_number(f"{body}{last}"))
        spaced = " ".join(card[at : at + 4] for at in range(0, 16, 4))
        shown = mask_secrets(f"090-{chance.randrange(10_000):04}-{chance.randrange(10_000):04} {spaced}")
        assert card[:4] not in shown.replace("•", " ").split()[-1]
        assert spaced[:9] not in shown
        assert spaced[-9:] not in shown
