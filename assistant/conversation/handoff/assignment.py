"""Gives waiting conversations to agents of a team: capacity and claim in one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.conversation.desk import Desk, claim_conversation
from assistant.domain.conversation import Conversation, State
from assistant.domain.jobs import Job, JobKind
from assistant.domain.teams import Team, choose_agent, find_team, list_needed_skills
from assistant.ports.clock import Clock
from assistant.ports.notifications import Notifier
from assistant.ports.storage.store import Database, Store

#: How often it is tried again for somebody whom nobody has room for.
RETRY_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticAssignment:
    """The handler of assignment jobs."""

    database: Database[Store]
    desk: Desk
    wire: Notifier
    clock: Clock

    async def assign_next(self, item: Job) -> None:
        now = self.clock()
        if await self.database.write(lambda store: assign_waiting(store, item, self.desk, now)):
            self.wire.notify(item.conversation)

    async def give_up(self, item: Job) -> None:
        """What keeps failing waits for somebody to claim it, as everybody did before."""
        await self.database.write(
            lambda store: store.jobs.complete_job(JobKind.ASSIGN, item.conversation, item.lease)
        )


def assign_waiting(store: Store, item: Job, desk: Desk, now: datetime) -> bool:
    """Whether the conversation has an agent now; nobody has room: look again soon."""
    conversation = store.conversations.get(item.conversation)
    if not store.jobs.complete_job(JobKind.ASSIGN, conversation.id, item.lease):
        return False
    team = find_team(store.teams.list_all(), conversation)
    if team is None or conversation.state is not State.QUEUED:
        return False
    chosen = choose_team_member(store, team, conversation, desk, now)
    agent = store.agents.get(chosen) if chosen else None
    if agent is None:
        store.jobs.schedule(JobKind.ASSIGN, conversation.id, now + timedelta(seconds=RETRY_SECONDS), now)
        return False
    claim_conversation(store, conversation.id, agent, desk, now)
    store.teams.mark_assigned(team.id, agent.id, now)
    return True


def choose_team_member(
    store: Store, team: Team, conversation: Conversation, desk: Desk, now: datetime
) -> str | None:
    """A member other than its present agent who is at the desk, works now, has the skills and has room."""
    since = now - timedelta(seconds=desk.policy.presence_seconds)
    here = store.teams.list_candidates(team.id, since)
    others = [one for one in here if one.works_at(now, desk.policy.hours) and one.agent != conversation.agent]
    tags = {tag.id for tag in store.tags.load_by_conversation([conversation.id]).get(conversation.id, ())}
    needed = list_needed_skills(tags, store.teams.list_skills(team.id)) if tags else frozenset()
    return choose_agent(team, others, needed)
