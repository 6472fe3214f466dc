"""`assess`: recorded dialogues in, signals and decisions out, one line per line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import InProcessCli

ANGRY: dict[str, Any] = {
    "id": "angry",
    "turns": [
        {"author": "customer", "text": "返品したいのですが"},
        {"author": "assistant", "text": "返品の期限は30日以内です。"},
        {"author": "customer", "text": "人間の担当者に代わってください"},
        {"author": "agent", "text": "担当の森です。"},
        {"author": "customer", "text": "ありがとうございます"},
    ],
}
ENGLISH: dict[str, Any] = {"id": 7, "turns": [{"author": "customer", "text": "How do I return a shirt?"}]}
pytestmark = pytest.mark.slow

KEYS = {
    "turn", "frustration", "unfamiliarity", "asked_for_person", "language", "decision", "reason", "evidence",
}  # fmt: skip


def lines(*items: object) -> str:
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items)


def test_one_line_per_dialogue_in_order_one_entry_per_customer_turn(asks: InProcessCli) -> None:
    nothing: dict[str, Any] = {"id": None, "turns": []}
    outcome = asks("assess", "--batch", "-", stdin=lines(ENGLISH, ANGRY, nothing, ENGLISH))
    assert (outcome.code, outcome.err) == (0, "")
    assert [line["id"] for line in outcome.lines] == [7, "angry", None, 7]
    assert [[turn["turn"] for turn in line["turns"]] for line in outcome.lines] == [[0], [0, 2, 4], [], [0]]
    assert all(set(turn) == KEYS for line in outcome.lines for turn in line["turns"])


def test_what_is_read_and_decided(asks: InProcessCli) -> None:
    english, angry = asks("assess", "--json", stdin=lines(ENGLISH, ANGRY)).lines
    asked = angry["turns"][1]
    assert (asked["asked_for_person"], asked["decision"], asked["reason"]) == (
        True, "handoff", "asked_for_person",
    )  # fmt: skip
    assert asked["evidence"][0]["turn"] == 2
    assert (english["turns"][0]["language"], english["turns"][0]["asked_for_person"]) == ("en", False)
    for turn in (*angry["turns"], *english["turns"]):
        assert 0 <= turn["frustration"] <= 1
        assert 0 <= turn["unfamiliarity"] <= 1


def test_a_file_says_the_same_as_stdin(asks: InProcessCli, tmp_path: Path) -> None:
    # Editors on Windows put a mark at the beginning.
    (tmp_path / "dialogues.jsonl").write_text("\ufeff" + lines(ANGRY, ENGLISH), "utf-8")
    from_file = asks("assess", "--batch", "dialogues.jsonl")
    assert from_file.lines == asks("assess", "--batch", "-", stdin=lines(ANGRY, ENGLISH)).lines


def test_without_json_a_person_can_read_it(asks: InProcessCli) -> None:
    outcome = asks("assess", stdin=lines(ANGRY))
    assert outcome.out.startswith("dialogue angry\n  turn 0: frustration ")
    assert "-> handoff (asked_for_person)" in outcome.out


@pytest.mark.parametrize(
    "text", ["\ud83d", "a\x00b", "", "   ", "🙂" * 500, "あ" * 20_000, "\u202e\u200b", '" OR NEAR(*']
)
def test_strange_words_are_read_and_written(asks: InProcessCli, text: str) -> None:
    dialogue = {"id": text, "turns": [{"author": "customer", "text": text}]}
    outcome = asks("assess", "--batch", "-", stdin=json.dumps(dialogue) + "\n")
    assert (outcome.code, outcome.err) == (0, "")
    assert [line["id"] for line in outcome.lines] == [text]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nonsense", "line 2: not JSON"),
        ('{"id": 1', "line 2: not JSON"),
        ("[" * 100_000, "line 2: not JSON"),
        ("[]", "line 2: not an object"),
        ("\udcff", "line 2: not UTF-8"),
        ('{"id": "d"}', "'d' has no list of \"turns\""),
        ('{"id": "d", "turns": "x"}', "'d' has no list of \"turns\""),
        ('{"id": "d", "turns": ["x"]}', "'d' has no list of \"turns\""),
        ('{"id": "d", "turns": [{}]}', 'turn 0: expected {"author"'),
        ('{"id": "d", "turns": [{"author": "customer"}]}', 'turn 0: expected {"author"'),
        ('{"id": "d", "turns": [{"author": "bot", "text": "x"}]}', 'turn 0: expected {"author"'),
        ('{"id": "d", "turns": [{"author": "customer", "text": 1}]}', 'turn 0: expected {"author"'),
        ('{"id": "d", "turns": [{"author": [], "text": "x"}]}', 'turn 0: expected {"author"'),
    ],
    ids=lambda value: ascii(value)[:50],
)
def test_a_line_that_is_none_is_named_and_those_before_it_are_answered(
    asks: InProcessCli, line: str, says: str
) -> None:
    outcome = asks("assess", "--batch", "-", stdin=lines(ENGLISH) + line + "\n" + lines(ENGLISH))
    assert says in outcome.refusal()
    assert [answered["id"] for answered in outcome.lines] == [7]


@pytest.mark.parametrize("name", ["nowhere.jsonl", "."])
def test_a_batch_that_cannot_be_read_is_named(asks: InProcessCli, name: str) -> None:
    assert f"assistant: {name} cannot be read" in asks("assess", "--batch", name).refusal()


def test_a_batch_in_another_encoding_is_named(asks: InProcessCli, tmp_path: Path) -> None:
    (tmp_path / "sjis.jsonl").write_bytes(lines(ANGRY).encode("cp932"))
    assert "sjis.jsonl cannot be read (it is not UTF-8)" in asks("assess", "--batch", "sjis.jsonl").refusal()


def test_a_policy_that_is_not_there_is_named(asks: InProcessCli) -> None:
    outcome = asks("assess", stdin=lines(ENGLISH), ASSISTANT_POLICY="/nowhere.yaml")
    assert "/nowhere.yaml" in outcome.refusal()


GRUMBLING: dict[str, Any] = {
    "id": "grumbling",
    "turns": [
        {"author": "customer", "text": "返品の期限は？"},
        {"author": "assistant", "text": "30日以内です。"},
        {"author": "customer", "text": "何度も同じことを言わせないで。もううんざりです。"},
    ],
}
PATIENT = "offer_frustration: 0.999\nhandoff_frustration: 1.0\noutburst_frustration: 1.0\n"


def test_another_policy_prints_the_decisions_that_change_and_no_others(
    asks: InProcessCli, tmp_path: Path
) -> None:
    (tmp_path / "patient.yaml").write_text(PATIENT, "utf-8")
    replayed = lines(GRUMBLING, ENGLISH)
    now = asks("assess", "--json", stdin=replayed).lines[0]["turns"][1]
    outcome = asks("assess", "--policy", "patient.yaml", "--json", stdin=replayed)
    assert (outcome.code, outcome.err) == (0, "")
    grumbling, english = outcome.lines
    assert grumbling == {
        "id": "grumbling",
        "changes": [{"turn": 2, "from": [now["decision"], now["reason"]], "to": ["answer", None]}],
    }
    assert now["reason"] == "frustrated"
    assert english == {"id": 7, "changes": []}
    told = asks("assess", "--policy", "patient.yaml", stdin=replayed)
    assert told.out.strip() == f"dialogue grumbling turn 2: {now['decision']} frustrated -> answer"
    assert "no change" in told.err


def test_the_same_policy_changes_nothing(asks: InProcessCli, tmp_path: Path) -> None:
    (tmp_path / "same.yaml").write_text("offer_frustration: 0.5\n", "utf-8")
    outcome = asks("assess", "--policy", "same.yaml", "--json", stdin=lines(ANGRY, GRUMBLING))
    assert [line["changes"] for line in outcome.lines] == [[], []]


def test_a_policy_that_is_wrong_is_one_clear_line(asks: InProcessCli, tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("offer_frustration: often\n", "utf-8")
    outcome = asks("assess", "--policy", "wrong.yaml", stdin=lines(ENGLISH))
    assert outcome.code == 1
    assert "offer_frustration" in outcome.err
    assert "Traceback" not in outcome.err
