"""One form of characters for comparing, whatever a stranger piles up."""

import time
import unicodedata

import pytest

from assistant.domain.unicode_forms import fold_compatibility


@pytest.mark.parametrize(
    "text", ["ﾊﾝｶｸ", "ＡＢＣ１２３", "㈱①㌫", "が" * 2_000, "e\u0301" * 2_000, "\u1112\u1161\u11ab" * 900]
)
def test_honest_text_has_the_form_of_the_standard(text: str) -> None:
    assert fold_compatibility(text) == unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize("text", ["a" + "\u0315\u0300" * 100_000, "\ufdfa" * 200_000, "\u0344" * 200_000])
def test_hostile_text_takes_no_time_and_does_not_grow(text: str) -> None:
    started = time.thread_time()
    assert len(fold_compatibility(text)) <= 2 * len(text)
    assert time.thread_time() - started < 1
