"""Outcomes, questions, handoffs and survey answers for the desk's big database, made once."""

import random
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from assistant.domain.outcomes import OutcomeKind
from assistant.domain.surveys import SURVEY_VERSION, SurveyKind, SurveyState
from assistant.storage import tables as t
from assistant.storage.database import SqlDatabase
from assistant.storage.store import SqlStore

THEMES = 60
BATCH = 5_000
HANDED_OVER = 0.3
ASKED = 0.5
ANSWERED = 0.2
#: Outcome -> why, as often as in life.
ENDS = (
    (OutcomeKind.CONFIRMED, "thanked"),
    (OutcomeKind.ANSWERED, "nothing_more_said"),
    (OutcomeKind.ANSWERED, "nothing_more_said"),
    (OutcomeKind.ABANDONED, "abstention"),
    (OutcomeKind.ABANDONED, "frustration"),
    (OutcomeKind.NO_REQUEST, "no_question"),
)
BY_PERSON = ((OutcomeKind.RESOLVED_BY_PERSON, "solved"), (OutcomeKind.ENDED_BY_PERSON, "unsolved"))
REASONS = ("asked_for_person", "frustrated", "no_answer", "complaint")


def fill_outcomes(database: SqlDatabase[SqlStore]) -> None:
    """Give every closed conversation an end, unless that was done; the same numbers give the same rows."""
    with database.engine.connect() as connection:
        if connection.execute(sa.select(t.outcomes.c.conversation).limit(1)).first():
            return
        c = t.conversations.c
        closed = connection.execute(
            sa.select(c.id, c.created_at, c.closed_at, c.agent, c.language).where(c.state == "closed")
        ).all()
    chance = random.Random(19)
    with database.engine.execution_options(write=True).begin() as connection:
        connection.execute(sa.insert(t.themes), [_build_theme(number, closed[0]) for number in range(THEMES)])
    for start in range(0, len(closed), BATCH):
        rows: dict[sa.Table, list[dict[str, Any]]] = {
            table: [] for table in (t.outcomes, t.questions, t.handoffs, t.surveys, t.feedback)
        }
        for row in closed[start : start + BATCH]:
            _add_end(rows, row, chance)
        with database.engine.execution_options(write=True).begin() as connection:
            for table, values in rows.items():
                connection.execute(sa.insert(table), values)
    with database.engine.execution_options(write=True).begin() as connection:
        connection.exec_driver_sql("ANALYZE")


def _build_theme(number: int, first: Any) -> dict[str, Any]:
    made = {"pinned": False, "created_at": first.created_at, "conversation": first.id, "turn": 0}
    return {"id": f"theme{number}", "title": f"Theme {number}", "terms": [], **made}


def _add_end(rows: dict[sa.Table, list[dict[str, Any]]], row: Any, chance: random.Random) -> None:
    handed = chance.random() < HANDED_OVER
    kind, why = chance.choice(BY_PERSON if handed else ENDS)
    about = {"conversation": row.id}
    feelings = {"frustration_start": chance.random() ** 2, "frustration_end": chance.random() ** 2}
    end = {"kind": kind, "ended_by": "customer", "why": why, "ended_at": row.closed_at}
    rows[t.outcomes].append(about | end | feelings)
    theme = f"theme{int(THEMES * chance.random() ** 2)}" if chance.random() < 0.8 else None
    asked = {"turn": 0, "asked_at": row.created_at, "language": row.language, "theme": theme}
    rows[t.questions].append(about | asked | {"decision": "answer", "text": "?", "model": None})
    if handed:
        claimed = row.created_at + timedelta(seconds=chance.randrange(600))
        handoff = {"epoch": 1, "reason": chance.choice(REASONS), "created_at": row.created_at, "packet": {}}
        rows[t.handoffs].append(about | handoff | {"claimed_at": claimed})
    if chance.random() < ASKED:
        answered = chance.random() < ANSWERED
        state = SurveyState.ANSWERED if answered else SurveyState.ASKED
        survey = {"kind": SurveyKind.CSAT, "version": SURVEY_VERSION, "asked_at": row.closed_at}
        rows[t.surveys].append(about | survey | {"state": state})
        if answered:
            given = {"kind": "csat", "value": chance.choice((1, 3, 4, 5, 5)), "created_at": row.closed_at}
            rows[t.feedback].append(about | given)
