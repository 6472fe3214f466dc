"""What support leads see of an article: whether customers get it now, and what is wrong with its document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.domain.article_lifecycle import SourceProblem
from assistant.domain.knowledge import Origin

#: An article that ends within this is worth a look.
EXPIRY_WARNING = timedelta(days=30)
#: What an article can be, in the order in which it should be looked at.
STATES = ("failed", "vanished", "ends_soon", "not_yet", "replaced", "ended", "holds")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleListing:
    """An article without its text."""

    id: str
    title: str
    language: str
    url: str | None = None
    updated: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    #: The article that replaces it, and from when on.
    replaced_by: str | None = None
    replaced_from: date | None = None
    origin: Origin | None = None

    def compute_state(self, today: date) -> str:
        """holds, not_yet, ended or replaced."""
        if self.replaced_by and (self.replaced_from is None or self.replaced_from <= today):
            return "replaced"
        if self.valid_until and self.valid_until < today:
            return "ended"
        return "not_yet" if self.valid_from and self.valid_from > today else "holds"

    def ends_soon(self, today: date) -> bool:
        return self.valid_until is not None and today <= self.valid_until <= today + EXPIRY_WARNING

    def find_problem(self, by_place: Mapping[str, SourceProblem]) -> SourceProblem | None:
        """What is wrong with the document it was read from, or with all of its source."""
        for place in (self.id, self.id.rpartition("#")[0]):
            if place in by_place:
                return by_place[place]
        found = by_place.get(self.origin.source) if self.origin else None
        return found if found and found.source == found.place else None

    def is_in_state(self, state: str, today: date, by_place: Mapping[str, SourceProblem]) -> bool:
        """Whether it belongs into the list of a *state*."""
        if state in ("failed", "vanished"):
            trouble = self.find_problem(by_place)
            return trouble is not None and trouble.is_vanished is (state == "vanished")
        return self.ends_soon(today) if state == "ends_soon" else self.compute_state(today) == state
