"""When a case is opened, by which rule, and which steps it can take."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from assistant.app.policy_file import parse_policy
from assistant.conversation.cases import compute_due_time
from assistant.domain.cases import (
    STEPS,
    Case,
    CaseFacts,
    CaseNotes,
    CaseState,
    CaseTrigger,
    find_trigger,
    take_step,
)
from assistant.domain.errors import BadInput, Conflict, SetupError
from assistant.domain.hours import BusinessHours
from assistant.domain.outcomes import OutcomeKind
from assistant.domain.policy import Policy

RULES = Policy().cases
NOW = datetime(2026, 11, 27, 7, 30, tzinfo=UTC)  # Friday 16:30 in Japan
ABANDONED = OutcomeKind.ABANDONED
CASE = Case(
    id="c", conversation="t", trigger=CaseTrigger.CSAT, value=1, due_at=NOW, created_at=NOW, updated_at=NOW
)
NOTES = CaseNotes(root_cause="Broken seal", remedy="New packing", reason="A test")


@pytest.mark.parametrize(
    ("facts", "trigger"),
    [
        (CaseFacts(scores={"csat": 2}), (CaseTrigger.CSAT, 2)),
        (CaseFacts(scores={"csat": 3}, outcome=ABANDONED, complaint=0.9), None),
        (CaseFacts(scores={"nps": 6}), (CaseTrigger.NPS, 6)),
        (CaseFacts(scores={"ces": 4}), None),
        (CaseFacts(scores={}, outcome=ABANDONED, complaint=0.7), (CaseTrigger.COMPLAINT, 0.7)),
        (CaseFacts(scores={}, outcome=ABANDONED, frustration=0.5), (CaseTrigger.FRUSTRATION, 0.5)),
        (CaseFacts(scores={}, outcome=ABANDONED, frustration=0.4), None),
        (CaseFacts(scores={}, outcome=OutcomeKind.RESOLVED_BY_PERSON, complaint=0.9), None),
        (CaseFacts(scores={"csat": 1}, outcome=OutcomeKind.RESOLVED_BY_PERSON), (CaseTrigger.CSAT, 1)),
        (CaseFacts(scores={"csat": 1}, outcome=OutcomeKind.SPAM), None),
    ],
)
def test_a_low_score_a_complaint_or_a_frustrated_end_opens_a_case(
    facts: CaseFacts, trigger: tuple[CaseTrigger, float] | None
) -> None:
    assert find_trigger(RULES, facts) == trigger
    assert find_trigger({}, facts) is None


def test_steps_follow_each_other_and_no_other_way() -> None:
    case = CASE
    for step in ("contact", "resolve", "tell", "ask_again", "recover"):
        case = take_step(case, step, NOTES, NOW)
    assert case.state is CaseState.RECOVERED
    assert (case.root_cause, case.remedy) == ("Broken seal", "New packing")
    for step, (allowed, _) in STEPS.items():
        for state in set(CaseState) - allowed:
            with pytest.raises(Conflict):
                take_step(replace(CASE, state=state), step, NOTES, NOW)


@pytest.mark.parametrize(("step", "state"), [("resolve", CaseState.CONTACTED), ("dismiss", CaseState.OPEN)])
def test_a_step_needs_its_reason(step: str, state: CaseState) -> None:
    with pytest.raises(BadInput):
        take_step(replace(CASE, state=state), step, CaseNotes(), NOW)


def test_it_is_due_in_opening_hours() -> None:
    days = {day: ("09:00", "12:00", "13:00", "17:00") for day in range(5)}
    hours = BusinessHours(days=days, holidays=frozenset({"2026-11-30"}))
    # Half an hour on Friday, nothing on the weekend and the holiday, half an hour on Tuesday.
    assert hours.add_open_time(NOW, timedelta(hours=1)) == datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
    assert BusinessHours().add_open_time(NOW, timedelta(hours=16)) == NOW + timedelta(hours=16)
    shut = Policy(hours=BusinessHours(days={0: ("09:00", "10:00")}), case_due_hours=216)
    assert compute_due_time(shut, NOW) == NOW + timedelta(days=9)
    assert compute_due_time(replace(shut, hours=hours, case_due_hours=1), NOW) == datetime(
        2026, 12, 1, 0, 30, tzinfo=UTC
    )


@pytest.mark.parametrize("wrong", [{"csat": "low"}, {"anger": 1}, {"nps": 11}, {"csat": True}])
def test_a_wrong_rule_stops_the_start(wrong: dict[str, object]) -> None:
    with pytest.raises(SetupError, match="cases"):
        parse_policy({"cases": wrong})
    assert parse_policy({"cases": {"csat": 3}}).cases == {"csat": 3}
