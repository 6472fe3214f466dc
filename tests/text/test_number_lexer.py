"""Both comparisons of numbers read what is written in the same way."""

import pytest

from assistant.text.exact_facts import extract_numbers, find_unfounded_numbers
from assistant.text.quantities import Quantity, extract_quantities


@pytest.mark.parametrize("text", ["午後6時半に", "by 6:30 p.m.", "by 6.30 pm", "18:30に", "１８時半"])
def test_a_time_of_day_is_one_time_however_it_is_written(text: str) -> None:
    assert ("18:30", "") in extract_numbers(text)
    assert Quantity("time of day", 1110, 1110) in extract_quantities(text)


def test_a_time_with_a_dot_is_no_number_after_a_dot() -> None:
    assert find_unfounded_numbers("We open at 8:30 am.", "Mon–Sat 8.30 am – 6 pm") == []
    assert find_unfounded_numbers("It costs 8.30 dollars.", "Open from 8:30 am.") != []


@pytest.mark.parametrize("text", ["三十日以内", "30日以内", "thirty days", "30 days"])
def test_an_amount_is_one_amount_however_it_is_written(text: str) -> None:
    assert ("30", "day") in extract_numbers(text)
    assert Quantity("days", 30, 30) in extract_quantities(text)


def test_words_that_count_nothing_are_no_amounts() -> None:
    assert extract_quantities("zero hours contract") == frozenset()
    assert extract_quantities("within forty days") == {Quantity("days", 40, 40)}
