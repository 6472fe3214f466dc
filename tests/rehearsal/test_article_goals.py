"""Questions are made from the operator's articles, each with the fact that must be told."""

import pytest

from assistant.domain.knowledge import Passage
from assistant.domain.policy import Policy
from assistant.rehearsal.article_goals import is_told, list_article_goals
from assistant.rehearsal.goals import ArticleFact, GoalKind, list_fixed_goals
from tests.rehearsal.rehearsed import RETURNS

ARTICLE = """\
未開封の商品は30日以内に返品できます。

| 状態 | 期限 |
| --- | --- |
| 開封済み | 14日以内 |
"""


def passage(text: str, language: str = "ja", *headings: str) -> Passage:
    return Passage(
        chunk=1,
        article=f"{language}/returns.md",
        title="返品の期限" if language == "ja" else "Returns",
        url="",
        language=language,
        headings=headings,
        text=text,
        score=0.0,
    )


def test_a_sentence_and_a_cell_become_goals_that_are_told_of_step_by_step() -> None:
    sentence, cell = list_article_goals([passage(ARTICLE, "ja", "セール品は返品できますか")])
    assert sentence.tellings[0].startswith("セール品は返品できますか")
    assert sentence.fact is not None
    assert sentence.fact.text == "未開封の商品は30日以内に返品できます。"
    assert all("返品の期限" in telling for telling in sentence.tellings[1:])
    assert cell.fact is not None
    assert (cell.fact.row, cell.fact.column, cell.fact.text) == ("開封済み", "期限", "14日以内")
    assert "開封済み" in cell.tellings[0]
    assert "14" not in "".join(cell.tellings)


def test_headings_that_nobody_asks_about_and_other_languages_are_left_out() -> None:
    assert list_article_goals([passage(ARTICLE, "ja", "手順"), passage("반품은 30일입니다.", "ko")]) == []


def test_an_english_heading_stands_inside_the_sentence() -> None:
    (goal,) = list_article_goals([passage("Fees start at 600 yen.", "en", "Delivery fees")])
    assert "delivery fees" in goal.tellings[0]


@pytest.mark.parametrize(
    ("asked", "reply", "told"),
    [
        ("返品はいつまで", "返品の期限は、商品の到着から30日以内です。[1]", True),
        ("返品はいつまで", "返品の期限は、商品の到着から14日以内です。[1]", False),
        ("返品はいつまで", "お問い合わせは30日以内に承ります。", False),
        # What the customer said themselves proves nothing.
        ("30日以内の返品の期限は商品の到着からですか", "申し訳ありません。", False),
    ],
)
def test_a_fact_is_told_with_its_numbers_and_its_words(asked: str, reply: str, told: bool) -> None:
    assert is_told(RETURNS, asked, reply) is told


def test_a_fact_without_numbers_is_told_by_its_words() -> None:
    fact = ArticleFact(article="a", title="t", heading="", text="下着と水着は衛生上の理由で返品できません。")
    assert is_told(fact, "水着は返せますか", "下着と水着は、衛生上の理由から返品できません。")
    assert not is_told(fact, "水着は返せますか", "返品の送料はお客様の負担です。")


def test_people_only_topics_of_the_policy_become_goals() -> None:
    topics = {
        goal.topic for goal in list_fixed_goals("en", Policy(people_only=frozenset({"harm", "points"})))
    }
    assert topics == {"", "harm", "points"}
    assert GoalKind.ORDER_STATUS not in {goal.kind for goal in list_fixed_goals("en", Policy())}
