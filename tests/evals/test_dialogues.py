"""Our own dialogues are well formed, and the two halves share nothing."""

import pytest

from assistant.domain.messages import Author
from assistant.signals.normalization import normalize_text
from assistant.signals.progress import compute_dice, extract_bigrams
from evals.data.dialogues import Dialogue, load_own_dialogues, parse_dialogues
from evals.data.training_sources import load_lines

#: Pairs of letters: of "I want a human" only the last word is left, which says nothing of its nearness.
ENOUGH = 8


def test_lines_labels_and_our_own_wording_are_read() -> None:
    (dialogue,) = parse_dialogues("# title\n\n## x-1 calm complainer\nC F P: a\nA: @abstain\nC: b\n", "en")
    assert dialogue.persona == "calm complainer"
    assert dialogue.labels == {0: frozenset({"F", "P"}), 2: frozenset()}
    assert dialogue.lines[1].author is Author.ASSISTANT
    assert not dialogue.lines[1].text.startswith("@")


def test_a_line_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match="line 2"):
        parse_dialogues("## x-1 calm\nX: a\n", "en")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_there_are_four_hundred_turns_and_no_line_in_both_halves(language: str) -> None:
    halves = [
        [
            dialogue.lines[place].text
            for dialogue in load_own_dialogues(language, half)
            for place in dialogue.list_customer_lines()
        ]
        for half in ("train", "held")
    ]
    assert sum(map(len, halves)) >= 400
    assert len(halves[1]) >= 200
    assert [text for text in set(halves[0]) & set(halves[1]) if len(text) > 12] == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_held_line_is_nearly_a_line_that_was_trained_on(language: str) -> None:
    trained = {
        line for dialogue in load_own_dialogues(language, "train") for line in customer_texts(dialogue)
    }
    trained |= {
        example.text for name in ("wish", "frustration", "unfamiliarity") for example in load_lines(name, 1.0)
    }
    known = [pairs for text in trained if (pairs := extract_bigrams(normalize_text(text)))]
    held = {text: extract_bigrams(normalize_text(text)) for text in held_texts(language)}
    near = [
        text
        for text, pairs in held.items()
        if len(normalize_text(text)) >= 12
        and len(pairs) >= ENOUGH
        and any(compute_dice(pairs, other) >= 0.8 for other in known)
    ]
    assert near == []


def held_texts(language: str) -> set[str]:
    return {text for dialogue in load_own_dialogues(language, "held") for text in customer_texts(dialogue)}


def customer_texts(dialogue: Dialogue) -> list[str]:
    return [dialogue.lines[place].text for place in dialogue.list_customer_lines()]
