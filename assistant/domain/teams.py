"""Teams, and which of their members a waiting conversation is given to. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from assistant.domain.conversation import Conversation
from assistant.domain.hours import BusinessHours

#: Open conversations of an agent to whom more are given, where nothing else is set.
DEFAULT_CAPACITY = 5


class Assignment(StrEnum):
    MANUAL = "manual"
    ROUND_ROBIN = "round_robin"
    LEAST_LOADED = "least_loaded"


class Availability(StrEnum):
    ONLINE = "online"
    #: At the desk, and not given anything.
    AWAY = "away"


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    id: str
    name: str
    assignment: Assignment
    #: Only conversations in this language, on this channel; None: any.
    language: str | None = None
    channel: str | None = None
    #: Ids of agents.
    members: tuple[str, ...] = ()

    def takes(self, conversation: Conversation) -> bool:
        return self.language in (None, conversation.language) and self.channel in (None, conversation.channel)

    @property
    def is_specific(self) -> int:
        """How much it asks for: the team that asks for most takes first."""
        return (self.language is not None) + (self.channel is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentCandidate:
    """A member who is at the desk."""

    agent: str
    #: Conversations that the agent has and has not snoozed.
    load: int
    capacity: int
    assigned_at: datetime | None = None
    #: Ids of tags whose conversations they know how to handle.
    skills: frozenset[str] = frozenset()
    #: Weekday -> hours, as `BusinessHours` has them; empty: always.
    days: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def works_at(self, now: datetime, hours: BusinessHours) -> bool:
        """Whether it is in their own hours, on the days on which the business opens."""
        return not self.days or replace(hours, days=self.days, special={}).is_open(now)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentAvailability:
    """An agent with availability and load, as the page of teams shows them."""

    id: str
    name: str
    availability: Availability
    capacity: int
    seen_at: datetime | None
    load: int
    skills: frozenset[str] = frozenset()
    days: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceInterval:
    agent: str
    availability: str
    begun_at: datetime
    #: None: it goes on.
    ended_at: datetime | None


def find_team(teams: Sequence[Team], conversation: Conversation) -> Team | None:
    """The most specific team that takes the conversation, by name among equals."""
    taking = [team for team in teams if team.takes(conversation)]
    return min(taking, key=lambda team: (-team.is_specific, team.name), default=None)


def list_needed_skills(tags: Set[str], skills: Sequence[frozenset[str]]) -> frozenset[str]:
    """Which tags of a conversation ask for somebody who knows; none where no member knows all of them."""
    needed = frozenset(tags) & frozenset().union(*skills)
    return needed if any(needed <= one for one in skills) else frozenset()


def choose_agent(
    team: Team, candidates: Sequence[AssignmentCandidate], needed: frozenset[str] = frozenset()
) -> str | None:
    """Who is given the next one; None: nobody who has the *needed* skills has room."""
    free = [one for one in candidates if one.load < one.capacity and needed <= one.skills]
    if team.assignment is Assignment.MANUAL or not free:
        return None

    def rank(one: AssignmentCandidate) -> tuple[float, float, str]:
        turn = one.assigned_at.timestamp() if one.assigned_at else 0.0
        load = one.load / one.capacity if team.assignment is Assignment.LEAST_LOADED else 0.0
        return (load, turn, one.agent)

    return min(free, key=rank).agent
