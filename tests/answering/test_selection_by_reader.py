"""Quotes chosen by what the reader made of each part."""

from dataclasses import replace

import numpy

from assistant.answering.quotes.candidates import list_candidates
from assistant.answering.quotes.reader_scores import score_candidates
from assistant.answering.quotes.rendering import render_quotes
from assistant.answering.quotes.selection_by_reader import MAX_CHARACTERS, select_quotes
from assistant.ports.answering import AnswerRequest
from assistant.text.quotable import extract_units
from tests.answering.passages import passage

LOW = -6.0
PARKING = "駐車場は30台分あります。利用は無料です。満車のときは近くの有料駐車場をお使いください。"


def ask(*texts: str, likely: dict[str, tuple[float, float]], scores: tuple[float, ...] = ()) -> AnswerRequest:
    """Passages whose parts the reader scored: those that begin as a key of *likely* does, all others low."""
    read = []
    for n, text in enumerate(texts):
        one = passage(text, article=f"ja/{n}.md")
        parts = tuple(
            next((score for start, score in likely.items() if unit.text.startswith(start)), (LOW, LOW))
            for unit in extract_units(one, 0)
        )
        read.append(replace(one, parts=parts, score=scores[n] if scores else 0.9))
    return AnswerRequest(question="車で行けますか", language="ja", passages=read)


def said(asked: AnswerRequest, closeness: dict[str, float] | None = None) -> str:
    found = list_candidates(asked.question, asked.passages)
    known = closeness or {}
    near = numpy.array([known.get(each.text, numpy.nan) for each in found], numpy.float32)
    scored = zip(found, score_candidates(asked, found, near), strict=True)
    return render_quotes(asked, select_quotes(asked, list(scored))).text


def test_the_likeliest_sentence_is_the_answer() -> None:
    text = said(ask(PARKING, likely={"駐車場は": (3.0, LOW)}))
    assert text.startswith("駐車場は30台分あります。")
    assert "満車" not in text


def test_of_two_that_the_reader_likes_alike_the_closer_one_comes_first() -> None:
    asked = ask("料金は無料です。近くに駅があります。", likely={"料金": (2.0, LOW), "近くに": (2.0, LOW)})
    assert said(asked, {"料金は無料です。": 0.4, "近くに駅があります。": 0.8}).startswith(
        "近くに駅があります。"
    )
    assert said(asked, {"料金は無料です。": 0.8, "近くに駅があります。": 0.4}).startswith("料金は無料です。")


def test_of_two_that_the_reader_likes_alike_the_one_with_the_asked_kind_of_fact_comes_first() -> None:
    likely = {"駐車場は": (2.0, LOW), "利用料": (1.8, LOW)}
    asked = replace(ask("駐車場は広いです。利用料は500円です。", likely=likely), question="いくらですか")
    assert said(asked).startswith("利用料は500円です。")


def test_what_is_needed_beside_the_answer_is_said_too() -> None:
    text = said(ask(PARKING, likely={"駐車場は": (3.0, LOW), "満車": (LOW, 1.0)}))
    assert text.startswith("駐車場は30台分あります。")
    assert "満車のとき" in text


def test_beside_a_sure_answer_nothing_is_added() -> None:
    for sure, expected in ((2.0, True), (6.0, False)):
        likely = {"駐車場は": (sure, LOW), "満車": (1.5, LOW)}
        assert ("満車のとき" in said(ask(PARKING, likely=likely))) is expected


def test_an_unlikely_article_is_not_quoted_beside_the_first() -> None:
    other = "自転車は正面の駐輪場をお使いください。"
    likely = {"駐車場は": (3.0, LOW), "自転車": (2.9, LOW)}
    assert "自転車" not in said(ask(PARKING, other, likely=likely, scores=(0.9, 0.3)))
    assert "自転車" in said(ask(PARKING, other, likely=likely, scores=(0.9, 0.8)))


def test_an_answer_stays_short() -> None:
    long = "".join(f"第{n}駐車場は{n}0台分あります。" for n in range(1, 40))
    text = said(ask(long, likely={"第": (3.0, LOW)}))
    assert text.startswith("第1駐車場は")
    assert len(text.replace("[1]", "")) <= MAX_CHARACTERS["ja"]


STEPS = "1. フォームを開きます。\n2. 写真を添付します。\n3. 送信します。"
TABLE = "| 地域 | 日数 |\n|---|---|\n| 北海道 | 2〜3日 |\n| 沖縄 | 3〜5日 |\n| 近畿 | 1日 |"


def test_steps_stay_whole_and_in_order() -> None:
    text = said(ask(STEPS, likely={"写真": (3.0, LOW)}))
    assert [line[:2] for line in text.splitlines()] == ["1.", "2.", "3."]


def test_the_row_that_is_named_is_the_answer_whatever_the_reader_likes() -> None:
    asked = replace(ask(TABLE, likely={"沖縄": (3.0, LOW)}), question="北海道まで何日かかりますか")
    assert "2〜3日" in said(asked)
    assert "3〜5日" not in said(asked)


def test_a_small_table_stays_whole_where_no_row_is_named_and_none_stands_out() -> None:
    asked = replace(ask(TABLE, likely={"沖縄": (1.5, LOW), "北海道": (-0.5, LOW)}), question="札幌まで何日")
    assert all(days in said(asked) for days in ("2〜3日", "3〜5日", "1日"))


def test_a_number_in_brackets_of_the_article_is_not_taken_for_a_source() -> None:
    text = said(ask("送料は[1]500円です[2]。", likely={"送料": (3.0, LOW)}))
    assert text == "送料は(1)500円です(2)。[1]"
