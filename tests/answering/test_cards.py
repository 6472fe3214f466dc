"""Cards: what is shown where no passage answers for sure."""

from dataclasses import replace

from assistant.answering.quotes.cards import MAX_LINE_CHARACTERS, list_cards
from assistant.ports.answering import AnswerRequest
from tests.answering.passages import passage

PARKING = passage(
    "駐車場は30台です。\n\n大型バスは事前にご連絡ください。", article="ja/parking.md", title="駐車場"
)
FEES = passage(
    "| 区分 | 料金 |\n| --- | --- |\n| 大人 | 500円 |\n| 子ども | 200円 |", article="ja/fees.md", title="料金"
)


def test_the_likeliest_line_of_each_article_is_shown() -> None:
    read = replace(PARKING, parts=((-3.0, 0.0), (1.5, 0.0)))
    [card] = list_cards(AnswerRequest(question="大型バスで行けますか", language="ja", passages=[read]))
    assert (card.title, card.quote) == ("駐車場", "大型バスは事前にご連絡ください。")


def test_an_article_has_one_card_and_there_are_three_at_most() -> None:
    others = [replace(PARKING, article=f"ja/{n}.md") for n in range(5)]
    cards = list_cards(
        AnswerRequest(question="駐車場はありますか", language="ja", passages=[PARKING, PARKING, *others])
    )
    assert [card.n for card in cards] == [1, 2, 3]
    assert len({card.article for card in cards}) == 3


def test_a_row_says_what_its_columns_are() -> None:
    read = replace(FEES, parts=((-3.0, 0.0), (2.0, 0.0)))
    [card] = list_cards(AnswerRequest(question="子どもの料金はいくら", language="ja", passages=[read]))
    assert card.quote == "子ども: 料金 200円"


def test_long_lines_are_cut_and_empty_passages_have_no_card() -> None:
    long, empty = passage("とても長い文です" * 20 + "。", article="ja/long.md"), passage("")
    [card] = list_cards(AnswerRequest(question="長い文", language="ja", passages=[long, empty]))
    assert card.article == "ja/long.md"
    assert card.quote.startswith("とても長い文です")
    assert card.quote.endswith("…")
    assert len(card.quote) == MAX_LINE_CHARACTERS["ja"]


def test_nothing_is_shown_where_the_nearest_article_is_about_something_else() -> None:
    assert list_cards(AnswerRequest(question="採用していますか", language="ja", passages=[PARKING])) == []
    common = AnswerRequest(question="傘は使えますか", language="ja", passages=[passage("券は使えます。")])
    assert list_cards(common) == []
    nearest = [FEES, PARKING]
    assert list_cards(AnswerRequest(question="駐車場の予約", language="ja", passages=nearest)) == []


def test_further_cards_are_of_articles_that_bear_the_subject_in_their_title() -> None:
    mentions = passage("受付は駐車場の隣です。", article="ja/desk.md", title="受付")
    cards = list_cards(
        AnswerRequest(question="駐車場の予約", language="ja", passages=[PARKING, mentions, FEES])
    )
    assert [card.title for card in cards] == ["駐車場"]
