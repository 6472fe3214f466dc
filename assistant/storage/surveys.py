"""SQL for surveys that were asked."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from assistant.domain.surveys import AskedSurvey, SurveyKind, SurveyState
from assistant.storage import tables as t
from assistant.storage.statements import build_insert_if_absent, build_select


class SqlSurveys:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, survey: AskedSurvey) -> bool:
        """Whether it was added: a conversation has one survey at most."""
        statement = build_insert_if_absent(self._connection, t.surveys)
        return self._connection.execute(statement, asdict(survey)).rowcount > 0

    def get(self, conversation: str) -> AskedSurvey | None:
        query = build_select(t.surveys, "conversation")
        row = self._connection.execute(query, {"conversation": conversation}).mappings().first()
        if row is None:
            return None
        return AskedSurvey(**{**row, "kind": SurveyKind(row["kind"]), "state": SurveyState(row["state"])})

    def end_survey(self, conversation: str, state: SurveyState) -> None:
        """Answered or cancelled; one that has ended stays as it is."""
        c = t.surveys.c
        waiting = sa.and_(c.conversation == conversation, c.state == SurveyState.ASKED)
        self._connection.execute(sa.update(t.surveys).where(waiting).values(state=state))

    def list_by_customers(self, customers: Sequence[str]) -> Sequence[tuple[str, datetime]]:
        """(kind, when) of every survey that these customers were asked."""
        s, c = t.surveys.c, t.conversations.c
        query = sa.select(s.kind, s.asked_at).select_from(t.surveys.join(t.conversations))
        rows = self._connection.execute(query.where(c.customer.in_(customers)))
        return [(row.kind, row.asked_at) for row in rows]
