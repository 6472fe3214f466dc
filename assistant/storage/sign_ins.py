"""SQL for whom sign-in providers know agents as, and for who was removed."""

import hashlib
from datetime import datetime

import sqlalchemy as sa

from assistant.domain.people import Agent, VerifiedPerson
from assistant.storage import tables as t
from assistant.storage.agent_tables import provider_subjects, removed_people
from assistant.storage.statements import build_insert, build_insert_if_absent

C = provider_subjects.c
AGENT_COLUMNS = ("id", "email", "name", "admin", "lead", "disabled_at")


class SqlSignIns:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find_agent(self, issuer: str, subject: str) -> Agent | None:
        query = sa.select(t.agents).join(provider_subjects, C.agent == t.agents.c.id)
        row = self._connection.execute(query.where(C.issuer == issuer, C.subject == subject)).first()
        return None if row is None else parse_agent(row)

    def is_bound(self, agent: str, issuer: str) -> bool:
        """Whether that provider knows the agent as somebody already."""
        query = sa.select(sa.exists().where(C.agent == agent, C.issuer == issuer))
        return bool(self._connection.execute(query).scalar_one())

    def bind_subject(self, agent: str, person: VerifiedPerson, now: datetime) -> None:
        row = {"issuer": person.issuer, "subject": person.subject, "agent": agent, "created_at": now}
        self._connection.execute(build_insert(provider_subjects), row)

    def release_subjects(self, agent: str) -> None:
        """The next sign-in with the agent's address binds anew."""
        self._connection.execute(sa.delete(provider_subjects).where(C.agent == agent))

    def is_removed(self, person: VerifiedPerson) -> bool:
        """Whether an agent of that address, or of that id at the provider, was removed."""
        marks = [_hash_address(person.email), _hash_subject(person.issuer, person.subject)]
        found = sa.exists().where(removed_people.c.mark.in_(marks))
        return bool(self._connection.execute(sa.select(found)).scalar_one())

    def readmit(self, email: str) -> None:
        """An administrator or operator gives the address an account again."""
        mine = removed_people.c.mark == _hash_address(email)
        self._connection.execute(sa.delete(removed_people).where(mine))

    def mark_removed(self, agent: str, now: datetime) -> None:
        """Remember who the agent was, and forget as whom providers know them."""
        email = sa.select(t.agents.c.email).where(t.agents.c.id == agent)
        marks = [_hash_address(one) for one in self._connection.execute(email).scalars()]
        known = self._connection.execute(sa.select(C.issuer, C.subject).where(C.agent == agent))
        marks += [_hash_subject(*one) for one in known]
        insert = build_insert_if_absent(self._connection, removed_people)
        for mark in marks:
            self._connection.execute(insert, {"mark": mark, "removed_at": now})
        self.release_subjects(agent)


def parse_agent(row: sa.Row[tuple[object, ...]]) -> Agent:
    return Agent(**{name: getattr(row, name) for name in AGENT_COLUMNS})


def _hash_address(email: str) -> str:
    return hashlib.sha256(f"address {email}".encode("utf-8", "replace")).hexdigest()


def _hash_subject(issuer: str, subject: str) -> str:
    return hashlib.sha256(f"subject {issuer} {subject}".encode()).hexdigest()
