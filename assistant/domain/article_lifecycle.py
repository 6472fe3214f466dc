"""What happens to articles over time: they replace and contradict one another, and their sources fail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class ContradictionSide:
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
    one: ContradictionSide
    other: ContradictionSide
    #: What differs: days, yen, time of day ...
    measure: str
    found_at: datetime | None = None

    @classmethod
    def from_sides(cls, one: ContradictionSide, other: ContradictionSide, measure: str) -> Contradiction:
        """The same pair, whichever was found first, has the same id."""
        first, second = sorted((one, other), key=lambda side: (side.article, side.text))
        told = "\0".join((first.article, first.text, second.article, second.text))
        return cls(id=sha256(told.encode()).hexdigest()[:32], one=first, other=second, measure=measure)

    @property
    def newer_side(self) -> ContradictionSide | None:
        """The side that was updated later, where both say when."""
        one, other = self.one, self.other
        if not one.updated or not other.updated or one.updated == other.updated:
            return None
        return one if one.updated > other.updated else other


@dataclass(frozen=True, slots=True, kw_only=True)
class Supersession:
    """An article that is no longer answered from, and what is instead."""

    article: str
    title: str
    by: str
    by_title: str
    #: Until the other one holds, this one is still answered from.
    since: date | None = None


VANISHED = "it is no longer there; run `assistant ingest` with --prune to remove it"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceProblem:
    """A document that could not be read, or is no longer where it was."""

    place: str
    source: str
    why: str
    since: datetime
    #: It could be read, and only a part was left out.
    harmless: bool = False

    @property
    def is_vanished(self) -> bool:
        return self.why == VANISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCheck:
    """A run's word on one of the places that it was given."""

    source: str
    checked_at: datetime
    #: It could be read; documents in it may be troubles of their own.
    is_readable: bool
    #: Articles whose document vanished were removed.
    prune: bool
    #: Some article comes from it: not a slip of whoever typed it.
    has_articles: bool = True


LONG_AGO = datetime.fromtimestamp(0, UTC)
#: A web source that fails is tried again after this, twice as long each time, at most the usual interval.
FIRST_BACKOFF = timedelta(minutes=15)
#: Sources are read this share of the interval earlier or later, so that they do not all come at once.
JITTER = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeSource:
    """A folder, file or web address that articles were read from."""

    source: str
    prune: bool
    looked_at: datetime
    read_at: datetime | None = None
    #: Looks in a row in which it could not be read.
    failures: int = 0
    #: Somebody asked for it to be read at once.
    wanted: bool = False
    #: Proof of the present lease.
    lease: str | None = None

    @property
    def is_web_source(self) -> bool:
        return "://" in self.source

    def due_at(self, interval: timedelta) -> datetime:
        """When a web source is to be read again; the same answer in every process."""
        if self.wanted:
            return LONG_AGO
        pause = (
            interval if not self.failures else min(interval, FIRST_BACKOFF * 2 ** min(self.failures - 1, 20))
        )
        told = sha256(f"{self.source} {self.looked_at.isoformat()}".encode()).digest()
        return self.looked_at + pause * (1 + JITTER * (told[0] / 127.5 - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissal:
    """A contradiction that a person judged to be none."""

    contradiction: Contradiction
    by: str
    at: datetime
    why: str
