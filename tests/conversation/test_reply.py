"""How a reply is put together."""

import pytest

from assistant.conversation.turn.reply import NearMatches, compose_reply
from assistant.domain.messages import Citation
from assistant.domain.signals import Decision, Reason, Signals, Verdict
from assistant.domain.turns import PastTurn
from assistant.ports.answering import Draft

NOTHING = Draft(text="", model="")
ANSWER = Draft(
    text="30日以内です。[1]",
    citations=(Citation(n=1, article="a.md", title="返品", url="http://x/a", quote="30日以内です。"),),
)
#: The rest take the conversation to people at once; nothing is offered for them.
TAKEN = (Reason.FAILURE, Reason.DEADLINE, Reason.RULE, Reason.AGENT_TOOK_OVER)
OFFERED = [reason for reason in Reason if reason not in TAKEN]
FRUSTRATED = Verdict(decision=Decision.OFFER, reason=Reason.FRUSTRATED)


def labels(verdict: Verdict, draft: Draft = NOTHING, choices: tuple[str, ...] = ()) -> list[str]:
    return [
        button.label
        for button in compose_reply(
            verdict, draft, "ja", signals=Signals(turn=0), near=NearMatches(choices=choices)
        ).buttons
    ]


def test_an_answer_is_said_as_it_is() -> None:
    reply = compose_reply(Verdict(decision=Decision.ANSWER), ANSWER, "ja", signals=Signals(turn=0))
    assert (reply.text, reply.citations, reply.buttons) == (ANSWER.text, ANSWER.citations, ())


def test_an_offer_keeps_helping() -> None:
    reply = compose_reply(FRUSTRATED, ANSWER, "ja", signals=Signals(turn=0))
    acknowledgement, answer, offer = reply.text.split("\n\n")
    assert answer == ANSWER.text
    assert "[1]" not in acknowledgement + offer


def test_frustration_is_not_named_in_two_replies_running() -> None:
    before = PastTurn(signals=Signals(), decision=Decision.OFFER, reason=Reason.FRUSTRATED)
    first = compose_reply(FRUSTRATED, ANSWER, "ja", signals=Signals(turn=0))
    second = compose_reply(FRUSTRATED, ANSWER, "ja", signals=Signals(turn=1), past=(before,))
    assert first.text.count("\n\n") == second.text.count("\n\n") + 1


def test_who_asks_for_a_person_in_anger_gets_an_apology_too() -> None:
    verdict = Verdict(decision=Decision.OFFER, reason=Reason.ASKED_FOR_PERSON)
    angry, calm = Signals(turn=0, frustration=0.9), Signals(turn=0, frustration=0.1)
    apology = compose_reply(FRUSTRATED, NOTHING, "ja", signals=calm).text.split("\n\n")[0]
    assert compose_reply(verdict, NOTHING, "ja", signals=angry).text.startswith(apology)
    assert apology not in compose_reply(verdict, NOTHING, "ja", signals=calm).text
    before = PastTurn(signals=angry, decision=verdict.decision, reason=verdict.reason)
    assert apology not in compose_reply(verdict, NOTHING, "ja", signals=angry, past=(before,)).text


@pytest.mark.parametrize("decision", [Decision.ABSTAIN, Decision.CLARIFY])
def test_what_may_be_meant_is_one_tap_away_and_so_is_a_person(decision: Decision) -> None:
    found = labels(Verdict(decision=decision, reason=Reason.NO_ANSWER), choices=("返品", "送料"))
    assert found == ["返品", "送料", "担当者と話す"]


def test_without_anything_near_only_a_person_is_offered() -> None:
    assert labels(Verdict(decision=Decision.ABSTAIN, reason=Reason.NO_ANSWER)) == ["担当者と話す"]


def test_examples_are_offered_until_there_is_an_answer() -> None:
    guide = Verdict(decision=Decision.GUIDE, reason=Reason.UNFAMILIAR)
    assert labels(guide, choices=("返品",)) == ["返品", "担当者と話す"]
    assert labels(guide, ANSWER, choices=("返品",)) == ["担当者と話す"]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("reason", OFFERED)
@pytest.mark.parametrize("decision", [d for d in Decision if d is not Decision.HANDOFF])
def test_there_are_words_for_everything_that_can_be_decided(
    language: str, reason: Reason, decision: Decision
) -> None:
    assert compose_reply(
        Verdict(decision=decision, reason=reason), NOTHING, language, signals=Signals(turn=1)
    ).text
