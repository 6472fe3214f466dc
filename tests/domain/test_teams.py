"""Who of a team is given the next conversation."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.domain.conversation import Conversation
from assistant.domain.teams import Assignment, AssignmentCandidate, Team, choose_agent, find_team

NOON = datetime(2026, 11, 30, 3, tzinfo=UTC)
TALK = Conversation(id="c", customer="p", channel="line", language="ja", created_at=NOON, updated_at=NOON)


def team(assignment: Assignment, **only: str) -> Team:
    return Team(id=f"{assignment}{only}", name=f"{assignment}{only}", assignment=assignment, **only)  # type: ignore[arg-type]


def candidate(agent: str, load: int, capacity: int = 5, minute: int | None = None) -> AssignmentCandidate:
    turn = None if minute is None else NOON.replace(minute=minute)
    return AssignmentCandidate(agent=agent, load=load, capacity=capacity, assigned_at=turn)


@pytest.mark.parametrize(
    ("assignment", "candidates", "chosen"),
    [
        (Assignment.MANUAL, [candidate("a", 0)], None),
        (Assignment.ROUND_ROBIN, [], None),
        (Assignment.ROUND_ROBIN, [candidate("a", 5), candidate("b", 9, 9)], None),
        (Assignment.ROUND_ROBIN, [candidate("a", 0, minute=5), candidate("b", 4, minute=3)], "b"),
        (Assignment.ROUND_ROBIN, [candidate("a", 0, minute=5), candidate("b", 4)], "b"),
        (Assignment.LEAST_LOADED, [candidate("a", 2), candidate("b", 1)], "b"),
        (Assignment.LEAST_LOADED, [candidate("a", 2, 10), candidate("b", 1, 2)], "a"),
        (Assignment.LEAST_LOADED, [candidate("a", 1, minute=5), candidate("b", 1, minute=3)], "b"),
    ],
)
def test_the_next_one_goes_to(
    assignment: Assignment, candidates: list[AssignmentCandidate], chosen: str | None
) -> None:
    assert choose_agent(team(assignment), candidates) == chosen


def test_the_team_that_asks_for_most_takes_first() -> None:
    any_, ja, line = (
        team(Assignment.MANUAL),
        team(Assignment.MANUAL, language="ja"),
        team(Assignment.MANUAL, language="ja", channel="line"),
    )
    assert find_team([any_, ja, line], TALK) is line
    assert find_team([any_, ja, line], replace(TALK, channel="web")) is ja
    assert find_team([any_, ja, line], replace(TALK, language="en")) is any_
    assert find_team([line], replace(TALK, language="en")) is None
