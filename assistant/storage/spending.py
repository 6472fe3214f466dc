"""SQL for model spending: one row per account, updated in place."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from assistant.domain.budgets import Account, ModelUsage, Scope
from assistant.storage import tables as t
from assistant.storage.statements import build_increment


class SqlSpending:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def load_by_account(self, accounts: Sequence[Account]) -> Mapping[Account, ModelUsage]:
        c = t.spending.c
        keys = [(account.scope.value, account.key, account.day) for account in accounts]
        rows = self._connection.execute(
            sa.select(t.spending).where(sa.tuple_(c.scope, c.key, c.day).in_(keys))
        )
        found = {
            Account(scope=Scope(row.scope), key=row.key, day=row.day): ModelUsage(
                tokens=row.tokens, calls=row.calls, cost=row.cost
            )
            for row in rows
        }
        return {account: found.get(account, ModelUsage()) for account in accounts}

    def add_spending(self, accounts: Sequence[Account], change: ModelUsage) -> None:
        """Add to an account in one statement, so that concurrent processes both count."""
        adding = build_increment(self._connection, t.spending, "tokens", "calls", "cost")
        values = {"tokens": change.tokens, "calls": change.calls, "cost": change.cost}
        rows = [{"scope": a.scope.value, "key": a.key, "day": a.day, **values} for a in accounts]
        self._connection.execute(adding, rows)

    def sum_between(self, start: datetime, end: datetime) -> ModelUsage:
        """Total of all conversations, on the days from *start* to *end*."""
        c = t.spending.c
        sums = [sa.func.coalesce(sa.func.sum(column), 0) for column in (c.tokens, c.calls, c.cost)]
        days = c.day.between(start.date().isoformat(), end.date().isoformat())
        row = self._connection.execute(sa.select(*sums).where(c.scope == Scope.DAY.value, days)).one()
        return ModelUsage(tokens=int(row[0]), calls=int(row[1]), cost=float(row[2]))
