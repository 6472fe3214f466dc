"""Synonyms over HTTP: a support lead keeps the list, failed questions propose words for it."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from assistant.domain.knowledge import Article, Chunk, Terms
from assistant.domain.signals import Decision, Reason, Signals, Verdict
from assistant.domain.turns import TurnRecord, TurnSource
from assistant.storage.store import SqlStore
from assistant.text.segmentation import tokenize_text
from tests.api.conftest import ApiClient, ApiConversation

URL = "/v1/agent/knowledge/synonyms"
NOW = datetime(2026, 11, 1, tzinfo=UTC)


async def test_a_lead_replaces_the_list_and_every_process_hears_of_it(client: ApiClient) -> None:
    lead, other = await client.hire("Sato", lead=True), await client.hire("Mori")
    before = await client.rig.database.read(lambda store: store.articles.load_version())
    body = {"groups": [[" スキップ ", "定期便の停止", "スキップ"], ["VIP", "gold  member"]]}
    assert (await client.http.post(URL, json=body, headers=other)).status_code == 403
    saved = await client.http.post(URL, json=body, headers=lead)
    groups = [["スキップ", "定期便の停止"], ["VIP", "gold member"]]
    assert saved.json() == {"groups": groups}
    assert (await client.http.get(URL, headers=other)).json() == {"groups": groups}
    after = await client.rig.database.read(lambda store: store.articles.load_version())
    assert after > before
    entries = await client.rig.database.read(lambda store: store.audit.list_entries())
    assert [(one.action, one.details) for one in entries if one.action == "synonyms"] == [
        ("synonyms", {"groups": 2})
    ]
    await client.http.post(URL, json={"groups": []}, headers=lead)
    assert (await client.http.get(URL, headers=lead)).json() == {"groups": []}


@pytest.mark.parametrize(
    "groups",
    [[["one"]], [["same", "same"]], [["x" * 41, "y"]], [["a", "b"]] * 301, [["w"] * 11]],
)
async def test_what_cannot_be_a_group_is_refused(client: ApiClient, groups: Any) -> None:
    lead = await client.hire("Sato", lead=True)
    refused = await client.http.post(URL, json={"groups": groups}, headers=lead)
    assert refused.status_code in (400, 422), refused.text
    assert (await client.http.get(URL, headers=lead)).json() == {"groups": []}


def build_turn(turn: int, query: str, shown: str | None) -> TurnRecord:
    verdict = (
        Verdict(decision=Decision.ANSWER)
        if shown
        else Verdict(decision=Decision.ABSTAIN, reason=Reason.NO_ANSWER)
    )
    sources = (TurnSource(article=shown, title=f"title of {shown}", score=0.9, shown=True),) if shown else ()
    return TurnRecord(
        signals=Signals(turn=turn),
        verdict=verdict,
        query=query,
        sources=sources,
        turn=turn,
        message_id=f"m{turn}",
        reply_id=None,
    )


async def ask(client: ApiClient, *turns: tuple[str, str | None]) -> ApiConversation:
    conversation = await client.open()

    def save(store: SqlStore) -> None:
        for number, (query, shown) in enumerate(turns):
            store.turns.add(conversation.id, number + 1, build_turn(number, query, shown), NOW)

    await client.rig.database.write(save)
    return conversation


async def test_words_of_failed_questions_are_proposed_beside_the_article_that_helped(
    client: ApiClient,
) -> None:
    def fill(store: SqlStore) -> None:
        article = Article(id="pause.md", title="定期便の停止", language="ja", text="定期便の停止", tags=())
        chunk = Chunk(position=0, headings=(), text=article.text, tokens=4)
        body = " ".join(tokenize_text("定期便の停止 注文"))
        store.articles.save_article(article, [(chunk, Terms(title="", headings="", body=body))])

    await client.rig.database.write(fill)
    # Two conversations fail with a word and find the same article by other words; one alone proposes nothing.
    await ask(client, ("スキップは？", None), ("定期便の停止", "pause.md"))
    await ask(client, ("スキップ 注文", None), ("またスキップ", None), ("停止したい", "pause.md"))
    await ask(client, ("ストップは？", None), ("定期便の停止", "pause.md"))
    # Nothing was found later: nobody knows what it means.
    await ask(client, ("ホールドは？", None))
    await ask(client, ("ホールド", None))
    lead = await client.hire("Sato", lead=True)
    found = (await client.http.get(f"{URL}/proposals", headers=lead)).json()["proposals"]
    assert [(one["word"], one["article"], one["conversations"]) for one in found] == [
        ("スキップ", "pause.md", 2)
    ]
    # What was entered is not proposed again.
    body = {"groups": [["スキップ", "定期便の停止"]]}
    await client.http.post(URL, json=body, headers=lead)
    assert (await client.http.get(f"{URL}/proposals", headers=lead)).json() == {"proposals": []}


async def test_an_article_that_an_agent_linked_counts_as_well(client: ApiClient) -> None:
    def fill(store: SqlStore) -> None:
        article = Article(id="ja/停止.md", title="定期便の停止", language="ja", text="停止", tags=())
        store.articles.save_article(article, [])

    await client.rig.database.write(fill)
    lead = await client.hire("Sato", lead=True)
    for _ in range(2):
        conversation = await ask(client, ("スキップは？", None))
        await conversation.post("handoff")
        path = f"/v1/agent/conversations/{conversation.id}"
        claimed = await client.http.post(f"{path}/claim", headers=lead)
        assert claimed.status_code == 200, claimed.text
        text = "こちらです: http://localhost:8000/help/ja/%E5%81%9C%E6%AD%A2.md"
        body = {"id": str(uuid4()), "text": text}
        sent = await client.http.post(f"{path}/messages", json=body, headers=lead)
        assert sent.status_code < 300, sent.text
    found = (await client.http.get(f"{URL}/proposals", headers=lead)).json()["proposals"]
    assert [(one["word"], one["title"]) for one in found] == [("スキップ", "定期便の停止")]
