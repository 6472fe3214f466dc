"""Sentence splitting, as a table."""

import time

import pytest

from assistant.text.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("返品できます。送料は当社負担です。", ["返品できます。", "送料は当社負担です。"]),
        ("「返品する。」を押します。次へ進みます。", ["「返品する。」を押します。", "次へ進みます。"]),
        (
            "「できますか？」と聞かれたら、はいと答えます。",
            ["「できますか？」と聞かれたら、はいと答えます。"],
        ),
        ("開封済み（未使用品。）も可能です。", ["開封済み（未使用品。）も可能です。"]),
        ("（開いたまま。次の文。", ["（開いたまま。", "次の文。"]),
        ("Yahoo!ショッピングで買えます!次に進みます。", ["Yahoo!ショッピングで買えます!", "次に進みます。"]),
        ("送料は1.5倍です。Ver. 2.0から使えます。", ["送料は1.5倍です。", "Ver. 2.0から使えます。"]),
        ("本当ですか？！はい。", ["本当ですか？！", "はい。"]),
        ("It takes 2.5 days. Then we ship it.", ["It takes 2.5 days.", "Then we ship it."]),
        ("Use a card, e.g. Visa. Cash is fine.", ["Use a card, e.g. Visa.", "Cash is fine."]),
        ("See https://a.example/b.html?x=1. Log in.", ["See https://a.example/b.html?x=1.", "Log in."]),
        ("We close at 5 p.m. on Sundays. We reopen at 9 a.m. Come early.",
         ["We close at 5 p.m. on Sundays.", "We reopen at 9 a.m.", "Come early."]),
        ('Press "Return." Then wait!', ['Press "Return."', "Then wait!"]),
        ('状態は"a"です。"b"にもできます。', ['状態は"a"です。', '"b"にもできます。']),
        ("Mr. J. Smith of Hayate Inc. called. Wait.", ["Mr. J. Smith of Hayate Inc. called.", "Wait."]),
        ("1. Press the button.", ["1. Press the button."]),
        ("Chapter ends in 2026. The next begins.", ["Chapter ends in 2026.", "The next begins."]),
        ("It is step 2. Go on.", ["It is step 2.", "Go on."]),
        ("One line\nanother line", ["One line", "another line"]),
        ("", []),
    ],
)  # fmt: skip
def test_a_text_is_split_into_whole_sentences(text: str, expected: list[str]) -> None:
    assert split_sentences(text) == expected


@pytest.mark.parametrize(
    "text", ["。" * 60_000, "!" * 60_000, "a. " * 20_000, "(" * 30_000 + ")" * 30_000, "1. " * 20_000]
)
def test_the_worst_text_takes_no_longer_than_another(text: str) -> None:
    began = time.process_time()
    assert "".join("".join(split_sentences(text)).split()) == "".join(text.split())
    assert time.process_time() - began < 1.0
