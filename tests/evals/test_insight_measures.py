"""Measures of outcomes and surveys: they count faults, and say what is wrong with a line."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from assistant.domain.outcomes import classify_outcome
from assistant.storage import tables as t
from assistant.storage.database import create_sqlite_engine
from assistant.storage.schema import metadata
from assistant.storage.store import SqlStore
from evals.quality import surveys as simulation
from evals.quality.outcomes import build_ended, load_ends, measure_outcomes
from evals.quality.surveys import CloseAttempt, SimulatedDesk, count_naive_faults, count_survey_faults

ANSWER = {"author": "assistant", "text": "30日以内です。", "decision": "answer", "shown": True}
END = {
    "id": "o001",
    "state": "assistant",
    "outcome": "confirmed",
    "turns": [
        {"author": "customer", "text": "返品の期限は何日ですか"},
        ANSWER,
        {"author": "customer", "text": "ありがとうございます"},
        ANSWER | {"text": "どういたしまして。", "shown": False},
    ],
}


def write(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "outcomes.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return path


def test_an_end_is_read_from_its_texts() -> None:
    assert classify_outcome(build_ended(END)) == ("confirmed", "thanked")
    assert classify_outcome(build_ended(END | {"turns": END["turns"][:2]}))[0] == "answered"
    assert classify_outcome(build_ended(END | {"state": "queued"}))[0] == "abandoned"
    assert classify_outcome(build_ended(END | {"agents_word": "solved"}))[0] == "resolved_by_person"


def test_agreement_stands_beside_closed_is_resolved(tmp_path: Path) -> None:
    wrong = END | {"state": "queued", "outcome": "answered"}
    first, confused = measure_outcomes(write(tmp_path, END, wrong))
    assert "0.500 of 2" in first
    assert "closed = resolved: 1.000" in first
    assert "answered called abandoned" in confused


@pytest.mark.parametrize(
    "row",
    [
        END | {"outcome": "fine"},
        END | {"state": "away"},
        {name: value for name, value in END.items() if name != "turns"},
        END | {"turns": [*END["turns"][:1], ANSWER | {"decision": "perhaps"}]},
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="line 2"):
        load_ends(write(tmp_path, END, row))


def test_faults_of_surveys_are_counted_and_there_are_none() -> None:
    engine = create_sqlite_engine(None)
    metadata.create_all(engine)
    with engine.execution_options(write=True).begin() as connection:
        desk = SimulatedDesk(SqlStore(connection), seed=3)
        for _ in range(25):
            desk.simulate_end()
        faults = count_survey_faults(connection, desk.silent)
        asked = faults.pop("asked")
        assert asked > 3
        assert not any(faults.values())
        assert desk.shown_on == 0
        naive = count_naive_faults(desk.attempts)
        _ask_once_more(connection)
        faults = count_survey_faults(connection, desk.silent)
    assert (faults["asked twice"], faults["closed window"]) == (1, 1)
    assert naive["asked"] > asked
    assert naive["asked twice"]


def test_a_page_that_shows_an_answered_question_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = create_sqlite_engine(None)
    metadata.create_all(engine)
    monkeypatch.setattr(simulation, "CHANNELS", ("web",))
    monkeypatch.setattr(simulation, "AFTER", ("5",))
    monkeypatch.setattr(simulation, "save_rating", lambda *_: None)
    with engine.execution_options(write=True).begin() as connection:
        desk = SimulatedDesk(SqlStore(connection), seed=3)
        for _ in range(3):
            desk.simulate_end()
    assert desk.shown_on == 3


def test_every_close_is_a_survey_in_the_naive_way() -> None:
    now = datetime(2026, 1, 5, tzinfo=UTC)
    first = CloseAttempt("c1", "p1", now, True, False)
    again = CloseAttempt("c1", "p1", now + timedelta(hours=1), True, False)
    later = CloseAttempt("c2", "p1", now + timedelta(days=2), False, True)
    faults = count_naive_faults([first, again, later])
    assert list(faults.values()) == [3, 1, 1, 1, 1, 2]


def _ask_once_more(connection: sa.Connection) -> None:
    """A second question in a conversation, days after its customer wrote."""
    message = t.messages
    row = dict(
        connection.execute(sa.select(message).where(message.c.kind == "survey").limit(1)).mappings().one()
    )
    del row["position"]
    later = row["created_at"].replace(year=row["created_at"].year + 1)
    connection.execute(sa.insert(message), row | {"id": "again", "seq": row["seq"] + 1, "created_at": later})
