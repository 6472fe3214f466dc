"""How long things may take; one value, passed to everything that sets a due time."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    #: A pause this long ends a burst of messages …
    debounce: timedelta = timedelta(seconds=0.6)
    #: … and no burst is waited for longer than this, however fast somebody types.
    max_burst: timedelta = timedelta(seconds=6)
    #: An unanswered customer hears something by then.
    turn_deadline: timedelta = timedelta(seconds=30)
    #: Silent agents lose the conversation to the queue after this.
    agent_deadline: timedelta = timedelta(minutes=10)
    #: A worker that is not heard of for this long has lost its work; while it works it renews the lease.
    lease: timedelta = timedelta(seconds=15)


#: Somebody who waits in the queue and writes again hears by then that they are not forgotten.
QUEUE_REMINDER = timedelta(minutes=5)
#: How often it is looked at how it stands for somebody who waits.
WAITING_CHECK = timedelta(minutes=1)
#: After the first message, when it is first looked whether a conversation has ended in silence.
IDLE_CHECK = timedelta(minutes=5)

MAX_TEXT = 4_000
