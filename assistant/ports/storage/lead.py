"""What support leads write, inside a transaction: articles, settings, verdicts on replies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from assistant.domain.article_drafts import ArticleRevision
from assistant.domain.people import Agent
from assistant.domain.rehearsals import StoredRehearsal
from assistant.domain.reply_verdicts import ReplyVerdict
from assistant.domain.setting_changes import SettingChange


class ArticleDraftStore(Protocol):
    """Articles that are written in the console."""

    def list_heads(self) -> Sequence[ArticleRevision]: ...
    def list_revisions(self, article: str) -> Sequence[ArticleRevision]: ...  # newest first
    def load_revision(self, article: str, revision: int) -> ArticleRevision | None: ...
    def add_revision(self, revision: ArticleRevision) -> bool: ...  # False: the number is taken
    def mark_published(self, article: str, revision: int, now: datetime) -> None: ...
    def mark_withdrawn(self, article: str, now: datetime) -> bool: ...  # whether it was published


class SettingStore(Protocol):
    """Settings that leads change in the console."""

    def load_version(self) -> int: ...
    def load_current(self) -> Mapping[str, SettingChange]: ...
    def list_changes(self, key: str, *, limit: int) -> Sequence[SettingChange]: ...  # newest first
    def add_change(self, key: str, value: Any, agent: Agent, now: datetime) -> int: ...


class RehearsalStore(Protocol):
    """Rehearsals that leads asked for."""

    def add(self, rehearsal: StoredRehearsal) -> None: ...
    def find_last(self) -> StoredRehearsal | None: ...
    def claim_next(self, now: datetime, silent_since: datetime) -> StoredRehearsal | None: ...
    def save_progress(self, rehearsal: str, done: int, total: int, now: datetime) -> None: ...
    # A *problem* instead of a result: it failed.
    def finish(
        self, rehearsal: str, now: datetime, result: Mapping[str, Any] | None, problem: str | None
    ) -> None: ...


class ReplyVerdictStore(Protocol):
    """Agents' verdicts on the assistant's replies."""

    def save(self, verdict: ReplyVerdict) -> None: ...
    def remove(self, conversation: str, message: str, agent: str) -> bool: ...
    def list_by_conversation(self, conversation: str) -> Sequence[ReplyVerdict]: ...
    def list_wanting_since(
        self, since: datetime, *, limit: int
    ) -> Sequence[ReplyVerdict]: ...  # newest first
