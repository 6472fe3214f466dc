"""Who goes first."""

from assistant.domain.conversation import Priority
from assistant.domain.policy import Policy
from assistant.domain.priorities import compute_priority
from assistant.domain.signals import Decision, Reason, Signals, Verdict

ANSWER = Verdict(decision=Decision.ANSWER)
FRUSTRATED = Verdict(decision=Decision.HANDOFF, reason=Reason.FRUSTRATED)


def test_priority_is_the_highest_that_applies() -> None:
    assert compute_priority(FRUSTRATED, Signals(), Policy()) is Priority.HIGH
    assert compute_priority(FRUSTRATED, Signals(sensitive="harm"), Policy()) is Priority.URGENT
    assert compute_priority(ANSWER, Signals(urgency=0.6), Policy()) is Priority.HIGH
    assert compute_priority(ANSWER, None, Policy()) is Priority.NORMAL


def test_priority_follows_the_person() -> None:
    angry, calm = Signals(frustration=0.6), Signals()
    assert compute_priority(ANSWER, angry, Policy()) is Priority.HIGH
    assert compute_priority(ANSWER, None, Policy(), earlier=[angry, calm]) is Priority.HIGH
    assert compute_priority(ANSWER, None, Policy(), earlier=[angry, calm, calm, calm]) is Priority.NORMAL
    assert compute_priority(ANSWER, Signals(worry=0.7), Policy()) is Priority.HIGH
    assert compute_priority(ANSWER, None, Policy(), earlier=[Signals(distress=0.9), calm]) is Priority.URGENT


def test_verified_customers_go_first_where_the_policy_says_so() -> None:
    policy = Policy(priorities={"verified": "high"})
    assert compute_priority(ANSWER, None, policy, verified=True) is Priority.HIGH
    assert compute_priority(ANSWER, None, policy) is Priority.NORMAL
    assert compute_priority(ANSWER, None, Policy(), verified=True) is Priority.NORMAL
