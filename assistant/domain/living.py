"""What happens to articles over time: they replace and contradict one another, and their sources fail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two sentences that do not agree."""

    article: str
    text: str
    title: str = ""
    url: str = ""
    language: str = ""
    updated: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two articles that say different amounts, dates or durations of the same thing."""

    id: str
    one: Side
    other: Side
    #: What differs: days, yen, time of day ...
    measure: str
    found_at: datetime | None = None

    @classmethod
    def between(cls, one: Side, other: Side, measure: str) -> Contradiction:
        """The same pair, whichever was found first, has the same id."""
        first, second = sorted((one, other), key=lambda side: (side.article, side.text))
        told = "\0".join((first.article, first.text, second.article, second.text))
        return cls(id=sha256(told.encode()).hexdigest()[:32], one=first, other=second, measure=measure)

    @property
    def newer(self) -> Side | None:
        """The side that was updated later, where both say when."""
        one, other = self.one, self.other
        if not one.updated or not other.updated or one.updated == other.updated:
            return None
        return one if one.updated > other.updated else other


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """An article that is no longer answered from, and what is instead."""

    article: str
    title: str
    by: str
    by_title: str
    #: Until the other one holds, this one is still answered from.
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A document that could not be read, or is no longer where it was."""

    place: str
    source: str
    why: str
    since: datetime
