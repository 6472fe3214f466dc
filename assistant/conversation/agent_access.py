"""Agents who come to be trusted less, or leave: each step ends what they could still do."""

from datetime import datetime

from assistant.conversation.handoff.waiting_news import schedule_waiting_news
from assistant.conversation.transcript import save_conversation
from assistant.domain.audit import OPERATOR
from assistant.domain.errors import NotFound
from assistant.domain.foreign_desks import is_foreign_owner
from assistant.domain.inbox import InboxFilter
from assistant.domain.people import Agent
from assistant.ports.storage.store import Store

#: More than any agent has at a time.
MAX_CLAIMED_CONVERSATIONS = 10_000


def get_active_agent(store: Store, agent: str) -> Agent:
    """An agent who can sign in, by id or e-mail address; NotFound for others."""
    found = next((one for one in store.agents.list_active() if agent in (one.id, one.email)), None)
    if found is None:
        raise NotFound("Nobody who can sign in has this id or address.")
    return found


def change_password(store: Store, agent: Agent, password_hash: str, now: datetime, by: str = OPERATOR) -> int:
    """Whoever is signed in with the old one is no longer; how many sessions ended."""
    store.agents.set_password(agent.id, password_hash)
    ended = store.agents.revoke_credentials(agent.id, tokens=False, now=now)
    store.audit.append_entry(by, "password", now, agent=agent.id, ended=ended)
    return ended


def revoke_credentials(store: Store, agent: Agent, now: datetime, by: str = OPERATOR) -> int:
    """End every session and API token; how many there were."""
    ended = store.agents.revoke_credentials(agent.id, tokens=True, now=now)
    store.audit.append_entry(by, "revoke", now, agent=agent.id, ended=ended)
    return ended


def disable_agent(store: Store, agent: Agent, now: datetime, by: str = OPERATOR) -> int:
    """Sign the agent out for good; their conversations go back to the queue: how many."""
    requeued = _requeue_conversations(store, agent, now, by)
    store.agents.revoke_credentials(agent.id, tokens=True, now=now)
    store.accounts.set_disabled(agent.id, now)
    store.audit.append_entry(by, "agent_disabled", now, agent=agent.id, requeued=requeued)
    return requeued


def remove_agent(store: Store, agent: Agent, now: datetime) -> int:
    """Remove the account; conversations that the agent has go back to the queue: how many."""
    if is_foreign_owner(agent.id):
        raise NotFound("The account of a foreign desk belongs to the settings.")
    requeued = _requeue_conversations(store, agent, now, OPERATOR)
    store.agents.remove(agent.id, now)
    store.audit.append_entry(OPERATOR, "agent_removed", now, agent=agent.id, requeued=requeued)
    return requeued


def _requeue_conversations(store: Store, agent: Agent, now: datetime, by: str) -> int:
    theirs = store.conversations.list_inbox(
        InboxFilter(agent=agent.id), after=None, limit=MAX_CLAIMED_CONVERSATIONS
    )
    for conversation in theirs:
        queued = conversation.expire_claim(now)
        schedule_waiting_news(store, queued, now)
        save_conversation(store, queued, now, new_owner_by=by)
    return len(theirs)
