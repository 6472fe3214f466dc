"""Article lifecycle, sources and vector collections, inside a transaction."""

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
from assistant.domain.synonyms import FailedQuestion


class CollectionStore(Protocol):
    """Names of vector collections, and the leases for filling and backfilling them.

    Eight members because naming, filling and completing a collection are steps of one process.
    """

    def find_name(self, model: str) -> str | None: ...
    def ensure_name(self, model: str) -> str: ...  # creates it if missing
    def acquire_sync_lease(
        self, model: str, filler: str, version: int, now: datetime
    ) -> bool: ...  # whether the lease was granted
    def release_sync_lease(self, model: str, filler: str) -> None: ...
    def acquire_backfill_lease(
        self, model: str, maker: str, now: datetime, *, politely: bool
    ) -> bool: ...  # whether the lease was granted
    def mark_complete(self, model: str, spec: str) -> None: ...  # all its vectors exist
    def list_complete(self) -> Mapping[str, str]: ...  # model -> the setting that opens it
    # names of the deleted collections
    def delete_collections(self, *, except_model: str) -> Sequence[str]: ...


class SupersessionStore(Protocol):
    """Which article supersedes which."""

    def list_claims(self) -> Sequence[SupersessionClaims]: ...
    def save_supersessions(self, found: Mapping[str, str]) -> bool: ...  # whether anything changed
    def list_supersessions(self) -> Sequence[Supersession]: ...


class ValidityStore(Protocol):
    """Which articles are valid today, which expire and which are upcoming."""

    def list_inactive_chunks(
        self, today: date
    ) -> Sequence[int]: ...  # chunks that are not yet valid or superseded
    def load_chunk_articles(self) -> Mapping[int, str]: ...  # chunk -> article
    def list_expiring_articles(
        self, before: date
    ) -> Sequence[tuple[str, str, date]]: ...  # (article, title, last day)
    def list_upcoming_articles(self, after: date) -> Sequence[tuple[str, str, date]]: ...
    def list_article_listings(self) -> Sequence[ArticleListing]: ...


class ContradictionStore(Protocol):
    """Contradictions between articles, and their dismissals."""

    def list_uncompared_chunks(self, model: str) -> tuple[int, Sequence[int]]: ...  # the last of them, chunks
    def save_contradictions(self, last: int, found: Sequence[Contradiction], now: datetime) -> None: ...
    def list_open_contradictions(self, today: date) -> Sequence[Contradiction]: ...
    def dismiss_contradiction(self, contradiction: str, by: str, now: datetime, why: str = "") -> bool: ...
    def list_dismissals(self) -> Sequence[Dismissal]: ...
    def restore_contradiction(self, contradiction: str) -> bool: ...


class SourceProblemStore(Protocol):
    """Problems and remarks of sources."""

    def save_source_problems(self, sources: Sequence[str], found: Sequence[SourceProblem]) -> None: ...
    def list_source_problems(self) -> Sequence[SourceProblem]: ...
    def list_source_remarks(self) -> Sequence[SourceProblem]: ...


class ArticleLifecycleStore(
    SupersessionStore, ValidityStore, ContradictionStore, SourceProblemStore, Protocol
):
    """Supersessions, validity, contradictions and source problems."""


class SynonymStore(Protocol):
    """Words that mean the same in the knowledge base."""

    def list_groups(self) -> Sequence[Sequence[str]]: ...
    def save_groups(self, groups: Sequence[Sequence[str]]) -> None: ...  # replaces all of them
    def contains_word(self, word: str) -> bool: ...  # in an article
    def list_failed_questions(self) -> Sequence[FailedQuestion]: ...  # with what helped later


class SourceStore(Protocol):
    """Sources, and the leases for resyncing them."""

    def record_checks(self, checks: Sequence[SourceCheck]) -> None: ...
    def list_sources(self) -> Sequence[KnowledgeSource]: ...
    def request_resync(self, source: str) -> bool: ...  # whether it is a known web source
    def claim_due(
        self, now: datetime, interval: timedelta | None
    ) -> KnowledgeSource | None: ...  # due, leased
    def renew_lease(
        self, source: KnowledgeSource, now: datetime
    ) -> bool: ...  # whether the lease is still valid
    def release_lease(self, source: KnowledgeSource) -> None: ...
