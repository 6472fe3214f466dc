"""Teams and how they are given conversations; who is at the desk, and how much they have."""

from datetime import datetime
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints

from assistant.api.auth import AuthenticatedAgent, CurrentAdmin, CurrentAgent
from assistant.api.context import ApiContext, Ctx
from assistant.api.desk_responses import AvailabilityOut, CapacityOut, DeskAgentOut, TeamOut, TeamsOut
from assistant.api.rate_limit_rules import RateLimitedRoute
from assistant.api.schemas import ShownLine, build_example, format_timestamp
from assistant.conversation.agent_access import get_active_agent
from assistant.domain.audit import format_actor as actor
from assistant.domain.errors import BadInput, NotFound
from assistant.domain.teams import AgentAvailability, Assignment, Availability, Team
from assistant.ports.storage.store import Store

router = APIRouter(prefix="/v1/agent", tags=["agent"], route_class=RateLimitedRoute)

MAX_TEAMS = 200
MAX_CAPACITY = 100


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


class CapacityIn(BaseModel):
    model_config = build_example(capacity=5)

    capacity: Annotated[int, Field(ge=0, le=MAX_CAPACITY)]


@router.get("/teams")
async def list_teams(_inside: CurrentAgent, ctx: Ctx) -> TeamsOut:
    """The teams, and every agent with availability, capacity and load."""
    now = ctx.clock()

    def load_teams(store: Store) -> TeamsOut:
        return TeamsOut(
            teams=[_build_team(team) for team in store.teams.list_all()],
            agents=[_build_agent(agent, ctx, now) for agent in store.agents.list_availability()],
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


def _build_agent(agent: AgentAvailability, ctx: ApiContext, now: datetime) -> DeskAgentOut:
    seconds = (now - agent.seen_at).total_seconds() if agent.seen_at else None
    is_here = seconds is not None and seconds <= ctx.policy.presence_seconds
    return DeskAgentOut(
        id=agent.id,
        name=agent.name,
        availability=agent.availability if is_here else "offline",
        capacity=agent.capacity,
        load=agent.load,
        seen_at=format_timestamp(agent.seen_at),
    )


@router.post("/teams", status_code=201)
async def add_team(body: TeamIn, inside: CurrentAdmin, ctx: Ctx) -> TeamOut:
    """Administrators. Of several teams that take a conversation the one that asks for most does."""
    return await _save_team(uuid4().hex, body, inside, ctx)


@router.post("/teams/{team}")
async def change_team(team: str, body: TeamIn, inside: CurrentAdmin, ctx: Ctx) -> TeamOut:
    """Change a team; administrators."""
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
        if any(one.name == team.name and one.id != id_ for one in known) or len(known) >= MAX_TEAMS:
            raise BadInput("Another team has this name, or there are too many teams.")
        if lost := set(members) - {agent.id for agent in store.agents.list_all()}:
            raise BadInput(f"There is no agent {min(lost)}.")
        store.teams.save(team, now)
        store.audit.append_entry(actor(who), "team_saved", now, team=id_, assignment=team.assignment)

    await ctx.database.write(save_and_audit)
    return _build_team(team)


@router.delete("/teams/{team}", status_code=204)
async def remove_team(team: str, inside: CurrentAdmin, ctx: Ctx) -> Response:
    """Remove a team; administrators."""
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


@router.post("/agents/{agent}/capacity")
async def set_capacity(agent: str, body: CapacityIn, inside: CurrentAdmin, ctx: Ctx) -> CapacityOut:
    """Open conversations up to which somebody is given more; administrators."""
    who, now = inside.agent.id, ctx.clock()

    def save_and_audit(store: Store) -> None:
        found = get_active_agent(store, agent)
        store.agents.set_capacity(found.id, body.capacity)
        details: dict[str, Any] = {"agent": found.id, "capacity": body.capacity}
        store.audit.append_entry(actor(who), "capacity", now, **details)

    await ctx.database.write(save_and_audit)
    return {"capacity": body.capacity}
