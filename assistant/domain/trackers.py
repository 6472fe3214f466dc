"""Issues in other systems' trackers that stand for improvements: created once, followed until done."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from assistant.domain.outgoing_webhooks import MAX_PAUSE, RETRY_DELAYS


class IssueState(StrEnum):
    #: To be created.
    PENDING = "pending"
    #: There, and looked at from time to time.
    OPEN = "open"
    #: Done there, or the improvement was ended here: looked at no more.
    CLOSED = "closed"
    #: It could not be created, or is gone there; exporting again tries anew.
    FAILED = "failed"


class IssueTrouble(StrEnum):
    """Why an issue is not as it should be."""

    #: The tracker does not take our token.
    UNAUTHORIZED = "unauthorized"
    #: The project, or the issue, is not there.
    NOT_FOUND = "not_found"
    #: The tracker refuses what we send.
    REFUSED = "refused"
    #: It asks us to wait, has trouble, or does not answer.
    BUSY = "busy"
    UNAVAILABLE = "unavailable"
    #: No settings name this tracker any more.
    UNKNOWN = "unknown"
    #: It was closed there without being done.
    DROPPED = "dropped"
    #: It is done there, and nothing says yet what the customers are told.
    TEXTS = "texts"


#: An issue is looked at again after this.
POLL_INTERVAL = timedelta(minutes=10)
#: The same after trouble that only an operator can end.
POLL_AFTER_TROUBLE = timedelta(hours=1)
MARKER_PREFIX = "yorisoi-"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedIssue:
    """The issue of an improvement in a tracker; one for each at most."""

    improvement: str
    tracker: str
    due_at: datetime
    created_at: datetime
    updated_at: datetime
    state: IssueState = IssueState.PENDING
    #: Its name and address there.
    key: str | None = None
    url: str | None = None
    #: Failed tries since something last worked.
    tries: int = 0
    trouble: IssueTrouble | None = None

    @property
    def marker(self) -> str:
        """Stands in the issue, so that it is found again after a try whose answer was lost."""
        return MARKER_PREFIX + self.improvement

    def put_off(
        self, trouble: IssueTrouble, now: datetime, *, final: bool, after: float | None = None
    ) -> "TrackedIssue":
        """The issue after a failed try; *final*: no later try can help; *after*: seconds asked for."""
        changed = replace(self, tries=self.tries + 1, trouble=trouble, updated_at=now)
        if self.state is IssueState.PENDING and (final or self.tries >= len(RETRY_DELAYS)):
            return replace(changed, state=IssueState.FAILED)
        pause = POLL_AFTER_TROUBLE
        if not final:
            pause = RETRY_DELAYS[min(self.tries, len(RETRY_DELAYS) - 1)]
        return replace(changed, due_at=now + max(pause, min(timedelta(seconds=after or 0), MAX_PAUSE)))
