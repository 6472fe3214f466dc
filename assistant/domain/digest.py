"""The weekly digest: when it is due, to whom it goes, what became of each mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from assistant.domain.hours import to_local_time

#: A digest that nobody could send for so long is not sent any more.
SENT_WITHIN = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRules:
    """As a policy has them; nobody gets a mail where *to* is empty."""

    to: tuple[str, ...] = ()
    #: 0 is Monday.
    weekday: int = 0
    #: By the business's clock.
    hour: int = 9
    language: str = "ja"


class DigestMailState(StrEnum):
    PENDING = "pending"
    #: Somebody is sending it; what stays like this may have been sent, so it is not sent again.
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestMail:
    #: The first day of the week that it tells of.
    week: str
    recipient: str
    tries: int


def find_due_digest(rules: DigestRules, zone: str, now: datetime) -> tuple[datetime, datetime] | None:
    """[start, end) of the week that a digest is due for, by the business's clock; None: none is due."""
    local = to_local_time(now, zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    end = midnight - timedelta(days=(local.weekday() - rules.weekday) % 7)
    due = end.replace(hour=rules.hour)
    if due > local:
        end, due = end - timedelta(days=7), due - timedelta(days=7)
    return None if local - due >= SENT_WITHIN else (end - timedelta(days=7), end)
