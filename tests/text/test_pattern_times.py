"""Patterns that read hostile text take time that grows with its length only."""

import time
from collections.abc import Callable

import pytest

from assistant.answering.grounding.rules import _ADDRESS
from assistant.conversation.turn.burst import is_question
from assistant.text.segmentation import _RUN
from assistant.tools.word_gates import select_button_wish


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (_RUN.findall, "a." * 4_000),
        (_ADDRESS.findall, "a." * 4_000),
        (is_question, "?" * 8_000 + "x"),
        (select_button_wish, "、" * 8_000 + "x"),
    ],
)
def test_a_long_text_is_read_in_linear_time(read: Callable[[str], object], text: str) -> None:
    began = time.process_time()
    read(text)
    assert time.process_time() - began < 0.15
