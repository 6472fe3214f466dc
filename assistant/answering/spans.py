"""Locates units in their passage's Markdown, comparing letters and digits only, and their tokens."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.ports.knowledge import PassageTokens
from assistant.text.quotable import Unit, UnitKind

if TYPE_CHECKING:
    from numpy import bool_
    from numpy.typing import NDArray

Place = tuple[int, int]

#: Letters that identify an end of a unit with markup in its middle, such as a link's address.
_END = 5
#: Everything but letters and digits; letters and digits.
_NO_LETTERS = re.compile(r"[\W_]+")
_LETTERS = re.compile(r"[^\W_]+")


class UnitLocator:
    """Locates units in one text."""

    def __init__(self, text: str) -> None:
        self._at = [i for found in _LETTERS.finditer(text) for i in range(found.start(), found.end())]
        self._letters = _strip_to_letters(text)

    def locate_unit(self, unit: Unit) -> Place | None:
        """Start and end of the unit in the text; None when its words do not occur unchanged."""
        return self._find_words("".join(unit.cells) if unit.kind is UnitKind.ROW else unit.text)

    def locate_header(self, row: Unit) -> Place | None:
        """The span of the header of a table row's table."""
        return self._find_words("".join(row.header))

    def locate_units(self, units: Sequence[Unit]) -> list[Place]:
        return [place for unit in units if (place := self.locate_unit(unit))]

    def _find_words(self, words: str) -> Place | None:
        wanted = _strip_to_letters(words)
        start = self._letters.find(wanted) if wanted else -1
        end = start + len(wanted)
        if start < 0 and len(wanted) >= 2 * _END:
            start = self._letters.find(wanted[:_END])
            end = self._letters.find(wanted[-_END:], max(start, 0)) + _END
        if start < 0 or end <= start:
            return None
        return self._at[start], self._at[end - 1] + 1


@lru_cache(maxsize=4096)
def _strip_to_letters(text: str) -> str:
    return _NO_LETTERS.sub("", text)


@lru_cache(maxsize=256)
def get_locator(text: str) -> UnitLocator:
    """The cached locator of a passage."""
    return UnitLocator(text)


def find_tokens_within(tokens: PassageTokens, places: Sequence[Place]) -> "NDArray[bool_]":
    """Mask of a passage's *tokens* that lie within one of *places*, (tokens,)."""
    import numpy

    starts, ends = tokens.spans[:, 0], tokens.spans[:, 1]
    inside: NDArray[bool_] = numpy.zeros(len(starts), bool)
    for start, end in places:
        inside |= (ends > start) & (starts < end)
    return inside
