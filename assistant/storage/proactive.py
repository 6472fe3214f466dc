"""SQL for messages that nobody asked for: what is to be told to whom, and what was."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from assistant.domain.conversation import State
from assistant.domain.messages import Author
from assistant.domain.proactive import ProactiveNotice, ProactiveState, RuleEffect
from assistant.storage import proactive_tables as p
from assistant.storage import tables as t
from assistant.storage.statements import (
    build_increment,
    build_insert_if_absent,
    build_select,
    build_update,
)

#: Whoever holds this row decides; nobody else counts what is sent meanwhile.
TURN = {"channel": "*", "account": "", "month": ""}
#: Conversations that nobody wrote in for longer are not told of an incident.
RECENTLY_OPEN = timedelta(days=7)


class SqlProactive:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, notice: ProactiveNotice) -> bool:
        """Whether it was added: a rule tells a person of a subject once."""
        statement = build_insert_if_absent(self._connection, p.proactive_notices)
        return self._connection.execute(statement, asdict(notice)).rowcount > 0

    def move_waiting(self, notice: ProactiveNotice) -> None:
        """The same notice with other times and details, if it still waits."""
        c = p.proactive_notices.c
        same = sa.and_(c.rule == notice.rule, c.subject == notice.subject, c.person == notice.person)
        waits = sa.and_(same, c.state == ProactiveState.WAITING)
        values = {"next_at": notice.next_at, "expires_at": notice.expires_at, "details": notice.details}
        self._connection.execute(sa.update(p.proactive_notices).where(waits).values(**values))

    def list_due(self, now: datetime, *, limit: int) -> Sequence[str]:
        """Notices that wait and may be decided, longest due first."""
        c = p.proactive_notices.c
        query = sa.select(c.id).where(c.state == ProactiveState.WAITING, c.next_at <= now)
        return self._connection.execute(query.order_by(c.next_at, c.id).limit(limit)).scalars().all()

    def hold_turn(self) -> None:
        """Wait until nobody else decides; held until the end of the transaction."""
        self._connection.execute(build_insert_if_absent(self._connection, p.push_counts), TURN | {"count": 0})
        self._connection.execute(build_select(p.push_counts, *TURN, hold=True), TURN)

    def find_waiting(self, notice: str) -> ProactiveNotice | None:
        """The notice if it still waits; None: it was decided, or erased."""
        row = self._connection.execute(build_select(p.proactive_notices, "id"), {"id": notice})
        found = row.mappings().first()
        if found is None or found["state"] != ProactiveState.WAITING:
            return None
        return _parse_notice(found)

    def save(self, notice: ProactiveNotice) -> None:
        values = {key: value for key, value in asdict(notice).items() if key != "id"}
        self._connection.execute(build_update(p.proactive_notices, "id"), values | {"at_id": notice.id})

    def delete_unclaimed(self, before: datetime, *, limit: int) -> int:
        """Delete decided notices of people who never wrote, created before; returns how many."""
        c = p.proactive_notices.c
        decided = sa.and_(c.customer.is_(None), c.state != ProactiveState.WAITING, c.created_at < before)
        batch = sa.select(c.id).where(decided).limit(limit)
        return self._connection.execute(sa.delete(p.proactive_notices).where(c.id.in_(batch))).rowcount

    def list_sent_times(self, customers: Sequence[str], purpose: str, since: datetime) -> Sequence[datetime]:
        c = p.proactive_notices.c
        where = sa.and_(c.customer.in_(customers), c.state == ProactiveState.SENT, c.decided_at > since)
        query = sa.select(c.decided_at).where(where, c.purpose == purpose)
        return self._connection.execute(query).scalars().all()

    def is_sent(self, rule: str, subject: str, customers: Sequence[str]) -> bool:
        """Whether a person, known by several ids, was told of it."""
        c = p.proactive_notices.c
        same = sa.and_(c.rule == rule, c.subject == subject, c.state == ProactiveState.SENT)
        query = sa.select(c.id).where(same, c.customer.in_(customers)).limit(1)
        return self._connection.execute(query).first() is not None

    def count_sent(self, since: datetime, channel: str | None = None, account: str | None = None) -> int:
        """Messages since then, to everybody or over one account."""
        c = p.proactive_notices.c
        where = [c.state == ProactiveState.SENT, c.decided_at > since]
        if channel is not None:
            where += [c.channel == channel, c.account == account]
        query = sa.select(sa.func.count()).select_from(p.proactive_notices).where(*where)
        return int(self._connection.execute(query).scalar_one())

    def add_push(self, channel: str, account: str, month: str) -> None:
        """Count a push that was no proactive message."""
        row = {"channel": channel, "account": account, "month": month, "count": 1}
        self._connection.execute(build_increment(self._connection, p.push_counts, "count"), row)

    def count_pushes(self, channel: str, account: str, month: str) -> int:
        key = {"channel": channel, "account": account, "month": month}
        row = self._connection.execute(build_select(p.push_counts, *key), key).first()
        return 0 if row is None else int(row._mapping["count"])

    def list_by_conversations(self, conversations: Sequence[str]) -> Sequence[ProactiveNotice]:
        """What was sent in these conversations, oldest first."""
        c = p.proactive_notices.c
        where = sa.and_(c.conversation.in_(conversations), c.state == ProactiveState.SENT)
        query = sa.select(p.proactive_notices).where(where).order_by(c.decided_at)
        return [_parse_notice(row) for row in self._connection.execute(query).mappings()]

    def count_by_rule(self, since: datetime) -> Sequence[tuple[str, str, str | None, int]]:
        """(rule, state, reason, how many) of notices that were created since then."""
        c = p.proactive_notices.c
        query = sa.select(c.rule, c.state, c.reason, sa.func.count()).where(c.created_at > since)
        rows = self._connection.execute(query.group_by(c.rule, c.state, c.reason)).all()
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    def measure_effects(self, since: datetime, days: int) -> Mapping[str, RuleEffect]:
        """Rule -> who wrote to us within *days*, of those who were told and those who were not on purpose."""
        c, m, k = p.proactive_notices.c, t.messages.c, t.conversations.c
        span = round(timedelta(days=days).total_seconds() * 1_000_000)
        after = sa.and_(m.created_at > c.decided_at, _plain(m.created_at) <= _plain(c.decided_at) + span)
        wrote = (
            sa.exists()
            .where(m.conversation == k.id, k.customer == c.customer, m.author == Author.CUSTOMER, after)
            .correlate(p.proactive_notices)
        )
        decided = c.state.in_([ProactiveState.SENT, ProactiveState.HELD_OUT])
        query = sa.select(c.rule, c.state, sa.func.count(), sa.func.sum(sa.case((wrote, 1), else_=0)))
        query = query.where(decided, c.decided_at > since).group_by(c.rule, c.state)
        counts: dict[str, dict[str, int]] = {}
        for rule, state, total, written in self._connection.execute(query):
            told = "told" if state == ProactiveState.SENT else "held_out"
            counts.setdefault(rule, {}).update({told: total, f"{told}_wrote": int(written)})
        return {rule: RuleEffect(**found) for rule, found in counts.items()}

    def list_touched_conversations(
        self, words: Sequence[str], now: datetime, *, limit: int
    ) -> Sequence[tuple[str, str]]:
        """(conversation, customer) of open ones in which the customer wrote one of these words lately."""
        k, m = t.conversations.c, t.messages.c
        said = sa.or_(*(m.text.icontains(word, autoescape=True) for word in words))
        touched = sa.exists().where(m.conversation == k.id, m.author == Author.CUSTOMER, said)
        where = sa.and_(k.state != State.CLOSED, k.updated_at > now - RECENTLY_OPEN, touched)
        query = sa.select(k.id, k.customer).where(where).order_by(k.updated_at.desc()).limit(limit)
        return [(row.id, row.customer) for row in self._connection.execute(query)]


def _plain(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The microseconds of a moment, to calculate with."""
    return sa.type_coerce(column, sa.BigInteger)


def _parse_notice(row: Any) -> ProactiveNotice:
    return ProactiveNotice(**{**row, "state": ProactiveState(row["state"])})
