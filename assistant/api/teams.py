"""Teams and how they are given conversations; who is at the desk, and how much they have."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, StringConstraints

from assistant.api.auth import AuthenticatedAgent, CurrentAgent, CurrentLead
from assistant.api.context import ApiContext, Ctx
from assistant.api.desk_responses import AvailabilityOut, DeskAgentOut, PresenceListOut, TeamOut, TeamsOut
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import ShownLine, build_example, format_timestamp
from assistant.conversation.agent_access import get_active_agent
from assistant.conversation.tags import find_or_add_tags, normalize_tag_name
from assistant.domain.audit import format_actor as actor
from assistant.domain.errors import BadInput, NotFound
from assistant.domain.teams import AgentAvailability, Assignment, Availability, Team
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/agent", tags=["agent"], route_class=RateLimitedRoute)

MAX_TEAMS = 200
MAX_CAPACITY = 100
MAX_PRESENCE_DAYS = 31

#: A weekday, or the first and the last of several.
Weekdays = Annotated[str, StringConstraints(max_length=40)]


class TeamIn(BaseModel):
    model_config = build_example(
        name="English", assignment="least_loaded", language="en", members=["3b1f0c9d2e4a"]
    )

    name: Annotated[ShownLine, StringConstraints(max_length=60)]
    assignment: Assignment = Assignment.MANUAL
    #: Only conversations in this language, on this channel; None: any.
    language: Annotated[str, StringConstraints(max_length=35)] | None = None
    channel: Annotated[str, StringConstraints(max_length=32)] | None = None
    #: Ids of agents.
    members: Annotated[list[Annotated[str, StringConstraints(max_length=64)]], Field(max_length=500)] = []


class AvailabilityIn(BaseModel):
    model_config = build_example(availability="away")

    availability: Availability


class WorkIn(BaseModel):
    model_config = build_example(capacity=5, skills=["返品"], hours={"mon": "10:00-12:00, 13:00-18:00"})

    capacity: Annotated[int, Field(ge=0, le=MAX_CAPACITY)]
    #: Names of tags; new ones are made.
    skills: Annotated[list[Annotated[str, StringConstraints(max_length=60)]], Field(max_length=20)] = []
    #: Weekday -> hours in which they are given conversations; empty: always.
    hours: Annotated[
        dict[Weekdays, Annotated[str, StringConstraints(max_length=200)]], Field(max_length=7)
    ] = {}


@router.get("/teams")
async def list_teams(_inside: CurrentAgent, ctx: Ctx) -> TeamsOut:
    """The teams, and every agent with availability, capacity and load."""
    now = ctx.clock()

    def load_teams(store: Store) -> TeamsOut:
        tags = {tag.id: tag.name for tag in store.tags.list_all()}
        return TeamsOut(
            teams=[_build_team(team) for team in store.teams.list_all()],
            agents=[_build_agent(agent, ctx, tags, now) for agent in store.agents.list_availability()],
        )

    return await ctx.database.read(load_teams)


def _build_team(team: Team) -> TeamOut:
    return TeamOut(
        id=team.id,
        name=team.name,
        assignment=team.assignment,
        language=team.language,
        channel=team.channel,
        members=list(team.members),
    )


def _build_agent(
    agent: AgentAvailability, ctx: ApiContext, tags: Mapping[str, str], now: datetime
) -> DeskAgentOut:
    seconds = (now - agent.seen_at).total_seconds() if agent.seen_at else None
    is_here = seconds is not None and seconds <= ctx.policy.presence_seconds
    return DeskAgentOut(
        id=agent.id,
        name=agent.name,
        availability=agent.availability if is_here else "offline",
        capacity=agent.capacity,
        load=agent.load,
        seen_at=format_timestamp(agent.seen_at),
        skills=sorted(tags[skill] for skill in agent.skills if skill in tags),
        hours=dict(ctx.live.format_days(agent.days)),
    )


@router.post("/teams", status_code=201)
async def add_team(body: TeamIn, inside: CurrentLead, ctx: Ctx) -> TeamOut:
    """Leads. Of several teams that take a conversation the one that asks for most does."""
    return await _save_team(uuid4().hex, body, inside, ctx)


@router.post("/teams/{team}")
async def change_team(team: str, body: TeamIn, inside: CurrentLead, ctx: Ctx) -> TeamOut:
    """Change a team; leads."""
    return await _save_team(team, body, inside, ctx, is_new=False)


async def _save_team(
    id_: str, body: TeamIn, inside: AuthenticatedAgent, ctx: ApiContext, *, is_new: bool = True
) -> TeamOut:
    who, now = inside.agent.id, ctx.clock()
    members = tuple(dict.fromkeys(body.members))
    team = Team(id=id_, **body.model_dump() | {"members": members, "language": body.language or None})

    def save_and_audit(store: Store) -> None:
        known = store.teams.list_all()
        if not is_new and id_ not in {one.id for one in known}:
            raise NotFound("There is no such team.")
        if any(one.name == team.name and one.id != id_ for one in known) or (
            is_new and len(known) >= MAX_TEAMS
        ):
            raise BadInput("Another team has this name, or there are too many teams.")
        if lost := set(members) - {agent.id for agent in store.agents.list_all()}:
            raise BadInput(f"There is no agent {min(lost)}.")
        store.teams.save(team, now)
        store.audit.append_entry(actor(who), "team_saved", now, team=id_, assignment=team.assignment)

    await ctx.database.write(save_and_audit)
    return _build_team(team)


@router.delete("/teams/{team}", status_code=204)
async def remove_team(team: str, inside: CurrentLead, ctx: Ctx) -> Response:
    """Remove a team; leads."""
    who, now = inside.agent.id, ctx.clock()

    def remove_and_audit(store: Store) -> None:
        if not store.teams.remove(team):
            raise NotFound("There is no such team.")
        store.audit.append_entry(actor(who), "team_removed", now, team=team)

    await ctx.database.write(remove_and_audit)
    return Response(status_code=204)


@router.post("/availability")
async def change_availability(body: AvailabilityIn, inside: CurrentAgent, ctx: Ctx) -> AvailabilityOut:
    """Whether the caller is given conversations; kept as intervals."""
    now = ctx.clock()
    await ctx.database.write(
        lambda store: store.agents.change_availability(inside.agent.id, body.availability, now)
    )
    return {"availability": body.availability}


@router.post("/agents/{agent}/work")
async def save_work(agent: str, body: WorkIn, inside: CurrentLead, ctx: Ctx) -> TeamsOut:
    """How many conversations somebody is given, which, and when; leads."""
    now, days = ctx.clock(), ctx.live.parse_days(body.hours)
    names = list(dict.fromkeys(normalize_tag_name(name) for name in body.skills))

    def save_and_audit(store: Store) -> None:
        found = get_active_agent(store, agent)
        skills = [tag.id for tag in find_or_add_tags(store, names, now)]
        store.agents.save_work(found.id, body.capacity, skills, days)
        details: dict[str, Any] = {"agent": found.id, "capacity": body.capacity, "skills": skills}
        store.audit.append_entry(actor(inside.agent.id), "work", now, **details, hours=body.hours)

    await ctx.database.write(save_and_audit)
    return await list_teams(inside, ctx)


@router.get("/presence")
async def list_presence(
    _inside: CurrentLead, ctx: Ctx, days: Annotated[int, Query(ge=1, le=MAX_PRESENCE_DAYS)] = 7
) -> PresenceListOut:
    """When each agent was at the desk in the last days; leads."""
    now = ctx.clock()

    def load_presence(store: Store) -> PresenceListOut:
        seen = {one.id: one.seen_at for one in store.agents.list_availability()}
        limit = now - timedelta(seconds=ctx.policy.presence_seconds)
        found: PresenceListOut = {"intervals": []}
        for one in store.agents.list_presence(now - timedelta(days=days)):
            last = seen.get(one.agent)
            # Whoever is not seen any more left then, though nothing has said so.
            gone_at = last if last is not None and last < limit else None
            found["intervals"].append(
                {
                    "agent": one.agent,
                    "availability": Availability(one.availability),
                    "begun_at": format_timestamp(one.begun_at),
                    "ended_at": format_timestamp(one.ended_at or gone_at),
                }
            )
        return found

    return await ctx.database.read(load_presence)
