"""Outcomes, themes and gaps, inside a transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from assistant.domain.digest import DigestMail, DigestMailState
from assistant.domain.gaps import DraftSentence, Gap, GapEvidence, GapState
from assistant.domain.outcomes import OutcomeRecord
from assistant.domain.report_rows import OwnerChange, RepeatContact, ReportRow
from assistant.domain.surveys import AskedSurvey, SurveyState
from assistant.domain.themes import AskedQuestion, Theme, ThemeEvent


class OutcomeStore(Protocol):
    """The ledger of how conversations ended."""

    def add(self, record: OutcomeRecord) -> None: ...  # the first entry of a conversation stays
    def get(self, conversation: str) -> OutcomeRecord | None: ...
    def list_between(self, start: datetime, end: datetime) -> Sequence[OutcomeRecord]: ...  # by end, in order


class QuestionStore(Protocol):
    """What was asked, one row per turn that searched the help."""

    def list_unembedded(self, model: str, *, limit: int) -> Sequence[AskedQuestion]: ...  # oldest first
    def list_embedded(
        self, model: str, *, since: datetime, limit: int
    ) -> Sequence[AskedQuestion]: ...  # newest first
    def save_vectors(self, model: str, vectors: Mapping[tuple[str, int], bytes]) -> None: ...
    def assign_themes(self, themes: Mapping[tuple[str, int], str | None]) -> None: ...
    def count_by_theme(
        self, start: datetime, end: datetime
    ) -> Mapping[str | None, tuple[int, int]]: ...  # conversations, declined questions
    def list_by_theme(self, theme: str, *, limit: int) -> Sequence[AskedQuestion]: ...  # newest first
    def list_between(
        self, start: datetime, end: datetime
    ) -> Sequence[AskedQuestion]: ...  # in order, without vectors


class ThemeStore(Protocol):
    """Themes of questions, what happened to them, and the runs that look after them.

    Eight members because runs over all themes are claimed here too.
    """

    def get(self, theme: str) -> Theme: ...  # NotFound
    def list_alive(self) -> Sequence[Theme]: ...
    def save(self, theme: Theme) -> None: ...
    def move_questions(self, theme: str, into: str) -> None: ...
    def add_event(self, event: ThemeEvent) -> None: ...
    def list_events(self, *, since: datetime) -> Sequence[ThemeEvent]: ...  # in order
    def claim_run(self, kind: str, now: datetime, every: timedelta, retry_after: timedelta) -> bool: ...
    def finish_run(self, kind: str, now: datetime) -> None: ...


class GapStore(Protocol):
    """Gaps of the help with evidence and drafts.

    Nine members because evidence and sentences have tables of their own.
    """

    def get(self, gap: str) -> Gap: ...  # NotFound
    def list_in_states(self, states: Sequence[GapState]) -> Sequence[Gap]: ...  # newest change first
    def save(self, gap: Gap) -> None: ...
    def list_unanswered(self, since: datetime) -> Mapping[tuple[str, int], str]: ...  # -> why
    def load_assigned(self) -> Mapping[tuple[str, int], str]: ...  # -> gap
    def add_evidence(self, gap: str, evidence: Mapping[tuple[str, int], str]) -> None: ...
    def list_evidence(self, gaps: Sequence[str]) -> Sequence[GapEvidence]: ...  # newest first
    def replace_sentences(self, gap: str, sentences: Sequence[DraftSentence]) -> None: ...
    def list_sentences(self, gap: str) -> Sequence[DraftSentence]: ...


class ReportStore(Protocol):
    """The raw rows of reports, and what tells that they have changed.

    Nine members because each is one query of a report.
    """

    def list_rows(self, start: datetime, end: datetime) -> Sequence[ReportRow]: ...  # by end, in order
    def list_contacts(
        self, start: datetime, end: datetime
    ) -> Sequence[RepeatContact]: ...  # by begin, in order
    def count_by_utc_day(
        self, start: datetime, end: datetime
    ) -> Mapping[int, int]: ...  # day since 1970 -> conversations that ended; days of none are missing
    def load_last_ids(self) -> tuple[int, int]: ...  # of feedback and of theme events
    def list_rated_ends(self, after: int) -> Sequence[datetime]: ...  # ends of what was rated after that id
    def list_links(self) -> Sequence[tuple[str, str]]: ...  # customers who are one person
    def list_owners(
        self, start: datetime, end: datetime
    ) -> Sequence[tuple[str, str]]: ...  # (ended conversation, an agent who had it), each once
    def list_owner_changes(self, start: datetime, end: datetime) -> Sequence[OwnerChange]: ...  # in order
    def list_harassed(self, start: datetime, end: datetime) -> Sequence[str]: ...  # ended conversations


class SurveyStore(Protocol):
    """Surveys that were asked, one for each conversation at most."""

    def add(self, survey: AskedSurvey) -> bool: ...  # False: there is one already
    def get(self, conversation: str) -> AskedSurvey | None: ...
    def end_survey(self, conversation: str, state: SurveyState) -> None: ...
    def list_by_customers(self, customers: Sequence[str]) -> Sequence[tuple[str, datetime]]: ...


class DigestStore(Protocol):
    """Weekly digests, each made by one process, and their mails, each sent by one."""

    def add(self, week: str, recipients: tuple[str, ...], now: datetime) -> bool: ...  # False: there already
    def claim_mail(self, now: datetime) -> DigestMail | None: ...  # one that is due; None: none is
    def save_mail(
        self, mail: DigestMail, state: DigestMailState, now: datetime, why: str | None = None
    ) -> None: ...
