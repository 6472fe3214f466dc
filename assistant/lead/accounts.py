"""Looking after the team's accounts: inviting, roles, disabling; somebody always stays administrator."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import uuid4

from assistant.conversation.agent_access import disable_agent
from assistant.domain.audit import format_actor
from assistant.domain.errors import BadInput, Conflict, NotFound, Unauthorized
from assistant.domain.foreign_desks import is_foreign_owner
from assistant.domain.people import Agent, VerifiedPerson, normalize_email
from assistant.ports.storage.store import Store

INVITATION_DAYS = 7
#: Such an account is entered by its invitation only.
NO_PASSWORD = ""


class LastAdmin(Conflict):
    """Somebody else who can sign in must be an administrator first."""

    code = "last_admin"


class OtherPerson(Unauthorized):
    """The provider knew this account's address as another person; an administrator must invite them anew."""

    code = "other_person"


class NotInvited(Unauthorized):
    """This person was removed; an administrator must invite them again."""

    code = "not_invited"


def get_agent(store: Store, agent: str) -> Agent:
    found = store.agents.get(agent)
    if found is None or is_foreign_owner(found.id):
        raise NotFound("There is no such account.")
    return found


def build_agent(email: str, name: str, role: str) -> Agent:
    """A new agent; BadInput if *email* is no address."""
    email = normalize_email(email)
    if email.count("@") != 1 or " " in email or not email.isprintable():
        raise BadInput("That is no e-mail address.")
    return Agent(id=uuid4().hex, email=email, name=name, admin=role == "admin", lead=role == "lead")


def invite_agent(store: Store, agent: Agent, secret_hash: str, by: Agent, now: datetime) -> None:
    """Add an account that is entered by the invitation of *secret_hash*."""
    if store.agents.find_by_email(agent.email) is not None:
        raise Conflict("That address has an account already.")
    store.agents.add(agent, NO_PASSWORD, now)
    store.sign_ins.readmit(agent.email)
    store.audit.append_entry(format_actor(by.id), "agent", now, agent=agent.id, role=agent.role)
    renew_invitation(store, agent, secret_hash, by, now)


def renew_invitation(store: Store, agent: Agent, secret_hash: str, by: Agent, now: datetime) -> None:
    """A new link with which the agent chooses a password; the one they have stays good until then.

    A sign-in provider may know them as somebody else from now on.
    """
    if agent.disabled_at:
        raise Conflict("This account is disabled; enable it first.")
    store.sign_ins.release_subjects(agent.id)
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


def find_or_create_agent(
    store: Store, person: VerifiedPerson, domains: Collection[str], password_hash: str, now: datetime
) -> Agent:
    """The account of whom a provider vouches for: by its own id for them, the first time by their address.

    *domains*: of addresses that get an account if they have none. *password_hash*: of a password that nobody
    knows, for an account without: without one it would not count as in use. Raises Unauthorized.
    """
    agent = store.sign_ins.find_agent(person.issuer, person.subject)
    if agent is None:
        agent = store.agents.find_by_email(person.email) or _create_agent(store, person, domains, now)
        if store.sign_ins.is_bound(agent.id, person.issuer):
            raise OtherPerson
        store.sign_ins.bind_subject(agent.id, person, now)
        store.audit.append_entry(format_actor(agent.id), "provider_bound", now, agent=agent.id)
    if agent.disabled_at is not None:
        raise Unauthorized("This account is disabled.")
    if not store.agents.load_password_hash(agent.id):
        store.agents.set_password(agent.id, password_hash)
    return agent


def _create_agent(store: Store, person: VerifiedPerson, domains: Collection[str], now: datetime) -> Agent:
    if person.email.rpartition("@")[2] not in domains:
        raise Unauthorized("There is no account for this address.")
    if store.sign_ins.is_removed(person):
        raise NotInvited
    agent = build_agent(person.email, person.name or person.email, "agent")
    store.agents.add(agent, NO_PASSWORD, now)
    store.audit.append_entry(format_actor(agent.id), "agent_added", now, agent=agent.id, way="oidc")
    return agent


def _require_other_admin(store: Store, agent: Agent) -> None:
    """LastAdmin unless another administrator can sign in."""
    if not any(one.admin and one.id != agent.id for one in store.agents.list_active()):
        raise LastAdmin
