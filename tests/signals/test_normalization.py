"""Words found in a normalized text are shown as they were written."""

import pytest

from assistant.domain.turns import History
from assistant.signals.normalization import OriginalText, normalize_text
from assistant.signals.signal_reader import RuleSignalReader


@pytest.mark.parametrize(
    ("raw", "found", "shown"),
    [
        ("Can I speak to Mr. Sato, please?", "speak to mr. sato", "speak to Mr. Sato"),
        ("My KETTLE arrived broken", "ettle arriv", "KETTLE arrived"),
        ("ｵﾍﾟﾚｰﾀｰにつないで", "につないで", "につないで"),
        ("人 と 話 し た い", "人と話したい", "人 と 話 し た い"),
        ("it’s\n\nbroken", "it's broken", "it’s broken"),
        ("何度も", "前に書いたこと", "前に書いたこと"),
        ("", "anything", "anything"),
        ("anything", "", ""),
    ],
)
def test_words_are_shown_as_they_were_written(raw: str, found: str, shown: str) -> None:
    assert OriginalText(raw).find_words(found) == shown


def test_every_word_of_a_normalized_text_is_found_again() -> None:
    raw = "ＡＢＣ ﾊﾝｶｸ Straße — I'd LIKE　to talk"
    assert OriginalText(raw).find_words(normalize_text(raw)) == "ＡＢＣ ﾊﾝｶｸ Straße — I'd LIKE to talk"


def test_evidence_keeps_capitals_and_whole_words() -> None:
    text = "The parcel is fine. I would like to talk to a HUMAN being called Kobayashi-Nakamura if possible"
    found = RuleSignalReader().compute_signals(text, History()).evidence
    (wish,) = [one.text for one in found if one.kind == "wish"]
    assert "HUMAN" in wish
    assert set(wish.split()) <= set(text.split())
