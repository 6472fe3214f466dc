"""Follow-ups that lean on what was said before, and questions that do not."""

import pytest

from assistant.domain.messages import Author
from assistant.domain.turns import Said
from assistant.llm.rewrite import standalone


def said(*texts: str) -> list[Said]:
    return [Said(author=Author.CUSTOMER, text=text) for text in texts]


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("返品の手順を教えてください", "それは海外でもできますか"),
        ("返品の手順を教えてください", "その場合の送料は？"),
        ("コンビニ払いはできますか", "手数料は？"),
        ("返金はいつですか", "海外の場合は？"),
        ("商品を交換したい", "いくらかかりますか？"),
        ("商品を交換したい", "じゃあ返品はできますか"),
        ("How do I return an item?", "and how long does that take?"),
        ("How do I return an item?", "Can I do it by phone?"),
        ("Do you ship overseas?", "How much?"),
        ("Do you ship overseas?", "What about Hawaii?"),
        ("Can I pay by card?", "Is there a fee for that?"),
    ],
)
def test_a_follow_up_is_put_after_the_question_it_leans_on(before: str, question: str) -> None:
    assert standalone(question, said(before)) == f"{before} {question}"


@pytest.mark.parametrize(
    "question",
    [
        "返品の送料はいくらですか",
        "ポイントの有効期限を教えてください",
        "このたび注文した家具の組み立てサービスの料金と申し込み方法を知りたいです",
        "Is it possible to change my delivery address?",
        "Are there any shipping fees for returns?",
        "How long does it take to get a refund?",
        "How do I reset my password?",
        "ありがとうございます",
        "OK, thanks",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    assert standalone(question, said("返品の手順を教えてください")) == question


def test_small_talk_in_between_is_passed_over() -> None:
    lines = said("返品の手順を教えてください", "ありがとうございます")
    assert (
        standalone("それは海外でもできますか", lines) == "返品の手順を教えてください それは海外でもできますか"
    )


def test_a_chain_of_follow_ups_reaches_back_to_its_subject() -> None:
    lines = said("Do you ship overseas?", "How much?")
    assert standalone("and how long does that take?", lines).startswith("Do you ship overseas? How much? ")


def test_only_the_customers_words_are_used() -> None:
    lines = [*said("返品できますか"), Said(author=Author.ASSISTANT, text="配送料は500円です")]
    assert standalone("それはいつまで？", lines) == "返品できますか それはいつまで？"


def test_a_follow_up_to_nothing_is_left_as_it_is() -> None:
    assert standalone("それは海外でもできますか", []) == "それは海外でもできますか"
