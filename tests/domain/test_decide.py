"""Decisions as tables: signals, history and policy in, verdict out."""

import copy
from itertools import pairwise

import pytest

from assistant.domain.decide import count_failed_turns, decide_after_search, decide_before_search
from assistant.domain.policy import Policy
from assistant.domain.signals import Decision, Evidence, HumanRequest, Reaction, Reason, Signals
from assistant.domain.turns import History, PastTurn

POLICY = Policy()
NEW = History()


def past(
    decision: Decision = Decision.ANSWER,
    reason: Reason | None = None,
    *,
    frustration: float = 0.0,
    reaction: Reaction | None = None,
    no_progress: float = 0.0,
) -> PastTurn:
    signals = Signals(frustration=frustration, reaction=reaction, no_progress=no_progress)
    return PastTurn(signals=signals, decision=decision, reason=reason)


def history(*turns: PastTurn) -> History:
    return History(turns=turns)


OFFERED = past(Decision.OFFER, Reason.FRUSTRATED, frustration=0.6)
OFFERED_FOR_COMPLAINT = past(Decision.OFFER, Reason.COMPLAINT, frustration=0.6)
NOTHING = past(Decision.ABSTAIN, Reason.NO_ANSWER)


@pytest.mark.parametrize(
    ("signals", "before", "reason"),
    [
        (Signals(), NEW, None),
        (Signals(wish=HumanRequest.CLEAR), NEW, Reason.ASKED_FOR_PERSON),
        (
            Signals(wish=HumanRequest.CLEAR, sensitive="harm"),
            NEW,
            Reason.ASKED_FOR_PERSON,
        ),  # the customer comes first
        (Signals(wish=HumanRequest.VAGUE), NEW, None),
        (Signals(sensitive="fraud"), NEW, Reason.SENSITIVE_TOPIC),
        (Signals(sensitive="personal_data"), NEW, None),
        (Signals(frustration=0.85), NEW, None),  # first an offer
        (Signals(frustration=0.999), NEW, Reason.FRUSTRATED),  # an outburst needs none
        (Signals(frustration=0.7), history(OFFERED), Reason.FRUSTRATED),
        (Signals(frustration=0.6), history(OFFERED), None),
        (Signals(frustration=0.7), history(OFFERED_FOR_COMPLAINT), None),  # cross about a matter, not with us
        (Signals(frustration=0.85), history(OFFERED_FOR_COMPLAINT), Reason.FRUSTRATED),
        (Signals(frustration=0.85), history(past(frustration=0.6)), Reason.FRUSTRATED),  # it lasts
        (Signals(frustration=0.7), history(OFFERED, past(frustration=0.1)), None),  # calmed down in between
        (Signals(frustration=0.7, reaction=Reaction.DECLINED), history(OFFERED), None),
        (Signals(reaction=Reaction.REPHRASED), history(NOTHING, NOTHING, NOTHING), Reason.STUCK),
        (Signals(reaction=Reaction.MOVED_ON), history(NOTHING, NOTHING, NOTHING), None),
        (Signals(reaction=Reaction.ACCEPTED), history(NOTHING, NOTHING, NOTHING), None),
    ],
)
def test_before_anything_can_fail(signals: Signals, before: History, reason: Reason | None) -> None:
    verdict = decide_before_search(signals, before, POLICY)
    assert (verdict.reason if verdict else None) == reason
    assert verdict is None or verdict.decision is Decision.HANDOFF


@pytest.mark.parametrize(
    ("signals", "before", "score", "decision", "reason"),
    [
        (Signals(), NEW, 0.9, Decision.ANSWER, None),
        (Signals(), NEW, 0.2, Decision.ABSTAIN, Reason.NO_ANSWER),
        (Signals(), NEW, None, Decision.ABSTAIN, Reason.NO_ANSWER),
        (Signals(small_talk="thanks"), NEW, None, Decision.ANSWER, None),
        (Signals(wish=HumanRequest.VAGUE), NEW, 0.9, Decision.OFFER, Reason.ASKED_FOR_PERSON),
        (Signals(sensitive="personal_data"), NEW, 0.9, Decision.OFFER, Reason.SENSITIVE_TOPIC),
        (Signals(frustration=0.6), NEW, 0.9, Decision.OFFER, Reason.FRUSTRATED),
        (Signals(frustration=0.6), history(OFFERED), 0.9, Decision.ANSWER, None),  # not every turn
        (Signals(frustration=0.8), history(OFFERED), 0.9, Decision.OFFER, Reason.FRUSTRATED),  # it got worse
        (Signals(frustration=0.6), history(OFFERED, past(), past()), 0.9, Decision.OFFER, Reason.FRUSTRATED),
        (Signals(frustration=0.6, reaction=Reaction.DECLINED), history(OFFERED), 0.9, Decision.ANSWER, None),
        (Signals(no_progress=0.7), NEW, 0.9, Decision.OFFER, Reason.STUCK),
        (Signals(unfamiliarity=0.7), NEW, 0.9, Decision.GUIDE, Reason.UNFAMILIAR),
        (Signals(unfamiliarity=0.7), NEW, None, Decision.GUIDE, Reason.UNFAMILIAR),
        (
            Signals(unfamiliarity=0.7),
            history(past(Decision.GUIDE), past(Decision.GUIDE)),
            0.9,
            Decision.OFFER,
            Reason.UNFAMILIAR,
        ),
        (Signals(brief=True), NEW, 0.3, Decision.CLARIFY, None),
        (Signals(brief=True), history(past(Decision.CLARIFY)), 0.3, Decision.ABSTAIN, Reason.NO_ANSWER),
        (Signals(brief=True), NEW, 0.1, Decision.ABSTAIN, Reason.NO_ANSWER),
        (Signals(), history(NOTHING), 0.1, Decision.ABSTAIN, Reason.NO_ANSWER),
        (Signals(), history(NOTHING, NOTHING), 0.1, Decision.HANDOFF, Reason.STUCK),
        (Signals(), history(NOTHING, NOTHING), 0.9, Decision.ANSWER, None),
    ],
)
def test_after_the_search(
    signals: Signals, before: History, score: float | None, decision: Decision, reason: Reason | None
) -> None:
    verdict = decide_after_search(signals, before, POLICY, score)
    assert (verdict.decision, verdict.reason) == (decision, reason)


def test_a_rejected_answer_counts_as_a_failed_turn() -> None:
    signals = Signals(reaction=Reaction.REJECTED)
    assert count_failed_turns(signals, history(past(), past(reaction=Reaction.REPHRASED))) == 2
    assert count_failed_turns(signals, history(past(), past(reaction=Reaction.ACCEPTED))) == 1
    assert count_failed_turns(Signals(reaction=Reaction.ACCEPTED), history(NOTHING)) == 0


def test_a_verdict_carries_number_threshold_and_evidence() -> None:
    words = Evidence(turn=0, text="何度も", why="repeats", kind="frustration")
    verdict = decide_after_search(Signals(frustration=0.6, evidence=(words,)), NEW, POLICY, 0.9)
    assert (verdict.score, verdict.threshold, verdict.evidence) == (0.6, POLICY.offer_frustration, (words,))


def test_the_policy_moves_the_threshold() -> None:
    strict = Policy(offer_frustration=0.9, handoff_frustration=0.95)
    assert decide_after_search(Signals(frustration=0.6), NEW, strict, 0.9).decision is Decision.ANSWER


def test_topics_given_to_people_are_a_rule() -> None:
    verdict = decide_before_search(Signals(topic="points"), NEW, Policy(people_only=frozenset({"points"})))
    assert verdict is not None
    assert verdict.reason is Reason.RULE


def test_a_handoff_out_of_distress_alone_shows_its_words() -> None:
    words = Evidence(turn=0, text="消えたい", why="sounds_distressed", kind="distress")
    signals = Signals(sensitive="harm", distress=0.9, evidence=(words,))
    handed_over = decide_before_search(signals, NEW, Policy(people_only=frozenset({"harm"})))
    assert handed_over is not None
    assert handed_over.evidence == (words,)
    offered = decide_after_search(signals, NEW, Policy(people_only=frozenset()), 0.9)
    assert offered.evidence == (words,)


def decisions(*signals: Signals, policy: Policy = POLICY, score: float = 0.9) -> list[Decision]:
    """What a conversation of these turns gets, each answered well."""
    turns: list[PastTurn] = []
    for one in signals:
        episode = History(turns=tuple(turns))
        verdict = decide_before_search(one, episode, policy) or decide_after_search(
            one, episode, policy, score
        )
        turns.append(PastTurn(signals=one, decision=verdict.decision, reason=verdict.reason))
    return [turn.decision for turn in turns]


def test_a_mood_that_wavers_about_the_threshold_makes_no_flapping() -> None:
    wavering = [Signals(frustration=0.52 if turn % 2 == 0 else 0.45) for turn in range(9)]
    found = decisions(*wavering)
    offers = [place for place, decision in enumerate(found) if decision is Decision.OFFER]
    assert offers[0] == 0
    assert all(later - earlier >= POLICY.offer_again_turns for earlier, later in pairwise(offers))
    assert Decision.HANDOFF not in found


def test_who_calms_down_and_gets_angry_again_is_offered_a_person_again() -> None:
    moods = (0.6, 0.1, 0.1, 0.6)
    assert decisions(*(Signals(frustration=mood) for mood in moods)) == [
        Decision.OFFER, Decision.ANSWER, Decision.ANSWER, Decision.OFFER,
    ]  # fmt: skip


def test_what_gets_worse_after_an_offer_is_offered_again_and_then_handed_over() -> None:
    moods = (0.5, 0.5, 0.64, 0.7)
    assert decisions(*(Signals(frustration=mood) for mood in moods)) == [
        Decision.OFFER, Decision.ANSWER, Decision.ANSWER, Decision.HANDOFF,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("signals", "reason"),
    [
        (Signals(frustration=0.45, no_progress=0.5), Reason.STUCK),
        (Signals(frustration=0.48, unfamiliarity=0.45), Reason.FRUSTRATED),
        (Signals(frustration=0.4, no_progress=0.4), None),
        (Signals(frustration=0.49), None),
        (Signals(frustration=0.3, no_progress=0.55, unfamiliarity=0.3), None),
        (Signals(frustration=0.45, no_progress=0.5, reaction=Reaction.DECLINED), None),
        (Signals(frustration=0.45, no_progress=0.5, reaction=Reaction.ACCEPTED), None),
    ],
)
def test_several_weak_signs_add_up(signals: Signals, reason: Reason | None) -> None:
    verdict = decide_after_search(signals, NEW, POLICY, 0.9)
    assert (verdict.decision, verdict.reason) == (
        (Decision.OFFER, reason) if reason else (Decision.ANSWER, None)
    )


def test_deciding_is_a_pure_function() -> None:
    """The same in, the same out, and nothing that came in is changed."""
    signals, before = Signals(frustration=0.7), history(OFFERED)
    kept = copy.deepcopy((signals, before, POLICY))
    assert decide_before_search(signals, before, POLICY) == decide_before_search(signals, before, POLICY)
    assert decide_after_search(signals, before, POLICY, 0.4) == decide_after_search(
        signals, before, POLICY, 0.4
    )
    assert (signals, before, POLICY) == kept
