"""Quotes chosen by what the reader made of each part."""

from dataclasses import replace

from assistant.llm.composing import compose
from assistant.llm.selection import MAX_CHARACTERS, select_quotes
from assistant.llm.units import units
from assistant.ports import Ask
from tests.llm.passages import passage

LOW = -6.0
PARKING = "駐車場は30台分あります。利用は無料です。満車のときは近くの有料駐車場をお使いください。"


def ask(*texts: str, likely: dict[str, tuple[float, float]], scores: tuple[float, ...] = ()) -> Ask:
    """Passages whose parts the reader scored: those that begin as a key of *likely* does, all others low."""
    read = []
    for n, text in enumerate(texts):
        one = passage(text, article=f"ja/{n}.md")
        parts = tuple(
            next((score for start, score in likely.items() if unit.text.startswith(start)), (LOW, LOW))
            for unit in units(one, 0)
        )
        read.append(replace(one, parts=parts, score=scores[n] if scores else 0.9))
    return Ask(question="車で行けますか", language="ja", passages=read)


def said(asked: Ask) -> str:
    return compose(asked, select_quotes(asked)).text


def test_the_likeliest_sentence_is_the_answer() -> None:
    text = said(ask(PARKING, likely={"駐車場は": (3.0, LOW)}))
    assert text.startswith("駐車場は30台分あります。")
    assert "満車" not in text


def test_what_is_needed_beside_the_answer_is_said_too() -> None:
    text = said(ask(PARKING, likely={"駐車場は": (3.0, LOW), "満車": (LOW, 1.0)}))
    assert text.startswith("駐車場は30台分あります。")
    assert "満車のとき" in text


def test_an_unlikely_article_is_not_quoted_beside_the_first() -> None:
    other = "自転車は正面の駐輪場をお使いください。"
    likely = {"駐車場は": (3.0, LOW), "自転車": (2.9, LOW)}
    assert "自転車" not in said(ask(PARKING, other, likely=likely, scores=(0.9, 0.3)))
    assert "自転車" in said(ask(PARKING, other, likely=likely, scores=(0.9, 0.8)))


def test_an_answer_stays_short() -> None:
    long = "".join(f"第{n}駐車場は{n}0台分あります。" for n in range(1, 40))
    text = said(ask(long, likely={"第": (3.0, LOW)}))
    assert text.startswith("第1駐車場は")
    assert len(text) <= MAX_CHARACTERS["ja"] + 40
