"""Our own dialogues are well formed, and the two halves share nothing."""

import pytest

from assistant.domain.messages import Author
from evals.dialogues import own, parse


def test_lines_labels_and_our_own_wording_are_read() -> None:
    (dialogue,) = parse("# title\n\n## x-1 calm complainer\nC F P: a\nA: @abstain\nC: b\n", "en")
    assert dialogue.persona == "calm complainer"
    assert dialogue.labels == {0: frozenset({"F", "P"}), 2: frozenset()}
    assert dialogue.lines[1].author is Author.ASSISTANT
    assert not dialogue.lines[1].text.startswith("@")


def test_a_line_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match="line 2"):
        parse("## x-1 calm\nX: a\n", "en")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_there_are_four_hundred_turns_and_no_line_in_both_halves(language: str) -> None:
    halves = [
        [
            dialogue.lines[place].text
            for dialogue in own(language, half)
            for place in dialogue.customer_lines()
        ]
        for half in ("train", "held")
    ]
    assert sum(map(len, halves)) >= 400
    assert len(halves[1]) >= 200
    assert [text for text in set(halves[0]) & set(halves[1]) if len(text) > 12] == []
