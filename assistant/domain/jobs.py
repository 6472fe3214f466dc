"""Work as rows with a due time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class JobKind(StrEnum):
    #: The customer said something; the assistant's turn.
    TURN = "turn"
    #: The watchdog: by then the customer must have heard something.
    DEADLINE = "deadline"
    #: Messages wait to be sent to the customer's app.
    DELIVERY = "delivery"
    #: Files that the customer sent wait to be fetched.
    MEDIA = "media"
    #: The packet of a handoff can still be made better.
    PACKET = "packet"
    #: Somebody waits whom a team gives to one of its agents.
    ASSIGN = "assign"
    #: A conversation that nobody writes in any more ends.
    IDLE = "idle"
    #: A conversation has ended or was rated: whether somebody must look after the customer.
    CASE = "case"
    #: A change that the customer said yes to waits to be carried out.
    ACTION = "action"
    #: It is time to call a customer, or it was.
    CALLBACK = "callback"
    #: The clocks of a conversation that people have are looked at again.
    SLA = "sla"
    #: Something goes to a foreign desk, or came from there.
    DESK = "desk"


#: What ends when nobody has to answer any more; what was said is still sent.
ANSWER_KINDS = (JobKind.TURN, JobKind.DEADLINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadEvent:
    """Something from outside that we failed to take in."""

    #: The channel, and which of its accounts.
    where: str
    #: Who sent it, as the channel names them.
    peer: str
    #: The kind of error, never what somebody said.
    why: str
    #: All of it, as JSON.
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to be done for a conversation, at most one of each kind at a time."""

    kind: JobKind
    conversation: str
    due_at: datetime
    #: Since when it has been wanted; a burst may push *due_at* only so far from it.
    since: datetime
    #: Attempts that ended in an error or were never heard of again.
    tries: int = 0
    #: Proof of the present lease; a later lease has another.
    lease: str | None = None
