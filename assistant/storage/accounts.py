"""SQL for agents' accounts as administrators and their owners look after them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from assistant.domain.foreign_desks import is_foreign_owner
from assistant.domain.people import Agent, AgentAccount, KnownCredential
from assistant.storage import tables as t
from assistant.storage.lead_tables import invitations
from assistant.storage.sign_ins import parse_agent
from assistant.storage.statements import build_insert, build_update

#: Characters of a secret's hash that name a credential to its owner.
ID_CHARACTERS = 16


class SqlAccounts:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_accounts(self, now: datetime) -> Sequence[AgentAccount]:
        """Every account of a person, by e-mail address; those of foreign desks are nobody's."""
        c = t.credentials.c
        alive = sa.or_(c.expires_at.is_(None), c.expires_at > now)
        held = sa.select(c.agent, sa.func.count(c.csrf), sa.func.count()).where(alive).group_by(c.agent)
        counts = {row[0]: (row[1], row[2] - row[1]) for row in self._connection.execute(held)}
        i = invitations.c
        open_ones = sa.select(i.agent, sa.func.max(i.expires_at)).where(i.expires_at > now).group_by(i.agent)
        invited = {row[0]: row[1] for row in self._connection.execute(open_ones)}
        return [
            AgentAccount(
                agent=parse_agent(row),
                created_at=row.created_at,
                seen_at=row.seen_at,
                sessions=counts.get(row.id, (0, 0))[0],
                tokens=counts.get(row.id, (0, 0))[1],
                invited_until=invited.get(row.id),
            )
            for row in self._connection.execute(sa.select(t.agents).order_by(t.agents.c.email))
            if not is_foreign_owner(row.id)
        ]

    def set_role(self, agent: str, *, admin: bool, lead: bool) -> None:
        values = {"at_id": agent, "admin": admin, "lead": lead}
        self._connection.execute(build_update(t.agents, "id"), values)

    def set_disabled(self, agent: str, since: datetime | None) -> None:
        """Whether and since when the agent cannot sign in; an invitation does not help either."""
        self._connection.execute(build_update(t.agents, "id"), {"at_id": agent, "disabled_at": since})
        self._connection.execute(sa.delete(invitations).where(invitations.c.agent == agent))

    def list_credentials(self, agent: str, now: datetime) -> Sequence[KnownCredential]:
        """The agent's sessions and API tokens that are good, newest first."""
        c = t.credentials.c
        alive = sa.or_(c.expires_at.is_(None), c.expires_at > now)
        query = sa.select(t.credentials).where(c.agent == agent, alive).order_by(c.created_at.desc())
        return [
            KnownCredential(
                id=row.secret_hash[:ID_CHARACTERS],
                is_token=row.csrf is None,
                label=row.label,
                created_at=row.created_at,
                expires_at=row.expires_at,
            )
            for row in self._connection.execute(query)
        ]

    def revoke_credential_by_id(self, agent: str, credential: str) -> bool:
        c = t.credentials.c
        named = sa.func.substr(c.secret_hash, 1, ID_CHARACTERS) == credential
        gone = self._connection.execute(sa.delete(t.credentials).where(c.agent == agent, named))
        return gone.rowcount > 0

    def save_invitation(self, agent: str, secret_hash: str, expires_at: datetime, now: datetime) -> None:
        """A link with which the agent chooses a password; earlier ones of the agent end."""
        self._connection.execute(sa.delete(invitations).where(invitations.c.agent == agent))
        row = {"agent": agent, "secret_hash": secret_hash, "expires_at": expires_at, "created_at": now}
        self._connection.execute(build_insert(invitations), row)

    def redeem_invitation(self, secret_hash: str, now: datetime) -> Agent | None:
        """Whose invitation it is, which is used up by this; None when there is none or it has ended."""
        i = invitations.c
        query = sa.select(t.agents).join(invitations, i.agent == t.agents.c.id)
        row = self._connection.execute(
            query.where(i.secret_hash == secret_hash, i.expires_at > now, t.agents.c.disabled_at.is_(None))
        ).first()
        if row is None:
            return None
        used = self._connection.execute(sa.delete(invitations).where(i.secret_hash == secret_hash))
        return parse_agent(row) if used.rowcount else None
