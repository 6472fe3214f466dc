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


async def test_without_the_model_nothing_is_begun_but_what_a_button_says() -> None:
    async def fail(_text: str) -> Any:
        raise Unavailable

    matcher = ExampleMatcher(TOOLS, fail)
    assert await matcher.find_tool("注文をキャンセルしたい") is None
    match = await matcher.find_tool("注文をキャンセルする")
    assert match is not None
    assert match.tool == "cancel_order"
