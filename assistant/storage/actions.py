"""SQL for unfinished requests, proposals of changes and proofs of identity."""

import hmac
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from assistant.domain.actions import (
    ActionFlow,
    IdentityGrant,
    IdentityLevel,
    Proposal,
    ProposalState,
)
from assistant.storage import action_tables as t
from assistant.storage.row_mapping import from_json, to_json
from assistant.storage.statements import (
    build_delete,
    build_increment,
    build_insert,
    build_select,
    build_upsert,
)


class SqlActions:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def load_flow(self, conversation: str, since: datetime) -> ActionFlow | None:
        """The unfinished request, unless nothing was said to it since *since*."""
        query = build_select(t.action_flows, "conversation")
        row = self._connection.execute(query, {"conversation": conversation}).first()
        return None if row is None or row.updated_at < since else from_json(ActionFlow, row.flow)

    def save_flow(self, conversation: str, flow: ActionFlow | None, now: datetime) -> None:
        if flow is None:
            values = {"conversation": conversation}
            self._connection.execute(build_delete(t.action_flows, "conversation"), values)
            return
        row = {"conversation": conversation, "flow": to_json(ActionFlow, flow), "updated_at": now}
        self._connection.execute(build_upsert(self._connection, t.action_flows), row)

    def add(self, proposal: Proposal) -> None:
        values = {column.name: getattr(proposal, column.name) for column in t.proposals.c}
        self._connection.execute(
            build_insert(t.proposals), values | {"state": proposal.state.value, "level": int(proposal.level)}
        )

    def get(self, proposal: str) -> Proposal | None:
        row = self._connection.execute(build_select(t.proposals, "id"), {"id": proposal}).mappings().first()
        return None if row is None else _parse_proposal(row)

    def list_by_conversation(self, conversation: str) -> Sequence[Proposal]:
        query = build_select(t.proposals, "conversation").order_by(t.proposals.c.created_at)
        rows = self._connection.execute(query, {"conversation": conversation}).mappings()
        return [_parse_proposal(row) for row in rows]

    def move(
        self, proposal: str, state: ProposalState, *, before: Collection[ProposalState], **changes: Any
    ) -> bool:
        """The proposal in a new state; False unless it was in one of *before*: another was first."""
        c = t.proposals.c
        where = sa.and_(c.id == proposal, c.state.in_([one.value for one in before]))
        statement = sa.update(t.proposals).where(where).values(state=state.value, **changes)
        return self._connection.execute(statement).rowcount == 1

    def count_decided(self, customer: str, since: datetime) -> int:
        c = t.proposals.c
        where = sa.and_(c.customer == customer, c.approved_by.is_not(None), c.decided_at >= since)
        query = sa.select(sa.func.count()).select_from(t.proposals).where(where)
        return int(self._connection.execute(query).scalar_one())

    def count_decided_by_agent(self, agent: str, since: datetime) -> int:
        c = t.proposals.c
        where = sa.and_(c.agent == agent, c.shown_seq.is_(None), c.decided_at >= since)
        query = sa.select(sa.func.count()).select_from(t.proposals).where(where)
        return int(self._connection.execute(query).scalar_one())


class SqlIdentityProofs:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def load_grants(self, conversation: str, now: datetime) -> Mapping[str, IdentityGrant]:
        query = build_select(t.identity_grants, "conversation")
        rows = self._connection.execute(query, {"conversation": conversation})
        return {
            row.subject: IdentityGrant(subject=row.subject, level=IdentityLevel(row.level), method=row.method)
            for row in rows
            if row.expires_at > now
        }

    def save_grant(self, conversation: str, grant: IdentityGrant, expires_at: datetime) -> None:
        row = {"conversation": conversation, "subject": grant.subject, "level": int(grant.level)}
        row |= {"method": grant.method, "expires_at": expires_at}
        self._connection.execute(build_upsert(self._connection, t.identity_grants), row)

    def reserve_attempt(self, limits: Mapping[str, int], now: datetime, expires_at: datetime) -> bool:
        """Count a try for every key, before it is made: a crash must not give one for nothing.

        A try that one key refuses is counted for none: whoever has no tries left uses up nobody else's.
        """
        c, keys = t.attempts.c, sorted(limits)
        self._connection.execute(sa.delete(t.attempts).where(c.key.in_(keys), c.expires_at <= now))
        rows = [{"key": key, "count": 1, "expires_at": expires_at} for key in keys]
        self._connection.execute(build_increment(self._connection, t.attempts, "count"), rows)
        counts = self._connection.execute(sa.select(c.key, c.count).where(c.key.in_(keys)))
        is_allowed = all(row[1] <= limits[row[0]] for row in counts)
        if not is_allowed:
            self.return_attempt(keys)
        return is_allowed

    def return_attempt(self, keys: Collection[str]) -> None:
        c = t.attempts.c
        where = sa.and_(c.key.in_(sorted(keys)), c.count > 0)
        self._connection.execute(sa.update(t.attempts).where(where).values(count=c.count - 1))

    def save_code(self, conversation: str, subject: str, code_hash: str, expires_at: datetime) -> None:
        row = {"conversation": conversation, "subject": subject, "code_hash": code_hash}
        self._connection.execute(
            build_upsert(self._connection, t.one_time_codes), row | {"expires_at": expires_at}
        )

    def redeem_code(self, conversation: str, subject: str, code_hash: str, now: datetime) -> bool:
        """Whether it is the code that was sent; a code that was right is used up."""
        query = build_select(t.one_time_codes, "conversation", "subject")
        values = {"conversation": conversation, "subject": subject}
        row = self._connection.execute(query, values).first()
        if row is None or row.expires_at <= now or not hmac.compare_digest(row.code_hash, code_hash):
            return False
        used = self._connection.execute(build_delete(t.one_time_codes, "conversation", "subject"), values)
        return used.rowcount == 1  # else another was first


def _parse_proposal(row: sa.RowMapping) -> Proposal:
    values = dict(row)
    values |= {"state": ProposalState(row["state"]), "level": IdentityLevel(row["level"])}
    return Proposal(**values)
