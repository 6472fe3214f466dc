"""Deciding what to do with a turn: pure functions, signals, history and policy in, a verdict out.

`decide_before_search` runs before anything that can fail (search, model); `decide_after_search` when it is
known what was found. Both read only the episode in *history* (see `History`): wishes from before an agent
returned the conversation, or from an earlier conversation, are not in it and so cannot fire again.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from assistant.domain.evidence_reasons import EvidenceReason
from assistant.domain.policy import Policy
from assistant.domain.signals import (
    Decision,
    Evidence,
    HumanRequest,
    ModelOpinion,
    Reaction,
    Reason,
    Signals,
    Verdict,
)
from assistant.domain.turns import History, PastTurn

#: Reasons of an offer that a measured signal gives.
MEASURED_REASONS = frozenset({Reason.FRUSTRATED, Reason.STUCK, Reason.COMPLAINT})
#: Reactions that show that the reply before them did not help.
UNHELPED = frozenset({Reaction.REJECTED, Reaction.REPHRASED})


def decide_before_search(signals: Signals, history: History, policy: Policy) -> Verdict | None:
    """What must be honoured whatever is down: a wish, a people-only topic, anger, going in circles."""
    if signals.wish is HumanRequest.CLEAR:
        return Verdict(
            decision=Decision.HANDOFF,
            reason=Reason.ASKED_FOR_PERSON,
            evidence=select_evidence(signals, "wish"),
        )
    if signals.sensitive in policy.people_only:
        return Verdict(
            decision=Decision.HANDOFF,
            reason=Reason.SENSITIVE_TOPIC,
            evidence=select_evidence(signals, "sensitive", "distress"),
        )
    if signals.topic in policy.people_only:
        return Verdict(
            decision=Decision.HANDOFF, reason=Reason.RULE, evidence=select_evidence(signals, "topic")
        )
    return _decide_frustrated(signals, history, policy) or _decide_stuck(signals, history, policy)


def decide_after_search(
    signals: Signals,
    history: History,
    policy: Policy,
    best_score: float | None,
) -> Verdict:
    """What to do with what was found; `offer` and `guide` still give the answer when there is one.

    *best_score* is the best passage's, None when nothing was searched or found.
    """
    if signals.small_talk is not None:
        return _decide_offer_for_wish(signals) or Verdict(decision=Decision.ANSWER)
    answered = best_score is not None and best_score >= policy.answer_score
    failed = count_failed_turns(signals, history) + (not answered)
    if not answered and failed >= policy.max_failed_turns:
        return _build_stuck_handoff(signals, failed, policy)
    return (
        _decide_offer(signals, history, policy)
        or _decide_guide(signals, history, policy)
        or _decide_clarify(signals, history, policy, best_score)
        or _decide_by_score(best_score, policy, answered=answered)
    )


def decide_after_rejection(signals: Signals, history: History, policy: Policy) -> Verdict:
    """What to do with "that did not help" and nothing else: at least a person is offered."""
    verdict = decide_after_search(signals, history, policy, None)
    if verdict.decision in (Decision.HANDOFF, Decision.OFFER):
        return verdict
    reason = Reason.STUCK if history.turns else Reason.FRUSTRATED
    return Verdict(
        decision=Decision.OFFER,
        reason=reason,
        evidence=select_evidence(signals, "no_progress", "frustration"),
    )


def needs_model_opinion(signals: Signals, policy: Policy) -> bool:
    """Whether another vote on the turn could change what is decided."""
    near = abs(signals.frustration - policy.offer_frustration) <= policy.vote_within
    return signals.small_talk is None and (signals.wish is HumanRequest.VAGUE or near)


def apply_model_opinion(signals: Signals, ballot: ModelOpinion) -> Signals:
    """The signals with a model's vote: it may make a vague wish clear, and counts half on frustration."""
    asked = signals.wish is HumanRequest.VAGUE and ballot.wants_human
    frustration = round((signals.frustration + ballot.frustration) / 2, 3)
    heard = (
        Evidence(turn=signals.turn, text="", why=EvidenceReason.MODEL_READS_REQUEST, kind="wish")
        if asked
        else None
    )
    return replace(
        signals,
        frustration=frustration,
        wish=HumanRequest.CLEAR if asked else signals.wish,
        evidence=(*signals.evidence, heard) if heard else signals.evidence,
    )


def select_evidence(signals: Signals, *kinds: str) -> tuple[Evidence, ...]:
    """The evidence of the turn that belongs to these signals."""
    return tuple(item for item in signals.evidence if item.kind in kinds)


def count_failed_turns(signals: Signals, history: History) -> int:
    """How many turns in a row, up to the one before this, got no answer that helped."""
    reaction, failed = signals.reaction, 0
    for turn in reversed(history.turns):
        if turn.signals.small_talk is None:
            if turn.reason is not Reason.NO_ANSWER and reaction not in UNHELPED:
                break
            failed += 1
        reaction = turn.signals.reaction
    return 0 if signals.reaction is Reaction.ACCEPTED else failed


def find_open_offer(turns: Sequence[PastTurn], policy: Policy) -> PastTurn | None:
    """The last turn that offered a person, unless the customer has calmed down or said no since."""
    for turn in reversed(turns):
        if turn.decision in (Decision.OFFER, Decision.HANDOFF):
            return turn
        if turn.signals.frustration < policy.calm_frustration or turn.signals.reaction is Reaction.DECLINED:
            return None
    return None


def _decide_frustrated(signals: Signals, history: History, policy: Policy) -> Verdict | None:
    """Anger hands over when it comes after an offer, lasts, or is too strong to be answered with one."""
    threshold = policy.outburst_frustration
    before = history.turns[-1].signals.frustration if history.turns else 0.0
    if signals.reaction is not Reaction.DECLINED:
        offer = find_open_offer(history.turns, policy)
        if offer is not None and offer.reason is not Reason.COMPLAINT:
            threshold = (policy.offer_frustration + policy.handoff_frustration) / 2
        elif offer is not None or before >= policy.offer_frustration:
            threshold = policy.handoff_frustration
    if signals.frustration < threshold:
        return None
    return Verdict(
        decision=Decision.HANDOFF,
        reason=Reason.FRUSTRATED,
        score=signals.frustration,
        threshold=threshold,
        evidence=select_evidence(signals, "frustration", "no_progress"),
    )


def _decide_stuck(signals: Signals, history: History, policy: Policy) -> Verdict | None:
    failed = count_failed_turns(signals, history)
    moved_on = signals.reaction in (Reaction.DECLINED, Reaction.MOVED_ON, Reaction.ACCEPTED)
    if failed < policy.max_failed_turns or signals.small_talk or moved_on:
        return None
    return _build_stuck_handoff(signals, failed, policy)


def _build_stuck_handoff(signals: Signals, failed: int, policy: Policy) -> Verdict:
    return Verdict(
        decision=Decision.HANDOFF,
        reason=Reason.STUCK,
        score=float(failed),
        threshold=float(policy.max_failed_turns),
        evidence=select_evidence(signals, "no_progress", "frustration"),
    )


def _decide_offer_for_wish(signals: Signals) -> Verdict | None:
    if signals.wish is not HumanRequest.VAGUE:
        return None
    return Verdict(
        decision=Decision.OFFER, reason=Reason.ASKED_FOR_PERSON, evidence=select_evidence(signals, "wish")
    )


def _decide_offer(signals: Signals, history: History, policy: Policy) -> Verdict | None:
    if (verdict := _decide_offer_for_wish(signals)) is not None:
        return verdict
    if signals.sensitive is not None:
        return Verdict(
            decision=Decision.OFFER,
            reason=Reason.SENSITIVE_TOPIC,
            evidence=select_evidence(signals, "sensitive", "distress"),
        )
    return (
        _decide_offer_by_signal(
            Reason.COMPLAINT, "complaint", policy.offer_complaint, signals, history, policy
        )
        or _decide_offer_by_signal(
            Reason.FRUSTRATED, "frustration", policy.offer_frustration, signals, history, policy
        )
        or _decide_offer_by_signal(
            Reason.STUCK, "no_progress", policy.offer_no_progress, signals, history, policy
        )
        or _decide_combined_offer(signals, history, policy)
    )


def _decide_combined_offer(signals: Signals, history: History, policy: Policy) -> Verdict | None:
    """Several signs that are each too weak: the chance that at least one of them is right."""
    signs = {
        Reason.FRUSTRATED: signals.frustration,
        Reason.STUCK: signals.no_progress,
        Reason.UNFAMILIAR: signals.unfamiliarity,
    }
    weak = {reason: sign for reason, sign in signs.items() if sign >= policy.weak_sign}
    together = 1 - math.prod(1 - sign for sign in weak.values())
    lately = any(turn.decision is Decision.OFFER for turn in history.turns[-policy.offer_again_turns :])
    declined = signals.reaction in (Reaction.DECLINED, Reaction.ACCEPTED)
    if len(weak) < 2 or together < policy.offer_together or lately or declined:
        return None
    return Verdict(
        decision=Decision.OFFER,
        reason=max(weak, key=lambda reason: weak[reason]),
        score=round(together, 3),
        threshold=policy.offer_together,
        evidence=select_evidence(signals, "frustration", "no_progress", "unfamiliarity"),
    )


def _decide_offer_by_signal(
    reason: Reason, kind: str, threshold: float, signals: Signals, history: History, policy: Policy
) -> Verdict | None:
    """An offer for a measured signal; again only when it got worse or some turns have passed."""
    score = float(getattr(signals, kind))
    if score < threshold or signals.reaction is Reaction.DECLINED:
        return None
    for ago, turn in enumerate(reversed(history.turns), start=1):
        if turn.decision is Decision.OFFER and turn.reason in MEASURED_REASONS:
            worse = score >= float(getattr(turn.signals, kind)) + policy.offer_again_rise
            if not worse and ago < policy.offer_again_turns:
                return None
            break
    return Verdict(
        decision=Decision.OFFER,
        reason=reason,
        score=score,
        threshold=threshold,
        evidence=select_evidence(signals, "frustration", "no_progress", "complaint"),
    )


def _decide_guide(signals: Signals, history: History, policy: Policy) -> Verdict | None:
    if signals.unfamiliarity < policy.guide_unfamiliarity:
        return None
    guided = 0
    for turn in reversed(history.turns):
        if turn.decision is not Decision.GUIDE:
            break
        guided += 1
    return Verdict(
        decision=Decision.OFFER if guided >= policy.max_guided_turns else Decision.GUIDE,
        reason=Reason.UNFAMILIAR,
        score=signals.unfamiliarity,
        threshold=policy.guide_unfamiliarity,
        evidence=select_evidence(signals, "unfamiliarity"),
    )


def _decide_clarify(
    signals: Signals, history: History, policy: Policy, best_score: float | None
) -> Verdict | None:
    """One question back, never two in a row."""
    if history.turns and history.turns[-1].decision is Decision.CLARIFY:
        return None
    near = best_score is not None and policy.clarify_score <= best_score < policy.answer_score
    if not (near and signals.brief):
        return None
    return Verdict(decision=Decision.CLARIFY, score=best_score, threshold=policy.answer_score)


def _decide_by_score(best_score: float | None, policy: Policy, *, answered: bool) -> Verdict:
    return Verdict(
        decision=Decision.ANSWER if answered else Decision.ABSTAIN,
        reason=None if answered else Reason.NO_ANSWER,
        score=best_score,
        threshold=policy.answer_score,
    )
