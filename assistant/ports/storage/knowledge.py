"""What happens to articles, sources and collections of vectors over time, inside a transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from assistant.domain.article_lifecycle import Contradiction, Dismissal, Look, Replaced, Source, Trouble
from assistant.domain.article_listing import Listed
from assistant.domain.supersession import Stated


class CollectionStore(Protocol):
    """Which collection of the vector index holds each model's vectors, who makes and who fills them."""

    def name(self, model: str) -> str | None: ...
    def named(self, model: str) -> str: ...  # made where there is none
    def fill(self, model: str, filler: str, version: int, now: datetime) -> bool: ...  # whether it may
    def filled(self, model: str, filler: str) -> None: ...
    def make(self, model: str, maker: str, now: datetime, *, politely: bool) -> bool: ...  # whether it may
    def complete(self, model: str, spec: str) -> None: ...  # all its vectors are made
    def completed(self) -> Mapping[str, str]: ...  # model -> the setting that opens it
    def forget(self, *, except_model: str) -> Sequence[str]: ...  # names of collections


class LivingStore(Protocol):
    """Replacements, contradictions and troubles of sources."""

    def stated(self) -> Sequence[Stated]: ...
    def replace(self, found: Mapping[str, str]) -> bool: ...  # whether that is news
    def replaced(self) -> Sequence[Replaced]: ...
    def resting(self, today: date) -> Sequence[int]: ...  # chunks not answered from, though they hold
    def owners(self) -> Mapping[int, str]: ...  # chunk -> article
    def ending(self, before: date) -> Sequence[tuple[str, str, date]]: ...  # article, title, last day
    def coming(self, after: date) -> Sequence[tuple[str, str, date]]: ...
    def uncompared(self, model: str) -> tuple[int, Sequence[int]]: ...  # the last of them, chunks
    def compared(self, last: int, found: Sequence[Contradiction], now: datetime) -> None: ...
    def open(self, today: date) -> Sequence[Contradiction]: ...
    def dismiss(self, contradiction: str, by: str, now: datetime, why: str = "") -> bool: ...
    def dismissed(self) -> Sequence[Dismissal]: ...
    def restore(self, contradiction: str) -> bool: ...
    def listed(self) -> Sequence[Listed]: ...
    def note_troubles(self, sources: Sequence[str], found: Sequence[Trouble]) -> None: ...
    def troubles(self) -> Sequence[Trouble]: ...
    def remarks(self) -> Sequence[Trouble]: ...


class SourceStore(Protocol):
    """What was named to be read, and which process reads it again."""

    def looked(self, looks: Sequence[Look]) -> None: ...
    def all(self) -> Sequence[Source]: ...
    def want(self, source: str) -> bool: ...  # whether it is a web source that we know
    def claim(self, now: datetime, interval: timedelta | None) -> Source | None: ...  # due and leased
    def renew(self, source: Source, now: datetime) -> bool: ...  # whether the lease still holds
    def release(self, source: Source) -> None: ...
