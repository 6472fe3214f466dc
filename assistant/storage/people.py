"""SQL for customers with their identities, and agents with their credentials."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from assistant.domain.conversation import State
from assistant.domain.errors import NotFound
from assistant.domain.people import Agent, Credential, Customer, Identity
from assistant.domain.teams import AgentAvailability, Availability, PresenceInterval
from assistant.storage import tables as t
from assistant.storage.desk_tables import bulk_changes, followers, mentions
from assistant.storage.lead_tables import invitations
from assistant.storage.search import index_customer
from assistant.storage.sign_ins import SqlSignIns, parse_agent
from assistant.storage.statements import build_insert, build_select, build_update
from assistant.storage.teams import PresenceLog, parse_working_days

#: Longer unseen than this, an agent was away from the desk.
PRESENCE_GAP = timedelta(minutes=2)

AVAILABILITY_COLUMNS = ("id", "name", "availability", "capacity", "seen_at", "skills", "working_hours")

#: What an agent has at the desk; it goes with the account.
OWN_TABLES = (t.read_marks, t.views, t.saved_replies, followers, mentions, bulk_changes)


class SqlCustomers:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, customer: str) -> Customer:
        row = self._connection.execute(build_select(t.customers, "id"), {"id": customer}).mappings().first()
        if row is None:
            raise NotFound("There is no such customer.")
        return Customer(**dict(row), identities=self._load_identities(customer))

    def find_by_identity(self, channel: str, identity: str) -> Customer | None:
        values = {"channel": channel, "id": identity}
        row = self._connection.execute(build_select(t.identities, *values), values).first()
        return None if row is None else self.get(row.customer)

    def add(self, customer: Customer) -> None:
        values = {column.name: getattr(customer, column.name) for column in t.customers.c}
        self._connection.execute(build_insert(t.customers), values)
        for identity in customer.identities:
            row = {"channel": identity.channel, "id": identity.id, "verified": identity.verified}
            self._connection.execute(build_insert(t.identities), row | {"customer": customer.id})

    def set_familiarity(self, customer: str, familiarity: float) -> None:
        values = {"at_id": customer, "familiarity": familiarity}
        self._connection.execute(build_update(t.customers, "id"), values)

    def set_name(self, customer: str, name: str) -> None:
        where = t.customers.c.id == customer
        self._connection.execute(sa.update(t.customers).where(where).values(name=name))
        index_customer(self._connection, customer)

    def set_attributes(self, customer: str, attributes: Mapping[str, str]) -> None:
        where = t.customers.c.id == customer
        self._connection.execute(sa.update(t.customers).where(where).values(attributes=dict(attributes)))
        index_customer(self._connection, customer)

    def load_names(self, customers: Sequence[str]) -> dict[str, tuple[str | None, bool]]:
        """Customer -> (name, whether verified), for lists."""
        c = t.customers.c
        rows = self._connection.execute(sa.select(c.id, c.name, c.verified).where(c.id.in_(customers)))
        return {row.id: (row.name, row.verified) for row in rows}

    def _load_identities(self, customer: str) -> tuple[Identity, ...]:
        rows = self._connection.execute(build_select(t.identities, "customer"), {"customer": customer})
        found = [Identity(channel=row.channel, id=row.id, verified=row.verified) for row in rows]
        return tuple(sorted(found, key=lambda each: (each.channel, each.id)))


class SqlAgents:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, agent: Agent, password_hash: str, now: datetime) -> None:
        values = {name: getattr(agent, name) for name in ("id", "email", "name", "admin", "lead")}
        self._connection.execute(
            build_insert(t.agents), values | {"password": password_hash, "created_at": now}
        )

    def set_password(self, agent: str, password_hash: str) -> None:
        where = t.agents.c.id == agent
        self._connection.execute(sa.update(t.agents).where(where).values(password=password_hash))

    def list_all(self) -> Sequence[Agent]:
        rows = self._connection.execute(sa.select(t.agents).order_by(t.agents.c.email))
        return [parse_agent(row) for row in rows]

    def list_active(self) -> Sequence[Agent]:
        """Who can sign in: neither disabled, nor invited and without a password yet."""
        c = t.agents.c
        query = sa.select(t.agents).where(c.disabled_at.is_(None), c.password != "")
        return [parse_agent(row) for row in self._connection.execute(query.order_by(c.email))]

    def get(self, agent: str) -> Agent | None:
        """An agent by id or e-mail address."""
        where = sa.or_(t.agents.c.id == agent, t.agents.c.email == agent)
        row = self._connection.execute(sa.select(t.agents).where(where)).first()
        return None if row is None else parse_agent(row)

    def find_by_email(self, email: str) -> Agent | None:
        row = self._connection.execute(sa.select(t.agents).where(t.agents.c.email == email)).first()
        return None if row is None else parse_agent(row)

    def load_password_hash(self, agent: str) -> str | None:
        """None where there is no account, or its owner has chosen no password yet."""
        query = sa.select(t.agents.c.password).where(t.agents.c.id == agent)
        return self._connection.execute(query).scalar_one_or_none() or None

    def add_credential(self, agent: str, credential: Credential, now: datetime) -> None:
        values = {
            "secret_hash": credential.secret_hash,
            "csrf": credential.csrf,
            "expires_at": credential.expires_at,
            "label": credential.label,
        }
        self._connection.execute(build_insert(t.credentials), values | {"agent": agent, "created_at": now})

    def find_by_secret(self, secret_hash: str, now: datetime) -> tuple[Agent, str | None] | None:
        """The agent of a session or API token, and its CSRF token; None when unknown or expired."""
        c = t.credentials.c
        unexpired = sa.or_(c.expires_at.is_(None), c.expires_at > now)
        alive = sa.and_(unexpired, t.agents.c.disabled_at.is_(None))
        query = sa.select(t.agents, c.csrf).join(t.credentials, c.agent == t.agents.c.id)
        row = self._connection.execute(query.where(c.secret_hash == secret_hash, alive)).first()
        return None if row is None else (parse_agent(row), row.csrf)

    def load_preferences(self, agent: str) -> dict[str, Any]:
        """What the agent chose for their own screen."""
        query = sa.select(t.agents.c.preferences).where(t.agents.c.id == agent)
        return dict(self._connection.execute(query).scalar_one_or_none() or {})

    def save_preferences(self, agent: str, preferences: Mapping[str, Any]) -> None:
        values = {"at_id": agent, "preferences": dict(preferences)}
        self._connection.execute(build_update(t.agents, "id"), values)

    def revoke_credential(self, secret_hash: str) -> None:
        self._connection.execute(sa.delete(t.credentials).where(t.credentials.c.secret_hash == secret_hash))

    def revoke_credentials(self, agent: str, *, tokens: bool, now: datetime) -> int:
        """Delete every session of *agent*, with *tokens* also every API token; returns how many."""
        c = t.credentials.c
        sessions = sa.true() if tokens else c.csrf.is_not(None)
        ended = self._connection.execute(sa.delete(t.credentials).where(c.agent == agent, sessions))
        self.mark_absent(agent, now)
        return ended.rowcount

    def mark_present(self, agent: str, now: datetime) -> None:
        """Record that the agent is present: an open console, or a call."""
        query = sa.select(t.agents.c.seen_at).where(t.agents.c.id == agent)
        before = self._connection.execute(query).scalar_one_or_none()
        PresenceLog(self._connection).extend_interval(agent, before, PRESENCE_GAP, now)
        self._connection.execute(build_update(t.agents, "id"), {"at_id": agent, "seen_at": now})

    def change_availability(self, agent: str, availability: Availability, now: datetime) -> None:
        PresenceLog(self._connection).change_availability(agent, availability, now)

    def save_work(
        self,
        agent: str,
        capacity: int,
        skills: Sequence[str] = (),
        days: Mapping[int, tuple[str, ...]] | None = None,
    ) -> None:
        """How many conversations they are given, which, and when."""
        values = {"at_id": agent, "capacity": capacity, "skills": list(skills), "working_hours": days or None}
        self._connection.execute(build_update(t.agents, "id"), values)

    def list_availability(self) -> Sequence[AgentAvailability]:
        """Everybody who can sign in with how much they have, by name."""
        a, c = t.agents.c, t.conversations.c
        mine = sa.and_(c.agent == a.id, c.state == State.AGENT, c.snoozed_until.is_(None))
        query = (
            sa.select(*(a[name] for name in AVAILABILITY_COLUMNS), sa.func.count(c.id).label("load"))
            .where(a.disabled_at.is_(None), a.password != "")
            .outerjoin(t.conversations, mine)
            .group_by(a.id)
            .order_by(a.name, a.id)
        )
        return [
            AgentAvailability(
                **{name: row[name] for name in ("id", "name", "capacity", "seen_at", "load")},
                availability=Availability(row["availability"]),
                skills=frozenset(row["skills"] or ()),
                days=parse_working_days(row["working_hours"]),
            )
            for row in self._connection.execute(query).mappings()
        ]

    def list_presence(self, since: datetime) -> Sequence[PresenceInterval]:
        """When agents were at the desk since then, in order."""
        c = t.presence_intervals.c
        query = sa.select(c.agent, c.availability, c.begun_at, c.ended_at).where(
            sa.or_(c.ended_at.is_(None), c.ended_at >= since)
        )
        rows = self._connection.execute(query.order_by(c.begun_at, c.id)).mappings()
        return [PresenceInterval(**row) for row in rows]

    def mark_absent(self, agent: str, now: datetime) -> None:
        PresenceLog(self._connection).end_interval(agent, now)
        self._connection.execute(build_update(t.agents, "id"), {"at_id": agent, "seen_at": None})

    def count_present(self, since: datetime) -> int:
        """Number of agents seen since *since*."""
        query = sa.select(sa.func.count()).where(t.agents.c.seen_at >= since)
        return int(self._connection.execute(query).scalar_one())

    def remove(self, agent: str, now: datetime) -> None:
        """Delete the account and its credentials; messages stay under the agent's name.

        Who it was is remembered as a hash: a sign-in provider does not make the account anew.
        """
        self.revoke_credentials(agent, tokens=True, now=now)
        conversations = t.conversations.c
        forgotten = sa.update(t.conversations).where(conversations.agent == agent).values(agent=None)
        self._connection.execute(forgotten)
        self._connection.execute(sa.delete(invitations).where(invitations.c.agent == agent))
        SqlSignIns(self._connection).mark_removed(agent, now)
        for own in (*OWN_TABLES, t.team_members, t.presence_intervals):
            self._connection.execute(sa.delete(own).where(own.c.agent == agent))
        self._connection.execute(sa.delete(t.agents).where(t.agents.c.id == agent))
