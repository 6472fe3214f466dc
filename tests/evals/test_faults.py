"""The quickest rows of the fault matrix: no promise is broken. `python -m evals faults` runs all of them."""

import json
from collections import Counter
from pathlib import Path

import pytest

from evals.faults.bodies import VALUES, build_hostile_bodies
from evals.faults.checks import _check_conversation
from evals.faults.foreign_desks import compare_texts
from evals.faults.load import CustomerConversation
from evals.faults.run import ROWS, run_rows

#: Seconds of each row.
LONG = 8.0


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.usefixtures("no_network")
def test_no_promise_is_broken_whatever_fails(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rows = [row for row in ROWS if row.quick]
    broken = run_rows(rows, LONG, rate=8, conversations=16)
    assert broken == 0, capsys.readouterr().out


def _message(seq: int, author: str, id_: str, text: str = "x", kind: str = "text") -> dict[str, object]:
    return {"seq": seq, "author": author, "id": id_, "text": text, "kind": kind}


QUESTION = _message(1, "customer", "c1")
ANSWER = _message(2, "assistant", "a1")


@pytest.mark.parametrize(
    ("messages", "acknowledged", "answers", "broken"),
    [
        ([QUESTION, ANSWER], ["c1"], ["c1"], {}),
        ([], ["c1"], [], {"lost": 1, "order": 1}),
        ([QUESTION, ANSWER, _message(3, "assistant", "a2")], ["c1"], ["c1", "c1"], {"doubled": 1}),
        ([QUESTION, _message(3, "assistant", "a1")], ["c1"], ["c1"], {"order": 1}),
        ([QUESTION], ["c1"], [], {"stuck": 1}),
    ],
    ids=["well", "lost", "doubled", "order", "stuck"],
)
def test_a_broken_promise_is_counted(
    messages: list[dict[str, object]], acknowledged: list[str], answers: list[str], broken: dict[str, int]
) -> None:
    talk = CustomerConversation("t", "token", "10.0.0.1", dict.fromkeys(acknowledged, "x"))
    replies = [m["id"] for m in messages if m["author"] == "assistant"]
    turns = [{"message_id": m, "reply_id": r} for m, r in zip(answers, replies, strict=False)]
    found = _check_conversation(talk, {"state": "assistant", "messages": messages}, turns)
    assert {kind: count for kind, count in found.items() if count} == broken


def test_every_call_with_a_body_gets_hostile_ones() -> None:
    description = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text("utf-8"))
    calls = Counter(path for path, _ in build_hostile_bodies(description))
    taken = [
        path
        for path, ways in description["paths"].items()
        if "application/json" in ways.get("post", {}).get("requestBody", {}).get("content", {})
    ]
    assert len(calls) == len(taken) > 50
    assert min(calls.values()) >= len(VALUES)


@pytest.mark.parametrize(
    ("arrived", "wrong"),
    [
        (["a", "b", "c"], {}),
        (["a", "c"], {"lost": 1}),
        (["a", "b", "b", "c"], {"doubled": 1}),
        (["b", "a", "c"], {"order": 1}),
    ],
)
def test_what_a_foreign_desk_got_is_compared(arrived: list[str], wrong: dict[str, int]) -> None:
    assert +compare_texts(["a", "b", "c"], arrived) == wrong
