"""SQL for the orders that the business told us of, and the scores of their buyers."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

import sqlalchemy as sa

from assistant.domain.customer_data import ORDER_PREFIX
from assistant.domain.segments import PurchaseScore
from assistant.storage import action_tables as a
from assistant.storage import proactive_tables as p
from assistant.storage.statements import build_insert

BATCH_ROWS = 1_000


class SqlPurchaseScores:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def iterate_orders(self) -> Iterator[tuple[str, str, str]]:
        """(identity type, identity, line of the order) of every order that is known."""
        c = a.customer_facts.c
        # Options of the statement: those of the connection would stay with it.
        query = (
            sa.select(c.identity_type, c.identity, c.value)
            .where(c.key.startswith(ORDER_PREFIX))
            .execution_options(yield_per=BATCH_ROWS)
        )
        for row in self._connection.execute(query):
            yield row.identity_type, row.identity, row.value

    def replace_all(self, scores: Sequence[PurchaseScore]) -> None:
        """A new snapshot in place of the one before."""
        self._connection.execute(sa.delete(p.purchase_scores))
        for at in range(0, len(scores), BATCH_ROWS):
            rows = [asdict(score) for score in scores[at : at + BATCH_ROWS]]
            self._connection.execute(build_insert(p.purchase_scores), rows)

    def list_by_identities(self, identities: Sequence[tuple[str, str]]) -> Sequence[PurchaseScore]:
        c = p.purchase_scores.c
        where = sa.tuple_(c.identity_type, c.identity).in_(list(identities))
        rows = self._connection.execute(sa.select(p.purchase_scores).where(where)).mappings()
        return [PurchaseScore(**row) for row in rows]
