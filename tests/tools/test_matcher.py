"""What is wanted is begun, what is asked about is not: with the real embedding model."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from assistant.domain.errors import Unavailable
from assistant.models.embeddings.factory import compute_meaning
from assistant.tools.catalogue import load_tools
from assistant.tools.matcher import ExampleMatcher
from evals.data.embedding_cache import CachingEmbedder

TOOLS = load_tools(Path(__file__).parents[2] / "tools")


@pytest.fixture(scope="module")
def matcher() -> ExampleMatcher:
    return ExampleMatcher(TOOLS, partial(compute_meaning, CachingEmbedder()))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("注文した商品はどこですか", "order_status"),
        ("Where is my order?", "order_status"),
        ("注文の状況を調べる", "order_status"),
        ("KM-123456 の注文をキャンセルしてください", "cancel_order"),
        ("please cancel the order I made yesterday", "cancel_order"),
        ("Change the delivery address", "change_address"),
        ("届いた服を返品したいです", "request_return"),
        ("昨日の注文、きゃんせるしたいです", "cancel_order"),
        ("KM-123456 をきゃんせるで！", "cancel_order"),
    ],
)
async def test_what_is_wanted_is_begun(matcher: ExampleMatcher, text: str, tool: str) -> None:
    match = await matcher.find_tool(text)
    assert match is not None
    assert (match.tool, match.is_sure) == (tool, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "返品は何日以内ですか",
        "How much is delivery to Okinawa?",
        "キャンセル料はかかりますか",
        "Until when can I cancel?",
        "メールマガジンを解約したい",
        "会員登録の住所を変更したい",
        "ありがとうございます",
    ],
)
async def test_a_question_of_the_help_is_not_begun(matcher: ExampleMatcher, text: str) -> None:
    match = await matcher.find_tool(text)
    assert match is None or not match.is_sure


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("Where is my order KM-482133? postcode 150-0001", "order_status"),
        ("KM-482251 zip code 150-0001 - has it shipped yet?", "order_status"),
        ("I'd like to send back KM-481990. The postcode on the order is 150-0001", "request_return"),
        ("150-0001 is my zip, please cancel KM-482207", "cancel_order"),
        ("KM-482207のお届け先の郵便番号は150-0001です。注文をキャンセルしたいです", "cancel_order"),
        ("お届け先は150-0001です。注文をキャンセルしたいです", "cancel_order"),
        ("届け先の住所は渋谷区です。KM-482207をキャンセルしたい", "cancel_order"),
        ("KM-481990を返品したいです。お届け先郵便番号 150-0001、電話 09012345678", "request_return"),
        ("Please change the delivery address of KM-482207, postcode 150-0001", "change_address"),
        ("My new address is 150-0002 Tokyo Shibuya Hiroo 1-2-3, please update KM-482207", "change_address"),
        ("KM-482207の住所を〒150-0002 東京都渋谷区広尾1-2-3に変更してください", "change_address"),
        ("change the postcode of KM-482207 to 150-0002", "change_address"),
    ],
)
async def test_what_is_given_as_a_proof_asks_for_nothing(
    matcher: ExampleMatcher, text: str, tool: str
) -> None:
    match = await matcher.find_tool(text)
    assert match is not None
    assert (match.tool, match.is_sure) == (tool, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "I want to change the delivery date of KM-482207",
        "change the delivery time please",
        "Can you deliver KM-482207 on Saturday instead",
        "I'd like a different day for KM-482207",
        "move my delivery to next week please",
        "KM-482207のお届け日時を変えたいです",
        "配達時間帯を変更したいです KM-482207",
        "届ける時間を夜に変えてください",
        "土曜日に届けてください",
        "12月5日に届けてほしい",
        "I'd like it to be delivered on 5 December",
        "can I have it delivered in the evening",
    ],
)
async def test_another_date_is_no_tool(matcher: ExampleMatcher, text: str) -> None:
    assert await matcher.find_tool(text) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("お届け日と住所を変更したい", "change_address"),
        ("I want to change the address and the delivery date", "change_address"),
        ("I changed my mind about the order I placed the other day, please cancel", "cancel_order"),
        ("I ordered earlier in the day, cancel it please", "cancel_order"),
        ("Was meant to be delivered Tuesday, where is my order?", "order_status"),
    ],
)
async def test_a_day_that_is_only_named_stops_nothing(matcher: ExampleMatcher, text: str, tool: str) -> None:
    match = await matcher.find_tool(text)
    assert match is not None
    assert (match.tool, match.is_sure) == (tool, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "注文をキャンセルしたい場合どうすればいいの",
        "how do I cancel",
        "how do I cancel KM-482207",
        "発送されたあとでも？",
        "注文をキャンセルしたいんですが、発送されたあとでも？",
        "届いた後でも返せる？",
        "もし返品したくなったら？",
        "just tell me the return deadline please",
        "I do not want to speak to anyone, just the deadline for returns please",
        "返品の期限だけ教えて",
        "Tell me the last day I can return KM-481990",
        "what if I want to return it?",
        "if it doesn't fit can I send it back",
        "返品はできますか",
        "サイズが合わなかったら返品できますか",
        "届け先の変更はどうやるんですか",
        "How do I cancel or change the address of my order?",
    ],
)
async def test_how_and_until_when_are_never_begun(matcher: ExampleMatcher, text: str) -> None:
    match = await matcher.find_tool(text)
    assert match is None or not (match.is_sure or match.others)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("I am 78 and new to this. Where do I press to send my pot back?", "request_return"),
        ("初めてです。鍋を返品したいのですが、どこを押せばいいですか", "request_return"),
        ("注文をキャンセルしたいです。どこを押せばいいですか？", "cancel_order"),
        ("返品の期限が近いので、返品をお願いします", "request_return"),
        ("I want to return it before the deadline", "request_return"),
        ("just tell me where my order is", "order_status"),
        ("荷物の配達予定日だけ教えて", "order_status"),
    ],
)
async def test_a_request_beside_a_deadline_or_a_button_is_one(
    matcher: ExampleMatcher, text: str, tool: str
) -> None:
    match = await matcher.find_tool(text)
    assert match is not None
    assert (match.tool, match.is_sure) == (tool, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "KM-482207をキャンセルするか、届け先を変えたい",
        "Please cancel KM-482207 or change its delivery address",
    ],
)
async def test_one_thing_or_another_is_asked_about(matcher: ExampleMatcher, text: str) -> None:
    match = await matcher.find_tool(text)
    assert match is not None
    assert not match.is_sure
    assert {match.tool, *match.others} == {"cancel_order", "change_address"}


async def test_without_the_model_nothing_is_begun_but_what_a_button_says() -> None:
    async def fail(_text: str) -> Any:
        raise Unavailable

    matcher = ExampleMatcher(TOOLS, fail)
    assert await matcher.find_tool("注文をキャンセルしたい") is None
    match = await matcher.find_tool("注文をキャンセルする")
    assert match is not None
    assert match.tool == "cancel_order"
