"""Every end has one outcome with why; contained is never called resolved."""

from dataclasses import replace

import pytest

from assistant.domain.conversation import Outcome, State
from assistant.domain.outcomes import EndedConversation, OutcomeKind, classify_outcome
from assistant.domain.signals import Decision, Reaction, Signals, Verdict
from assistant.domain.turns import TurnRecord, TurnSource

SHOWN = (TurnSource(article="a", title="返品", score=0.9, shown=True),)


def turn(
    decision: Decision = Decision.ANSWER,
    *,
    shown: bool = True,
    frustration: float = 0.0,
    small_talk: str | None = None,
    reaction: Reaction | None = None,
) -> TurnRecord:
    signals = Signals(frustration=frustration, small_talk=small_talk, reaction=reaction)
    return TurnRecord(
        signals=signals,
        verdict=Verdict(decision=decision),
        sources=SHOWN if shown and small_talk is None else (),
        turn=0,
        message_id="m",
        reply_id="r",
    )


ANSWERED = turn()
ABSTAINED = turn(Decision.ABSTAIN, shown=False)
THANKS = turn(small_talk="thanks", reaction=Reaction.ACCEPTED)

ANSWERED_ONLY = (OutcomeKind.ANSWERED, "nothing_more_said")
SARCASTIC = (OutcomeKind.ABANDONED, "frustration")


@pytest.mark.parametrize(
    ("turns", "kind", "why"),
    [
        ([ANSWERED], OutcomeKind.ANSWERED, "nothing_more_said"),
        ([ANSWERED, THANKS], OutcomeKind.CONFIRMED, "thanked"),
        ([ABSTAINED, THANKS], OutcomeKind.ABANDONED, "abstention"),
        ([ANSWERED, ABSTAINED], OutcomeKind.ABANDONED, "abstention"),
        ([ABSTAINED, ANSWERED], OutcomeKind.ANSWERED, "nothing_more_said"),
        ([turn(frustration=0.6)], OutcomeKind.ABANDONED, "frustration"),
        ([turn(frustration=0.6), THANKS], OutcomeKind.CONFIRMED, "thanked"),
        ([ANSWERED, turn(small_talk="ok", reaction=Reaction.ACCEPTED)], *ANSWERED_ONLY),
        ([ANSWERED, turn(shown=False, frustration=0.9, reaction=Reaction.ACCEPTED)], *SARCASTIC),
        ([turn(Decision.OFFER, shown=False)], OutcomeKind.ABANDONED, "offer"),
        ([turn(Decision.OFFER)], OutcomeKind.ABANDONED, "offer"),
        ([turn(Decision.CLARIFY, shown=False)], OutcomeKind.ABANDONED, "clarification"),
        ([turn(Decision.HANDOFF, shown=False)], OutcomeKind.ABANDONED, "handoff_cancelled"),
        ([turn(small_talk="greeting")], OutcomeKind.NO_REQUEST, "no_question"),
        ([ANSWERED, turn(small_talk="bye")], OutcomeKind.ANSWERED, "nothing_more_said"),
    ],
)
def test_the_last_request_decides(turns: list[TurnRecord], kind: OutcomeKind, why: str) -> None:
    assert classify_outcome(EndedConversation(state=State.ASSISTANT, turns=turns)) == (kind, why)


@pytest.mark.parametrize("helped", [True, False])
def test_what_the_customer_says_goes_before_what_was_read(helped: bool) -> None:
    ended = EndedConversation(state=State.ASSISTANT, turns=[ABSTAINED if helped else ANSWERED], helped=helped)
    expected = (OutcomeKind.CONFIRMED, "said_yes") if helped else (OutcomeKind.ABANDONED, "said_no")
    assert classify_outcome(ended) == expected


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        (Outcome.SOLVED, OutcomeKind.RESOLVED_BY_PERSON),
        (Outcome.WORKAROUND, OutcomeKind.RESOLVED_BY_PERSON),
        (Outcome.UNSOLVED, OutcomeKind.ENDED_BY_PERSON),
        (Outcome.TRANSFERRED_OUT, OutcomeKind.TRANSFERRED_OUT),
        (Outcome.SPAM, OutcomeKind.SPAM),
        ("a_teams_own_word", OutcomeKind.ENDED_BY_PERSON),
    ],
)
def test_agents_words(word: str, kind: OutcomeKind) -> None:
    ended = EndedConversation(state=State.AGENT, turns=[ANSWERED], agents_word=word, has_agent_reply=True)
    assert classify_outcome(ended) == (kind, word)


def test_who_leaves_before_a_person_replied_has_abandoned() -> None:
    queued = EndedConversation(state=State.QUEUED, turns=[turn(Decision.HANDOFF, shown=False)])
    claimed = EndedConversation(state=State.AGENT, turns=[ABSTAINED])
    assert classify_outcome(queued) == classify_outcome(claimed) == (OutcomeKind.ABANDONED, "waiting")


def test_who_leaves_an_agent_is_resolved_only_by_their_own_word() -> None:
    left = EndedConversation(state=State.AGENT, turns=[], has_agent_reply=True)
    yes = EndedConversation(state=State.AGENT, turns=[], has_agent_reply=True, helped=True)
    assert classify_outcome(left) == (OutcomeKind.ENDED_BY_PERSON, "customer_left")
    assert classify_outcome(yes) == (OutcomeKind.RESOLVED_BY_PERSON, "said_yes")


@pytest.mark.parametrize("state", [State.AGENT, State.ASSISTANT])
def test_who_thanks_an_agent_is_resolved_unless_they_say_no(state: State) -> None:
    given = [turn(Decision.HANDOFF, shown=False)]
    thanks = EndedConversation(state=state, turns=given, has_agent_reply=True, takes_agents_reply=True)
    assert classify_outcome(thanks) == (OutcomeKind.RESOLVED_BY_PERSON, "thanked")
    assert classify_outcome(replace(thanks, helped=False))[1] == "said_no"


def test_who_tells_of_no_matter_abandons_nothing() -> None:
    guided = [turn(Decision.GUIDE, shown=False)]
    told = EndedConversation(state=State.ASSISTANT, turns=guided)
    random_keys = replace(told, tells_matter=False)
    assert classify_outcome(told) == (OutcomeKind.ABANDONED, "guidance")
    assert classify_outcome(random_keys) == (OutcomeKind.NO_REQUEST, "no_question")
    angry = replace(random_keys, turns=[turn(Decision.GUIDE, shown=False, frustration=0.7)])
    asked_for_person = replace(random_keys, turns=[turn(Decision.HANDOFF, shown=False)])
    answered = replace(random_keys, turns=[ANSWERED])
    assert {classify_outcome(one)[0] for one in (angry, asked_for_person)} == {OutcomeKind.ABANDONED}
    assert classify_outcome(answered)[0] is OutcomeKind.ANSWERED


def test_an_open_question_is_no_answer() -> None:
    ended = EndedConversation(state=State.ASSISTANT, turns=[ANSWERED], is_unanswered=True)
    assert classify_outcome(ended) == (OutcomeKind.ABANDONED, "unanswered")
    empty = EndedConversation(state=State.ASSISTANT, turns=[], has_messages=False)
    assert classify_outcome(empty) == (OutcomeKind.NO_REQUEST, "nothing_said")
