"""The packet gets better after the handoff, and the handoff never waits for that."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from assistant.conversation.templates import render_template
from assistant.domain.budgets import ModelBudget
from assistant.domain.conversation import State
from assistant.domain.knowledge import Passage
from assistant.domain.policy import BusinessHours, Policy
from assistant.domain.turns import Utterance
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore
from tests.harness import RETURNS_EN, RETURNS_JA, Harness

LONG = "返品の期限はいつまでですか。注文番号は20481199です。"


async def handed_over(rig: Harness, *said: str) -> str:
    opened = await rig.open()
    for text in said:
        await rig.ask(opened.conversation.id, text)
    return opened.conversation.id


async def packet(rig: Harness, conversation: str) -> dict[str, Any]:
    return await rig.packet(conversation)


def be_sure(rig: Harness, score: float, found: Passage | None = None) -> None:
    """Let every search find one passage with this probability."""
    asked = rig.passages.asked

    async def search(question: str, *, language: str | None = None, limit: int = 6) -> list[Passage]:
        asked.append(question)
        own = RETURNS_JA if language == "ja" else RETURNS_EN
        return [replace(found or own, score=score)][:limit]

    rig.passages.search = search  # type: ignore[method-assign]


async def test_replies_are_suggested_with_their_source_where_a_wish_came_before_any_search(
    rig: Harness,
) -> None:
    be_sure(rig, 0.9)
    conversation = await handed_over(rig, f"{LONG}担当者につないでください")
    suggested = (await packet(rig, conversation))["suggested"]
    assert "30日" in suggested[0]["text"]
    cited = suggested[0]["citations"][0]
    assert (cited["n"], cited["article"]) == (1, "ja/returns.md")
    assert cited["title"], "an agent sees where it stands"


@pytest.mark.parametrize(
    ("score", "found"),
    [
        (0.8, None),
        (0.95, RETURNS_EN),
        (0.95, replace(RETURNS_JA, text="| 返品 | 期限 |\n| --- | --- |\n| 返品の期限 | 30日 |")),
    ],
    ids=["not sure enough", "another language", "a table"],
)
async def test_where_no_clean_sure_reply_is_found_none_is_suggested(
    rig: Harness, score: float, found: Passage | None
) -> None:
    be_sure(rig, score, found)
    conversation = await handed_over(rig, f"{LONG}担当者につないでください")
    assert (await packet(rig, conversation))["suggested"] == []


async def test_a_bare_wish_gets_no_suggestion_until_the_matter_is_told(rig: Harness) -> None:
    be_sure(rig, 0.9)
    conversation = await handed_over(rig, "担当者につないでください")
    bare = await packet(rig, conversation)
    assert (bare["issue"]["ask"], bare["suggested"]) == (None, [])
    assert "どのようなご用件か" in bare["issue"]["summary"]["ja"]
    await rig.say(conversation, "返品の期限はいつまでですか")
    await rig.settle()
    told = await packet(rig, conversation)
    assert told["issue"]["ask"] == "返品の期限はいつまでですか"
    assert told["issue"]["summary"]["ja"].startswith("お客様のご用件:「返品の期限はいつまでですか」")
    assert "どのようなご用件か" not in told["issue"]["summary"]["ja"]
    assert "30日" in told["suggested"][0]["text"]


async def test_without_search_the_packet_stays_as_it_was(rig: Harness) -> None:
    rig.passages.down = True
    conversation = await handed_over(rig, f"{LONG}担当者につないでください")
    found = await packet(rig, conversation)
    assert found["suggested"] == []
    assert found["facts"]["claimed"] == ["order number: 20481199"]
    assert (await rig.state(conversation)).state is State.QUEUED


async def test_a_models_summary_comes_later_and_keeps_the_next_step(rig: Harness) -> None:
    async def summarise(lines: Sequence[Utterance], allowance: ModelBudget | None) -> Mapping[str, str]:
        return {"ja": f"{len(lines)}行の要約"}

    rig.enricher = replace(rig.enricher, mind=replace(rig.mind, summarise=summarise))
    conversation = await handed_over(rig, "届いた皿が割れていました", "担当者につないでください")
    summary = (await packet(rig, conversation))["issue"]["summary"]
    first, step = summary["ja"].split("\n")
    assert first.endswith("行の要約")
    assert step.startswith("次に: 注文番号")
    assert summary["en"].startswith("The customer asks"), "what the model left out is quoted"


async def test_a_model_that_hangs_holds_nothing_up(rig: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_lines: Sequence[Utterance], _allowance: ModelBudget | None) -> Mapping[str, str]:
        await asyncio.sleep(60)
        return {}

    monkeypatch.setattr("assistant.conversation.handoff.packet_enrichment.MAX_ENRICH_SECONDS", 0.05)
    rig.enricher = replace(rig.enricher, mind=replace(rig.mind, summarise=hang))
    opened = await rig.open()
    await rig.press_person_button(opened.conversation.id)
    assert (await rig.state(opened.conversation.id)).state is State.QUEUED
    before = await packet(rig, opened.conversation.id)
    await rig.work()
    after = await packet(rig, opened.conversation.id)
    assert (after["issue"], after["trigger"]) == (before["issue"], before["trigger"])


async def test_a_packet_of_a_long_conversation_is_built_within_300_ms(rig: Harness) -> None:
    opened = await rig.open()
    conversation = opened.conversation.id
    for turn in range(60):
        await rig.say(
            conversation, f"{turn}回目です。注文番号2048119{turn}、5月{turn % 28 + 1}日に12,800円。" * 20
        )
        if turn % 10 == 9:
            await rig.settle()
    started = time.perf_counter()
    await rig.press_person_button(conversation)
    spent = time.perf_counter() - started
    assert len((await packet(rig, conversation))["facts"]["claimed"]) == 20
    assert spent < 0.3


async def test_what_is_added_while_waiting_is_in_the_packet(rig: Harness) -> None:
    conversation = await handed_over(rig, "届いた皿が割れていました", "担当者につないでください")
    assert (await packet(rig, conversation))["facts"]["missing"] == ["order number"]
    for text in ("注文番号は20481199です", "色は青です", "返品の期限はいつまでですか"):
        await rig.ask(conversation, text)
    found = await packet(rig, conversation)
    assert "order number: 20481199" in found["facts"]["claimed"]
    assert found["facts"]["missing"] == []
    said = [line["text"] for line in found["transcript"]["last"] if line["author"] == "customer"]
    assert said[2:] == ["注文番号は20481199です", "色は青です", "返品の期限はいつまでですか"]
    assert "30日" not in "".join((await rig.answers(conversation))[1:]), "nobody answers for the agent"


async def test_words_taken_back_while_the_packet_is_made_better_stay_away(rig: Harness) -> None:
    async def summarise(lines: Sequence[Utterance], allowance: ModelBudget | None) -> Mapping[str, str]:
        secret = next(m for m in await rig.messages(conversation) if "赤い手帳" in m.text)

        def take_back(store: SqlStore) -> None:
            store.handoffs.redact_packets(conversation, secret.text, "（取り消し）")
            store.messages.update_text(conversation, secret.id, "（取り消し）", "unsent")

        await rig.database.write(take_back)
        return {}

    rig.enricher = replace(rig.enricher, mind=replace(rig.mind, summarise=summarise))
    opened = await rig.open()
    conversation = opened.conversation.id
    await rig.press_person_button(conversation)
    await rig.ask(conversation, "赤い手帳が届きません。注文番号は20481199です")
    found = await packet(rig, conversation)
    assert "赤い手帳" not in str(found)
    assert found["facts"]["claimed"] == []


async def test_an_address_that_was_asked_for_is_noted_once(database: SqlDatabase[SqlStore]) -> None:
    closed = BusinessHours(zone="Asia/Tokyo", days={6: ("10:00", "12:00")})
    rig = Harness(database, policy=Policy(hours=closed))
    conversation = await handed_over(rig, "担当者につないでください")
    assert render_template("ask_contact", "ja") in (await rig.answers(conversation))[-1]
    for text in ("taro@example.jp です", "電話なら 090-1234-5678 です"):
        await rig.say(conversation, text)
        await rig.settle()
    assert (await rig.answers(conversation)).count(render_template("contact_noted", "ja")) == 1
    claimed = (await packet(rig, conversation))["facts"]["claimed"]
    assert claimed == ["e-mail: taro@example.jp", "phone: 090-1234-5678"]
