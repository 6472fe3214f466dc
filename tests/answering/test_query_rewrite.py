"""Follow-ups that lean on what was said before, and questions that do not."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from assistant.answering.prompts import Prompt
from assistant.answering.query_rewrite import ModelQueryRewriter, build_standalone_question, prepend_subject
from assistant.domain.messages import Author
from assistant.domain.turns import Utterance
from assistant.models.scripted import ScriptedModel
from assistant.ports.models import TokenUsage
from tests.answering.speaking import FakeBudget


def said(*texts: str) -> list[Utterance]:
    return [Utterance(author=Author.CUSTOMER, text=text) for text in texts]


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
    assert build_standalone_question(question, said(before)) == f"{before} / {question}"


@pytest.mark.parametrize("question", ["代引きだったら？", "7000円買ったら？", "九州だと？", "And PayPay?"])
def test_a_rest_of_a_question_leans_on_the_one_before(question: str) -> None:
    assert build_standalone_question(question, said("送料はいくら？")) == f"送料はいくら？ / {question}"


def test_a_question_without_a_subject_gets_the_one_before() -> None:
    before = said("引っ越しで回線を移したい")
    assert prepend_subject("お金はかかりますか", before) == "引っ越しで回線を移したい / お金はかかりますか"
    assert prepend_subject("お金はかかりますか", said()) == "お金はかかりますか"
    for own in ("冷蔵便はありますか", "店舗に駐車場は", "is the warranty transferable?"):
        assert prepend_subject(own, before) == own
    assert prepend_subject("ありがとうございます", before) == "ありがとうございます"


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
    assert build_standalone_question(question, said("返品の手順を教えてください")) == question


def test_small_talk_in_between_is_passed_over() -> None:
    lines = said("返品の手順を教えてください", "ありがとうございます")
    assert (
        build_standalone_question("それは海外でもできますか", lines)
        == "返品の手順を教えてください / それは海外でもできますか"
    )


def test_a_chain_of_follow_ups_reaches_back_to_its_subject() -> None:
    lines = said("Do you ship overseas?", "How much?")
    assert build_standalone_question("and how long does that take?", lines).startswith(
        "Do you ship overseas? How much? "
    )


def test_only_the_customers_words_are_used() -> None:
    lines = [*said("返品できますか"), Utterance(author=Author.ASSISTANT, text="配送料は500円です")]
    assert build_standalone_question("それはいつまで？", lines) == "返品できますか / それはいつまで？"


def test_a_follow_up_to_nothing_is_left_as_it_is() -> None:
    assert build_standalone_question("それは海外でもできますか", []) == "それは海外でもできますか"


# -- with a model

PROMPT = Prompt(name="rewrite", text="Rewrite.\n---\n$history\n$question")


async def test_a_model_rewrites_what_leans_and_the_customers_words_stay() -> None:
    model = ScriptedModel("返品は海外からでもできますか")
    rewrite = ModelQueryRewriter(model, PROMPT)
    asked = await rewrite("それは海外でもできますか", said("返品の手順を教えてください"), None)
    assert asked == "返品は海外からでもできますか それは海外でもできますか"
    assert "返品の手順を教えてください" in model.asked[0][1]


async def test_a_model_is_not_asked_for_what_stands_alone() -> None:
    model = ScriptedModel()
    question = "返品の送料はいくらですか"
    assert (
        await ModelQueryRewriter(model, PROMPT)(question, said("返品の手順を教えてください"), None)
        == question
    )
    assert model.asked == []


async def test_a_model_sees_no_personal_data() -> None:
    model = ScriptedModel("何日で届きますか")
    lines = said("hanako@example.com で注文した品の配送状況は？")
    await ModelQueryRewriter(model, PROMPT)("それはいつ届きますか", lines, None)
    assert "hanako" not in str(model.asked)


@pytest.mark.parametrize(
    "model",
    [
        ScriptedModel(),
        ScriptedModel("海外から", breaks_off=True),
        ScriptedModel("長" * 400),
        ScriptedModel(" "),
    ],
    ids=["down", "breaks off", "says too much", "says nothing"],
)
async def test_without_a_good_rewriting_the_conversations_words_serve(model: ScriptedModel) -> None:
    asked = await ModelQueryRewriter(model, PROMPT)("それは海外でも？", said("返品したい"), None)
    assert asked == "返品したい / それは海外でも？"


@pytest.mark.parametrize(
    ("calls", "rewritten"),
    [(1, "海外から返品できますか それは海外でも？"), (0, "返品したい / それは海外でも？")],
)
async def test_a_rewriting_is_paid_for_or_left_to_the_rules(calls: int, rewritten: str) -> None:
    model, budget = ScriptedModel("海外から返品できますか"), FakeBudget(calls)
    asked = await ModelQueryRewriter(model, PROMPT)("それは海外でも？", said("返品したい"), budget)
    assert asked == rewritten
    assert len(model.asked) == len(budget.settled) == calls


async def test_a_slow_model_is_not_waited_for() -> None:
    class SlowModel(ScriptedModel):
        async def stream_completion(
            self, system: str, user: str, usage: TokenUsage | None = None
        ) -> AsyncIterator[str]:
            await asyncio.sleep(60)
            yield "never"

    asked = await ModelQueryRewriter(SlowModel(), PROMPT, seconds=0.01)(
        "それは海外でも？", said("返品したい"), None
    )
    assert asked == "返品したい / それは海外でも？"
