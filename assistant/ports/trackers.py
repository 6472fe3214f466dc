"""What improvements need of an issue tracker."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from assistant.domain.errors import AssistantError
from assistant.domain.trackers import IssueTrouble


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueDraft:
    """What is written into a new issue; personal data is masked."""

    #: Finds it again; every adapter stores it where it can be searched.
    marker: str
    title: str
    #: Plain text, a line each.
    lines: tuple[str, ...]
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalIssue:
    #: Names it there: 42, SHOP-7.
    key: str
    #: Where people look at it.
    url: str
    is_done: bool = False
    #: Closed without being done: refused, a duplicate.
    is_dropped: bool = False


class IssueTracker(Protocol):
    """One project of a tracker. All calls raise `TrackerFailed`."""

    async def find_issue(self, marker: str) -> ExternalIssue | None: ...  # of a try before
    async def create_issue(self, draft: IssueDraft) -> ExternalIssue: ...
    async def load_issue(self, key: str) -> ExternalIssue: ...


class TrackerFailed(AssistantError):
    """The tracker did not do it."""

    status, code = 502, "tracker"

    def __init__(self, trouble: IssueTrouble, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.trouble = trouble
        #: Seconds that the tracker asked us to wait.
        self.after = after

    @property
    def is_final(self) -> bool:
        """Whether no later try can help."""
        return self.trouble not in (IssueTrouble.BUSY, IssueTrouble.UNAVAILABLE)
