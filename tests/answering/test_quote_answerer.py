"""Answers made of quotes, without model or embedder: what is chosen, kept together and left out."""

import pytest

from assistant.answering.quotes.answerer import ExtractiveAnswerer
from assistant.domain.knowledge import Passage
from assistant.ports.answering import AnswerRequest, Draft
from tests.answering.passages import DEADLINE, passage


async def answered(question: str, *passages: Passage, language: str = "ja") -> Draft:
    async def progress(text: str) -> None:
        shown.append(text)

    shown: list[str] = []
    draft = await ExtractiveAnswerer().write_answer(
        AnswerRequest(question=question, language=language, passages=passages), progress
    )
    assert shown == ([draft.text] if draft.text else [])
    return draft


async def test_the_sentence_that_answers_comes_with_its_exception_and_its_source() -> None:
    draft = await answered("未開封の商品の返品の申し込み期限はいつまでですか", passage(DEADLINE))
    assert "30日以内、開封済みなら14日以内です。[1]ただし、下着と水着は返品できません。[1]" in draft.text
    assert draft.citations[0].article == "ja/returns.md"
    stands = DEADLINE.replace("\n", "").replace("| ", "").replace(" |", "")
    assert all(line.replace("| ", "") in stands for line in draft.citations[0].quote.split("\n"))


async def test_an_article_is_cited_once_however_much_of_it_is_quoted() -> None:
    draft = await answered("未開封の商品の返品の申し込み期限と返金額は", passage(DEADLINE))
    assert "[1]" in draft.text
    assert "[2]" not in draft.text
    assert [citation.n for citation in draft.citations] == [1]


async def test_who_asks_how_gets_all_steps_in_order() -> None:
    draft = await answered("返品を申し込む手順を教えてください", passage(DEADLINE))
    lead_in, steps = draft.text.split("\n\n")[:2]
    assert lead_in == "返品は次の手順で申し込みます。[1]"
    assert [line[:2] for line in steps.splitlines()] == ["1.", "2.", "3."]


async def test_a_table_answers_with_its_header_and_the_rows_that_fit() -> None:
    table = "| 方法 | 返金まで |\n|---|---|\n| クレジットカード | 2〜6週間 |\n| 後払い | 3営業日 |"
    draft = await answered("クレジットカードの返金はいつ", passage(table, title="返金の時期"))
    assert draft.text == "| 方法 | 返金まで |\n| --- | --- |\n| クレジットカード | 2〜6週間 [1] |"
    assert draft.citations[0].quote == "クレジットカード | 2〜6週間"


async def test_no_sentence_opens_with_a_word_whose_meaning_was_left_behind() -> None:
    text = "店舗では受け取れません。この場合は、送料770円がかかります。"
    draft = await answered("送料はいくらですか", passage(text))
    assert draft.text == "店舗では受け取れません。[1]この場合は、送料770円がかかります。[1]"


async def test_a_lone_sentence_that_points_back_is_not_quoted() -> None:
    assert (await answered("送料はいくらですか", passage("この場合は、送料770円がかかります。"))).text == ""


async def test_a_joining_word_is_left_out() -> None:
    draft = await answered("送料はいくらですか", passage("返品は30日以内です。\n\nまた、送料は770円です。"))
    assert "送料は770円です。" in draft.text
    assert "また" not in draft.text


async def test_a_reference_to_another_article_is_no_answer() -> None:
    assert (await answered("返送料は？", passage("返送料は、返送料の記事をご覧ください。"))).text == ""


async def test_a_heading_is_never_quoted() -> None:
    assert (await answered("返品の期限は", passage("## 返品の期限\n\n返品の期限"))).text == ""


async def test_what_two_passages_say_alike_is_said_once() -> None:
    draft = await answered(
        "返品の期限は",
        passage("返品の期限はお届けから30日以内です。"),
        passage("返品の期限は、お届けから30日以内です。", article="ja/other.md"),
    )
    assert draft.text.count("30日以内") == 1


@pytest.mark.parametrize(
    ("language", "note"),
    [("ja", "（英語の記事からの引用です。）"), ("fr", "(Quoted from an article in another language.)")],
)
async def test_a_quote_in_another_language_says_so(language: str, note: str) -> None:
    english = passage("You can return an item within 30 days.", language="en", title="Returns")
    draft = await answered("return item days", english, language=language)
    assert draft.text == f"{note}\n\nYou can return an item within 30 days. [1]"


async def test_the_customers_own_language_comes_first() -> None:
    english = passage("PayPay: 30 days.", language="en", title="Returns", article="en/returns.md")
    draft = await answered("PayPay", english, passage("PayPayは30日以内です。"))
    assert draft.citations[0].article == "ja/returns.md"


async def test_long_lists_of_steps_are_not_cut_in_the_middle_of_one() -> None:
    steps = "\n".join(f"{n}. 画面{n}を開きます。" for n in range(1, 15))
    lines = (await answered("画面を開く手順は", passage(steps))).text.splitlines()
    assert lines[0].startswith("1. ")
    assert all(line.endswith("を開きます。 [1]") for line in lines)


async def test_code_stays_with_the_sentence_that_announces_it() -> None:
    text = "次のコマンドでエージェントを再起動します。\n\n```\nsudo systemctl restart agent\n```"
    draft = await answered("エージェントを再起動するには", passage(text, title="エージェント"))
    assert draft.text.endswith("```\nsudo systemctl restart agent\n```")


async def test_nothing_to_quote_is_an_empty_draft() -> None:
    assert (await answered("返品の期限は")).text == ""
