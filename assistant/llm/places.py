"""Where a unit stands in its passage's Markdown, found by letters and digits alone."""

from collections.abc import Sequence

from assistant.llm.units import Kind, Unit

#: Letters that find one end of a unit with markup in its middle, a link's address for example.
_END = 5


class Places:
    """Finds units in one text."""

    def __init__(self, text: str) -> None:
        self._at = [place for place, char in enumerate(text) if char.isalnum()]
        self._letters = _letters(text)

    def of(self, unit: Unit) -> tuple[int, int] | None:
        """The characters from and to; None where the unit's words do not stand as they are."""
        wanted = _letters("".join(unit.cells) if unit.kind is Kind.ROW else unit.text)
        start = self._letters.find(wanted) if wanted else -1
        end = start + len(wanted)
        if start < 0 and len(wanted) >= 2 * _END:
            start = self._letters.find(wanted[:_END])
            end = self._letters.find(wanted[-_END:], max(start, 0)) + _END
        if start < 0 or end <= start:
            return None
        return self._at[start], self._at[end - 1] + 1

    def of_all(self, units: Sequence[Unit]) -> list[tuple[int, int]]:
        return [place for unit in units if (place := self.of(unit))]


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())
