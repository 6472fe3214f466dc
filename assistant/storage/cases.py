"""SQL for cases."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from assistant.domain.cases import Case, CaseRow, CaseState, CaseTrigger
from assistant.domain.errors import NotFound
from assistant.storage import case_tables as k
from assistant.storage import tables as t
from assistant.storage.statements import build_insert_if_absent, build_select, build_upsert

#: Theme of the first question of a case's conversation.
THEME = (
    sa.select(t.questions.c.theme)
    .where(t.questions.c.conversation == k.cases.c.conversation)
    .order_by(t.questions.c.turn)
    .limit(1)
    .scalar_subquery()
)
ROWS = sa.select(
    k.cases,
    *(t.conversations.c[name] for name in ("customer", "channel", "language")),
    THEME.label("theme"),
).select_from(k.cases.join(t.conversations, k.cases.c.conversation == t.conversations.c.id))


class SqlCases:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, case: Case) -> bool:
        """Whether it was added: a conversation has one case at most."""
        statement = build_insert_if_absent(self._connection, k.cases)
        return self._connection.execute(statement, asdict(case)).rowcount > 0

    def get(self, case: str) -> Case:
        """The case, or NotFound. In a write transaction its row stays locked until the end."""
        writes = self._connection.get_execution_options().get("write", False)
        query = build_select(k.cases, "id", hold=writes)
        row = self._connection.execute(query, {"id": case}).mappings().first()
        if row is None:
            raise NotFound("There is no such case.")
        return _parse_case(row)

    def find_by_conversation(self, conversation: str) -> Case | None:
        query = build_select(k.cases, "conversation")
        row = self._connection.execute(query, {"conversation": conversation}).mappings().first()
        return None if row is None else _parse_case(row)

    def save(self, case: Case) -> None:
        self._connection.execute(build_upsert(self._connection, k.cases), asdict(case))

    def list_rows(
        self,
        states: Sequence[CaseState],
        *,
        owner: str | None = None,
        improvement: str | None = None,
        limit: int,
    ) -> Sequence[CaseRow]:
        """Cases in these states, by due time."""
        c = k.cases.c
        query = ROWS.where(c.state.in_(list(states))).order_by(c.due_at, c.id).limit(limit)
        if owner is not None:
            query = query.where(c.owner == owner)
        if improvement is not None:
            query = query.where(c.improvement == improvement)
        return [_parse_row(row) for row in self._connection.execute(query).mappings()]

    def load_row(self, case: str) -> CaseRow:
        row = self._connection.execute(ROWS.where(k.cases.c.id == case)).mappings().first()
        if row is None:
            raise NotFound("There is no such case.")
        return _parse_row(row)


def _parse_case(row: Any) -> Case:
    return Case(**{**row, "trigger": CaseTrigger(row["trigger"]), "state": CaseState(row["state"])})


def _parse_row(row: Any) -> CaseRow:
    names = ("customer", "channel", "language", "theme")
    case = {name: value for name, value in row.items() if name not in names}
    return CaseRow(case=_parse_case(case), **{name: row[name] for name in names})
