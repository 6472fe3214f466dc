"""Looking after the team's accounts: inviting, roles, disabling; somebody always stays administrator."""

from datetime import datetime, timedelta
from uuid import uuid4

from assistant.conversation.agent_access import disable_agent
from assistant.domain.audit import format_actor
from assistant.domain.errors import BadInput, Conflict, NotFound
from assistant.domain.people import Agent
from assistant.ports.storage.store import Store

INVITATION_DAYS = 7
#: Such an account is entered by its invitation only.
NO_PASSWORD = ""


class LastAdmin(Conflict):
    """Somebody else who can sign in must be an administrator first."""

    code = "last_admin"


def get_agent(store: Store, agent: str) -> Agent:
    found = store.agents.get(agent)
    if found is None:
        raise NotFound("There is no such account.")
    return found


def build_agent(email: str, name: str, role: str) -> Agent:
    """A new agent; BadInput if *email*, in its canonical form, is no address."""
    if email.count("@") != 1 or any(character.isspace() for character in email):
        raise BadInput("That is no e-mail address.")
    return Agent(id=uuid4().hex, email=email, name=name, admin=role == "admin", lead=role == "lead")


def invite_agent(store: Store, agent: Agent, secret_hash: str, by: Agent, now: datetime) -> None:
    """Add an account that is entered by the invitation of *secret_hash*."""
    if store.agents.find_by_email(agent.email) is not None:
        raise Conflict("That address has an account already.")
    store.agents.add(agent, NO_PASSWORD, now)
    store.audit.append_entry(format_actor(by.id), "agent", now, agent=agent.id, role=agent.role)
    renew_invitation(store, agent, secret_hash, by, now)


def renew_invitation(store: Store, agent: Agent, secret_hash: str, by: Agent, now: datetime) -> None:
    """A new link with which the agent chooses a password; the one they have stays good until then."""
    if agent.disabled_at:
        raise Conflict("This account is disabled; enable it first.")
    store.accounts.save_invitation(agent.id, secret_hash, now + timedelta(days=INVITATION_DAYS), now)
    store.audit.append_entry(format_actor(by.id), "invitation", now, agent=agent.id)


def change_role(store: Store, agent: Agent, role: str, by: Agent, now: datetime) -> None:
    if agent.admin and role != "admin":
        _require_other_admin(store, agent)
    store.accounts.set_role(agent.id, admin=role == "admin", lead=role == "lead")
    store.audit.append_entry(format_actor(by.id), "role", now, agent=agent.id, role=role)


def disable_account(store: Store, agent: Agent, by: Agent, now: datetime) -> int:
    """The agent cannot sign in any more; how many of their conversations went back to the queue."""
    if agent.admin:
        _require_other_admin(store, agent)
    return disable_agent(store, agent, now, format_actor(by.id))


def enable_account(store: Store, agent: Agent, by: Agent, now: datetime) -> None:
    store.accounts.set_disabled(agent.id, None)
    store.audit.append_entry(format_actor(by.id), "agent_enabled", now, agent=agent.id)


def _require_other_admin(store: Store, agent: Agent) -> None:
    """LastAdmin unless another administrator can sign in."""
    if not any(one.admin and one.id != agent.id for one in store.agents.list_active()):
        raise LastAdmin
