"""A model's summary for the agent: what can be trusted of it."""

from pathlib import Path

import pytest

from assistant.answering.drafts.prompt_context import condense_history
from assistant.answering.handoff_summary import CONVERSATION, ModelSummarizer
from assistant.answering.prompts import Prompt
from assistant.domain.budgets import ModelBudget
from assistant.domain.messages import Author
from assistant.domain.turns import Utterance
from assistant.text.pii_masking import PiiMask
from tests.answering.speaking import FakeBudget, SpeakingModel

PROMPT = Prompt.from_file(Path(__file__).parents[2] / "prompts" / "summary.md")
LINES = [
    Utterance(author=Author.CUSTOMER, text="注文 20481199 が届きません。taro@example.jp です"),
    Utterance(author=Author.ASSISTANT, text="配送状況は注文履歴でご確認いただけます。"),
]
GOOD = "ja: 注文20481199が届いていません。\n\nen: Order 20481199 has not arrived."


async def summed_up(words: str | None, allowance: ModelBudget | None = None) -> dict[str, str]:
    return dict(await ModelSummarizer(SpeakingModel(words), PROMPT)(LINES, allowance))


async def test_both_languages_are_read() -> None:
    assert await summed_up(GOOD) == {
        "ja": "注文20481199が届いていません。",
        "en": "Order 20481199 has not arrived.",
    }


@pytest.mark.parametrize("words", [None, "", "I cannot do that", "ja:", "en: " + "so " * 500])
async def test_what_is_no_summary_is_left_out(words: str | None) -> None:
    assert await summed_up(words) == {}


async def test_a_number_that_nobody_said_is_not_believed() -> None:
    assert list(await summed_up(GOOD.replace("Order 20481199", "Order 99"))) == ["ja"]


async def test_personal_data_stays_here() -> None:
    model = SpeakingModel(GOOD)
    await ModelSummarizer(model, PROMPT)(LINES, None)
    assert "taro@example.jp" not in model.seen


async def test_the_conversation_is_summed_up_and_not_its_last_words() -> None:
    said = [f"{number}番目の話です。" + "詳しく申し上げます。" * 12 for number in range(10)]
    model = SpeakingModel(GOOD)
    authors = (Author.CUSTOMER, Author.ASSISTANT)
    lines = [Utterance(author=authors[n % 2], text=text) for n, text in enumerate(said)]
    await ModelSummarizer(model, PROMPT)(lines, None)
    assert [text for text in said if text not in model.seen] == []


async def test_a_long_conversation_loses_its_oldest_lines() -> None:
    model = SpeakingModel(GOOD)
    lines = [Utterance(author=Author.CUSTOMER, text=f"<{n}>" + "あ" * 1_000) for n in range(60)]
    await ModelSummarizer(model, PROMPT)(lines, None)
    assert "<59>" in model.seen
    assert "<40>" not in model.seen
    assert model.seen.count("あ") <= CONVERSATION.total


def test_lines_that_are_left_out_are_not_searched_for_personal_data() -> None:
    class CountingMask(PiiMask):
        texts = 0

        def mask_text(self, text: str) -> str:
            CountingMask.texts += 1
            return text

    lines = [Utterance(author=Author.CUSTOMER, text="あ" * 1_000)] * CONVERSATION.lines
    shown = condense_history(lines, CountingMask(), CONVERSATION).count("\n") + 1
    assert shown < CONVERSATION.lines
    assert CountingMask.texts == shown + 1


async def test_a_spent_budget_asks_no_model() -> None:
    assert await summed_up(GOOD, FakeBudget(calls=0)) == {}
