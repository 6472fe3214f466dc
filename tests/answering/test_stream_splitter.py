"""A stream cut into sentences and items, wherever the stream itself was cut."""

import pytest

from assistant.answering.drafts.stream_splitter import DraftPiece, StreamSplitter

CASES = [
    ("できます。[1]期限は30日です。[1][2]", [("できます。", (1,), ""), ("期限は30日です。", (1, 2), "")]),
    (
        "It takes 2.5 days [1]. Use a card, e.g. Visa. [2]",
        [("It takes 2.5 days.", (1,), ""), ("Use a card, e.g. Visa.", (2,), "")],
    ),
    ("1. 開く。[1]\n2. 押す [1]\n以上。", [("開く。", (1,), "1."), ("押す", (1,), "2."), ("以上。", (), "")]),
    ("- one [1]\n* two [2, 3]", [("one", (1,), "-"), ("two", (2, 3), "-")]),
    ("**30 days.** [1]", [("30 days.", (1,), "")]),
    ("「返品する。」を押します。［1］", [("「返品する。」を押します。", (1,), "")]),
    ("返品は![返品](http://x)できます。[1]", [("返品は![返品](http://x)できます。", (1,), "")]),
    ("返品できます![1]交換は![2]", [("返品できます!", (1,), ""), ("交換は!", (2,), "")]),
    ("", []),
    ("[1] [2]", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_pieces_are_the_same_however_the_stream_is_cut(
    text: str, expected: list[tuple[str, tuple[int, ...], str]], size: int
) -> None:
    splitter, found = StreamSplitter(), list[DraftPiece]()
    for start in range(0, len(text), size):
        found += splitter.feed_text(text[start : start + size])
    found += splitter.flush_rest()
    assert [(piece.text, piece.cited, piece.mark) for piece in found] == expected


def test_a_sentence_is_given_out_as_soon_as_the_next_has_begun() -> None:
    splitter = StreamSplitter()
    assert splitter.feed_text("返品できます。[1]") == []
    assert [piece.text for piece in splitter.feed_text("期")] == ["返品できます。"]
