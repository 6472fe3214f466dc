"""Where quotable units stand in the Markdown that they were read from."""

import pytest

from assistant.answering.spans import Places
from assistant.text.quotable import units
from tests.answering.passages import DEADLINE, passage

LINKED = "返送料は[送料のページ](https://shop.example/fees)にある**770円**です。\n\nHow *long* is it? 3 days."


@pytest.mark.parametrize("text", [DEADLINE, LINKED])
def test_every_unit_is_found_where_its_words_begin_and_end(text: str) -> None:
    places = Places(text)
    for unit in units(passage(text), 0):
        found = places.of(unit)
        assert found is not None
        said = [char for char in "".join(unit.cells) or unit.text if char.isalnum()]
        there = text[slice(*found)]
        assert (there[0], there[-1]) == (said[0], said[-1])


def test_what_does_not_stand_there_has_no_place() -> None:
    unit = units(passage("全く別の文です。"), 0)[0]
    assert Places(DEADLINE).of(unit) is None
    assert Places("").of_all([unit]) == []
