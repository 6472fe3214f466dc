"""SQL for teams and their members, and for when agents were at the desk."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from assistant.domain.conversation import State
from assistant.domain.teams import Assignment, AssignmentCandidate, Availability, Team
from assistant.storage import tables as t
from assistant.storage.statements import build_insert, build_update, build_upsert


class SqlTeams:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_all(self) -> Sequence[Team]:
        m = t.team_members.c
        members: dict[str, list[str]] = {}
        for row in self._connection.execute(sa.select(m.team, m.agent).order_by(m.agent)):
            members.setdefault(row.team, []).append(row.agent)
        return [
            Team(
                id=row.id,
                name=row.name,
                assignment=Assignment(row.assignment),
                language=row.language,
                channel=row.channel,
                members=tuple(members.get(row.id, ())),
            )
            for row in self._connection.execute(sa.select(t.teams).order_by(t.teams.c.name))
        ]

    def has_automatic(self) -> bool:
        """Whether any team is given conversations by itself."""
        query = sa.select(t.teams.c.id).where(t.teams.c.assignment != Assignment.MANUAL).limit(1)
        return self._connection.execute(query).first() is not None

    def save(self, team: Team, now: datetime) -> None:
        """Add a team, or change the one with its id; who had a turn last stays."""
        row = {"id": team.id, "name": team.name, "assignment": team.assignment, "created_at": now}
        scope = {"language": team.language, "channel": team.channel}
        changed = ("name", "assignment", "language", "channel")
        statement = build_upsert(self._connection, t.teams, *changed)
        self._connection.execute(statement, row | scope)
        m = t.team_members.c
        known = set(self._connection.execute(sa.select(m.agent).where(m.team == team.id)).scalars())
        gone = sa.and_(m.team == team.id, m.agent.not_in(team.members))
        self._connection.execute(sa.delete(t.team_members).where(gone))
        for agent in set(team.members) - known:
            self._connection.execute(build_insert(t.team_members), {"team": team.id, "agent": agent})

    def remove(self, team: str) -> bool:
        self._connection.execute(sa.delete(t.team_members).where(t.team_members.c.team == team))
        return self._connection.execute(sa.delete(t.teams).where(t.teams.c.id == team)).rowcount > 0

    def list_candidates(self, team: str, since: datetime) -> Sequence[AssignmentCandidate]:
        """The team's members who are online and were seen since then, with what they have now.

        Their rows stay locked until the end of the transaction: nobody else counts them meanwhile.
        """
        a, m = t.agents.c, t.team_members.c
        present = (
            sa.select(a.id, a.capacity, a.skills, a.working_hours, m.assigned_at)
            .join(t.team_members, m.agent == a.id)
            .where(m.team == team, a.availability == Availability.ONLINE, a.seen_at >= since)
            .order_by(a.id)
            .with_for_update(of=t.agents)
        )
        rows = self._connection.execute(present).all()
        loads = self._count_loads([row.id for row in rows])
        return [
            AssignmentCandidate(
                agent=row.id,
                load=loads.get(row.id, 0),
                capacity=row.capacity,
                assigned_at=row.assigned_at,
                skills=frozenset(row.skills or ()),
                days=parse_working_days(row.working_hours),
            )
            for row in rows
        ]

    def list_skills(self, team: str) -> Sequence[frozenset[str]]:
        """What each member knows, present or not."""
        a, m = t.agents.c, t.team_members.c
        query = sa.select(a.skills).join(t.team_members, m.agent == a.id)
        rows = self._connection.execute(query.where(m.team == team, a.disabled_at.is_(None)))
        return [frozenset(row.skills or ()) for row in rows]

    def mark_assigned(self, team: str, agent: str, now: datetime) -> None:
        values = {"at_team": team, "at_agent": agent, "assigned_at": now}
        self._connection.execute(build_update(t.team_members, "team", "agent"), values)

    def _count_loads(self, agents: Sequence[str]) -> dict[str, int]:
        c = t.conversations.c
        query = sa.select(c.agent, sa.func.count()).where(
            c.agent.in_(agents), c.state == State.AGENT, c.snoozed_until.is_(None)
        )
        return {row[0]: row[1] for row in self._connection.execute(query.group_by(c.agent))}


def parse_working_days(stored: Mapping[str, Sequence[str]] | None) -> dict[int, tuple[str, ...]]:
    """Weekday -> hours; JSON has no numbers as keys."""
    return {int(day): tuple(times) for day, times in (stored or {}).items()}


class PresenceLog:
    """Intervals in which an agent was at the desk, online or away."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def extend_interval(
        self, agent: str, seen_before: datetime | None, gap: timedelta, now: datetime
    ) -> None:
        """The agent is here; after a gap the last interval ended when they were last seen."""
        last = self._find_open(agent)
        if last is not None and seen_before is not None and now - seen_before > gap:
            self._end(last, seen_before)
            last = None
        if last is None:
            query = sa.select(t.agents.c.availability).where(t.agents.c.id == agent)
            self._begin(agent, str(self._connection.execute(query).scalar_one()), now)

    def end_interval(self, agent: str, now: datetime) -> None:
        if (last := self._find_open(agent)) is not None:
            self._end(last, now)

    def change_availability(self, agent: str, availability: Availability, now: datetime) -> None:
        self.end_interval(agent, now)
        values = {"at_id": agent, "availability": availability}
        self._connection.execute(build_update(t.agents, "id"), values)
        self._begin(agent, availability, now)

    def _find_open(self, agent: str) -> int | None:
        c = t.presence_intervals.c
        query = sa.select(c.id).where(c.agent == agent, c.ended_at.is_(None)).order_by(c.id.desc()).limit(1)
        found: int | None = self._connection.execute(query).scalar_one_or_none()
        return found

    def _begin(self, agent: str, availability: str, now: datetime) -> None:
        row = {"agent": agent, "availability": availability, "begun_at": now}
        self._connection.execute(build_insert(t.presence_intervals), row)

    def _end(self, interval: int, now: datetime) -> None:
        values = {"at_id": interval, "ended_at": now}
        self._connection.execute(build_update(t.presence_intervals, "id"), values)
