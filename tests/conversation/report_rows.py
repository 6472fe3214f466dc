"""Random conversations that ended, in the database: outcomes, themes, handoffs, surveys and answers."""

import random
from datetime import datetime, timedelta

import sqlalchemy as sa

from assistant.domain.outcomes import OutcomeKind
from assistant.domain.surveys import SURVEY_VERSION, SurveyState
from assistant.domain.themes import Theme
from assistant.storage import tables as t
from assistant.storage.store import SqlStore

SCALES = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}


def add_random_ends(
    store: SqlStore, first: int, count: int, end: datetime, *, seed: int, days: int = 30
) -> None:
    """Conversations *first* … that ended within *days* before *end*, of 12 people."""
    chance = random.Random(seed)
    connection = store.report._connection
    for theme in ("a", "b"):
        store.themes.save(Theme(id=theme, created_at=end - timedelta(days=400), terms=(f"語{theme}",)))
    if first == 0:
        people = [{"id": f"p{n}", "created_at": end, "verified": False, "attributes": {}} for n in range(12)]
        connection.execute(sa.insert(t.customers), people)
        agents = [
            {"id": name, "email": f"{name}@x.example", "name": name, "admin": False, "password": "-"}
            | {"created_at": end}
            for name in ("mori", "sato")
        ]
        connection.execute(sa.insert(t.agents), agents)
    for number in range(first, first + count):
        _add_end(connection, f"c{number}", end - timedelta(minutes=chance.randrange(1, days * 1440)), chance)


def _add_end(connection: sa.Connection, name: str, ended_at: datetime, chance: random.Random) -> None:
    about, made = {"conversation": name}, ended_at - timedelta(minutes=chance.randrange(1, 120))
    conversation = {
        **{"id": name, "customer": f"p{chance.randrange(12)}", "channel": chance.choice(("web", "line"))},
        **{"language": chance.choice(("ja", "en")), "state": "closed", "epoch": 1, "seq": 0},
        **{"episode_from": 0, "priority": "normal", "created_at": made, "updated_at": ended_at},
        **{"closed_at": ended_at, "agent": chance.choice((None, "mori", "sato"))},
    }
    connection.execute(sa.insert(t.conversations), conversation)
    end = {
        "kind": chance.choice(list(OutcomeKind)),
        "ended_by": "customer",
        "why": "why",
        "ended_at": ended_at,
    }
    felt = {"frustration_start": chance.random(), "frustration_end": chance.choice((None, chance.random()))}
    connection.execute(sa.insert(t.outcomes), about | end | felt)
    asked = {"turn": 0, "asked_at": made, "language": "ja", "decision": "answer", "text": "?"}
    if chance.random() < 0.8:
        theme = chance.choice((None, "a", "b"))
        connection.execute(sa.insert(t.questions), about | asked | {"theme": theme})
    if chance.random() < 0.4:
        claimed = chance.choice((None, made + timedelta(seconds=chance.randrange(900))))
        handoff = {"epoch": 1, "packet": {}, "reason": "complaint", "created_at": made, "claimed_at": claimed}
        connection.execute(sa.insert(t.handoffs), about | handoff)
    if chance.random() < 0.6:
        add_answer(connection, name, ended_at, chance)


def add_answer(connection: sa.Connection, name: str, ended_at: datetime, chance: random.Random) -> None:
    kind, answered = chance.choice(list(SCALES)), chance.random() < 0.6
    state = SurveyState.ANSWERED if answered else SurveyState.ASKED
    survey = {"conversation": name, "kind": kind, "version": SURVEY_VERSION, "asked_at": ended_at}
    connection.execute(sa.insert(t.surveys), survey | {"state": state})
    if answered:
        value = chance.randint(*SCALES[kind])
        given = {"conversation": name, "kind": kind, "value": value, "created_at": ended_at}
        connection.execute(sa.insert(t.feedback), given)
