"""What stands beside the composer, over HTTP: related cases, wording, translation, the log of drafts."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from assistant.domain.conversation import Conversation
from assistant.domain.text_edits import EditedText, TextEdit
from tests.api.conftest import ApiClient
from tests.harness import Harness

QUESTION = "冷凍便で届いた荷物が溶けていました。返金してもらえますか？"
REPLY = "taro@example.jp さま、溶けていた冷凍便は全額返金いたします。"


async def solve_case(rig: Harness, question: str = QUESTION) -> str:
    mori, conversation = await rig.hire(uuid4().hex[:6]), (await rig.open()).conversation.id
    await rig.ask(conversation, question)
    await rig.claim(conversation, mori)
    await rig.reply(conversation, mori, REPLY)
    await rig.resolve(conversation, mori)
    return conversation


async def related(client: ApiClient, conversation: str, headers: dict[str, str]) -> dict[str, Any]:
    response = await client.http.get(f"/v1/agent/conversations/{conversation}/related", headers=headers)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def test_a_solved_case_and_a_saved_reply_like_the_question_are_shown(client: ApiClient) -> None:
    rig, mori = client.rig, await client.hire(admin=True)
    solved = await solve_case(rig)
    await solve_case(rig, "領収書の宛名を変えられますか？")
    for name, text in (
        ("溶けた荷物", "冷凍便が溶けていた場合は返金いたします。"),
        ("宛名", "領収書の宛名です。"),
    ):
        body = {"name": name, "text": text, "shared": True}
        await client.http.post("/v1/agent/saved-replies", json=body, headers=mori)
    conversation = (await rig.open()).conversation.id
    await rig.ask(conversation, QUESTION)
    found = await related(client, conversation, mori)
    assert [one["conversation"] for one in found["cases"]] == [solved]
    assert "全額返金" in found["cases"][0]["reply"]
    assert "taro@example.jp" not in found["cases"][0]["reply"]
    assert [one["name"] for one in found["replies"]] == ["溶けた荷物"]
    assert [one["answered_by"] for one in found["questions"]] == [None]


async def test_without_a_model_translation_says_so(client: ApiClient) -> None:
    mori, conversation = await client.hire(), (await client.rig.open()).conversation.id
    where = f"/v1/agent/conversations/{conversation}"
    for call, body in (
        ("translate", {"text": "返品できます。", "to": "en"}),
        ("rephrase", {"text": "返品できます。", "manner": "polite"}),
    ):
        response = await client.http.post(f"{where}/{call}", json=body, headers=mori)
        assert response.json() == {"text": "", "problem": "no_model", "differing": []}


async def test_a_message_is_translated_without_what_is_hidden_from_agents(client: ApiClient) -> None:
    seen: list[TextEdit] = []

    async def edit(_conversation: Conversation, wanted: TextEdit) -> EditedText:
        seen.append(wanted)
        return EditedText(text="<b>translated</b>")

    client.app.state.context = replace(client.app.state.context, edit_text=edit)
    mori, conversation = await client.hire(), (await client.rig.open()).conversation.id
    await client.rig.ask(conversation, "My card is 4012 8888 8888 1881")
    message = (await client.rig.messages(conversation))[0].id
    where = f"/v1/agent/conversations/{conversation}/translate"
    response = await client.http.post(where, json={"message": message, "to": "JA"}, headers=mori)
    assert response.json()["text"] == "<b>translated</b>"
    [wanted] = seen
    assert (wanted.target, wanted.is_draft) == ("ja", False)
    assert "4012 8888" not in wanted.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "x", "to": "tlh"}, 422),
        ({"to": "en"}, 422),
        ({"text": "x", "message": "y", "to": "en"}, 422),
        ({"message": "nothing", "to": "en"}, 404),
        ({"text": "x" * 4_001, "to": "en"}, 422),
    ],
    ids=["language", "nothing", "both", "unknown", "long"],
)
async def test_what_cannot_be_translated_is_refused(
    client: ApiClient, body: dict[str, str], status: int
) -> None:
    mori, conversation = await client.hire(), (await client.rig.open()).conversation.id
    where = f"/v1/agent/conversations/{conversation}/translate"
    assert (await client.http.post(where, json=body, headers=mori)).status_code == status


async def test_each_step_of_a_draft_is_counted_once(client: ApiClient) -> None:
    mori, conversation = await client.hire(), (await client.rig.open()).conversation.id
    steps = ["shown", "inserted", "inserted", "edited"]
    uses = [{"draft": "d1", "kind": "suggestion", "step": step} for step in steps]
    where = f"/v1/agent/conversations/{conversation}/drafts"
    assert (await client.http.post(where, json={"uses": uses}, headers=mori)).status_code == 204
    counted = (await client.http.get("/v1/agent/drafts", headers=mori)).json()["drafts"]
    assert counted == [{"kind": "suggestion", "shown": 1, "inserted": 1, "sent": 0, "edited": 1}]


async def test_wording_is_checked_and_the_help_is_asked_in_the_agents_words(client: ApiClient) -> None:
    mori, conversation = await client.hire(), (await client.rig.open()).conversation.id
    checked = await client.http.post("/v1/agent/wording", json={"text": "了解しました"}, headers=mori)
    [finding] = checked.json()["findings"]
    assert finding["instead"] == "承知いたしました"
    asked = {"question": "返品の期限は？"}
    where = f"/v1/agent/conversations/{conversation}/suggest"
    drafts = (await client.http.post(where, json=asked, headers=mori)).json()["suggestions"]
    assert "30日以内" in drafts[0]["text"]
    assert (await client.http.post(where, headers=mori)).json() == {"suggestions": []}


async def test_a_note_on_the_person_stands_in_their_next_conversation(client: ApiClient) -> None:
    mori, conversation = await client.hire(), (await client.rig.open()).conversation
    person = f"/v1/agent/customers/{conversation.customer}"
    body = {"text": "<b>夕方</b>の電話を希望。カード 4012 8888 8888 1881"}
    assert (await client.http.post(f"{person}/notes", json=body, headers=mori)).status_code == 201
    detail = await client.http.get(f"/v1/agent/conversations/{conversation.id}", headers=mori)
    [note] = detail.json()["customer"]["notes"]
    assert (note["agent_name"], "4012 8888" in note["text"]) == ("Mori", False)
    removed = await client.http.delete(f"{person}/notes/{note['id']}", headers=mori)
    assert removed.status_code == 204
    [way] = (await client.http.get(f"{person}/ways", headers=mori)).json()["ways"]
    assert way["obstacle"] == "web"
    start = {"id": str(uuid4()), "way": "none", "text": "こんにちは"}
    refused = await client.http.post(f"{person}/conversations", json=start, headers=mori)
    assert refused.status_code == 404
