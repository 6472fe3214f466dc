"""Where quotable units stand in the Markdown that they were read from."""

import pytest

from assistant.answering.spans import UnitLocator
from assistant.text.quotable import extract_units
from tests.answering.passages import DEADLINE, passage

LINKED = "返送料は[送料のページ](https://shop.example/fees)にある**770円**です。\n\nHow *long* is it? 3 days."


@pytest.mark.parametrize("text", [DEADLINE, LINKED])
def test_every_unit_is_found_where_its_words_begin_and_end(text: str) -> None:
    places = UnitLocator(text)
    for unit in extract_units(passage(text), 0):
        found = places.locate_unit(unit)
        assert found is not None
        said = [char for char in "".join(unit.cells) or unit.text if char.isalnum()]
        there = text[slice(*found)]
        assert (there[0], there[-1]) == (said[0], said[-1])


def test_what_does_not_stand_there_has_no_place() -> None:
    unit = extract_units(passage("全く別の文です。"), 0)[0]
    assert UnitLocator(DEADLINE).locate_unit(unit) is None
    assert UnitLocator("").locate_units([unit]) == []
