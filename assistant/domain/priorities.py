"""A place in the queue: by why a person comes in, what it is about, and how the customer is."""

from collections.abc import Sequence

from assistant.domain.conversation import Priority
from assistant.domain.policy import Policy
from assistant.domain.signals import (
    FEELING_THRESHOLD,
    MAX_RECENT_TURNS,
    Reason,
    Signals,
    Verdict,
    is_distressed,
)

#: Most urgent first.
ORDER = (Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW)


def compute_priority(
    verdict: Verdict,
    signals: Signals | None,
    policy: Policy,
    *,
    earlier: Sequence[Signals] = (),
    verified: bool = False,
) -> Priority:
    """Place in the queue: the highest of what the policy gives the reason, the topics and the person.

    *earlier*: the turns of this episode before, the present one may be among them. Distress is always urgent;
    worry and a hurry are at least high.
    """
    turns = [*earlier, *([signals] if signals is not None else ())]
    lately = turns[-MAX_RECENT_TURNS:]
    names = [verdict.reason, *((signals.sensitive, signals.topic) if signals is not None else ())]
    if any(turn.frustration >= policy.offer_frustration for turn in lately):
        names.append(Reason.FRUSTRATED)
    if verified:
        names.append("verified")
    wanted = {Priority(policy.priorities[name]) for name in names if name and name in policy.priorities}
    if any(turn.urgency >= FEELING_THRESHOLD or turn.worry >= FEELING_THRESHOLD for turn in lately):
        wanted.add(Priority.HIGH)
    if is_distressed(*turns):
        wanted.add(Priority.URGENT)
    return select_highest(*wanted) if wanted else Priority.NORMAL


def select_highest(*priorities: Priority) -> Priority:
    """The most urgent of them."""
    return min(priorities, key=ORDER.index)
