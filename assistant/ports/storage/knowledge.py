"""What happens to articles, sources and collections of vectors over time, inside a transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from assistant.domain.article_lifecycle import (
    Contradiction,
    Dismissal,
    KnowledgeSource,
    SourceCheck,
    SourceProblem,
    Supersession,
)
from assistant.domain.article_listing import ArticleListing
from assistant.domain.supersession import SupersessionClaims


class CollectionStore(Protocol):
    """Which collection of the vector index holds each model's vectors, who makes and who fills them.

    Eight members because naming, filling and completing a collection are steps of one hand-over.
    """

    def find_name(self, model: str) -> str | None: ...
    def ensure_name(self, model: str) -> str: ...  # made where there is none
    def acquire_sync_lease(
        self, model: str, filler: str, version: int, now: datetime
    ) -> bool: ...  # whether it may
    def release_sync_lease(self, model: str, filler: str) -> None: ...
    def acquire_backfill_lease(
        self, model: str, maker: str, now: datetime, *, politely: bool
    ) -> bool: ...  # whether it may
    def mark_complete(self, model: str, spec: str) -> None: ...  # all its vectors are made
    def list_complete(self) -> Mapping[str, str]: ...  # model -> the setting that opens it
    def delete_collections(self, *, except_model: str) -> Sequence[str]: ...  # names of collections


class SupersessionStore(Protocol):
    """Which article replaces which."""

    def list_claims(self) -> Sequence[SupersessionClaims]: ...
    def save_supersessions(self, found: Mapping[str, str]) -> bool: ...  # whether that is news
    def list_supersessions(self) -> Sequence[Supersession]: ...


class ValidityStore(Protocol):
    """What is answered from today, what expires and what comes."""

    def list_inactive_chunks(
        self, today: date
    ) -> Sequence[int]: ...  # chunks not answered from, though they hold
    def load_chunk_articles(self) -> Mapping[int, str]: ...  # chunk -> article
    def list_expiring_articles(
        self, before: date
    ) -> Sequence[tuple[str, str, date]]: ...  # article, title, last day
    def list_upcoming_articles(self, after: date) -> Sequence[tuple[str, str, date]]: ...
    def list_article_listings(self) -> Sequence[ArticleListing]: ...


class ContradictionStore(Protocol):
    """Sentences that contradict each other, and what people said of them."""

    def list_uncompared_chunks(self, model: str) -> tuple[int, Sequence[int]]: ...  # the last of them, chunks
    def save_contradictions(self, last: int, found: Sequence[Contradiction], now: datetime) -> None: ...
    def list_open_contradictions(self, today: date) -> Sequence[Contradiction]: ...
    def dismiss_contradiction(self, contradiction: str, by: str, now: datetime, why: str = "") -> bool: ...
    def list_dismissals(self) -> Sequence[Dismissal]: ...
    def restore_contradiction(self, contradiction: str) -> bool: ...


class SourceProblemStore(Protocol):
    """What could not be read of which source, and what was left out."""

    def save_source_problems(self, sources: Sequence[str], found: Sequence[SourceProblem]) -> None: ...
    def list_source_problems(self) -> Sequence[SourceProblem]: ...
    def list_source_remarks(self) -> Sequence[SourceProblem]: ...


class ArticleLifecycleStore(
    SupersessionStore, ValidityStore, ContradictionStore, SourceProblemStore, Protocol
):
    """All that happens to articles over time."""


class SourceStore(Protocol):
    """What was named to be read, and which process reads it again."""

    def record_checks(self, looks: Sequence[SourceCheck]) -> None: ...
    def list_sources(self) -> Sequence[KnowledgeSource]: ...
    def request_resync(self, source: str) -> bool: ...  # whether it is a web source that we know
    def claim_due(
        self, now: datetime, interval: timedelta | None
    ) -> KnowledgeSource | None: ...  # due and leased
    def renew_lease(
        self, source: KnowledgeSource, now: datetime
    ) -> bool: ...  # whether the lease still holds
    def release_lease(self, source: KnowledgeSource) -> None: ...
