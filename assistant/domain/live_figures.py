"""What is going on at the desk at this moment."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCounts:
    waiting: int
    #: Since when who waits longest has; None: nobody waits.
    waiting_since: datetime | None
    with_agent: int
    #: Deadlines that are near, and those that are over.
    sla_near: int
    sla_over: int
