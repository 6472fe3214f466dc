"""What is kept of a turn: everything that is known of how it was made, and rows of every version."""

from dataclasses import fields

from assistant.conversation.turn.result import TurnResult
from assistant.domain.signals import Decision, Signals, Verdict
from assistant.domain.turns import TurnRecord, TurnSource, TurnTrace, WithheldSentence
from assistant.storage.row_mapping import from_json, to_json

RESULT = TurnResult(
    signals=Signals(turn=2, language="ja"),
    verdict=Verdict(decision=Decision.ANSWER),
    reply=None,
    query="返品",
    sources=(TurnSource(article="a", title="A", score=0.5, shown=True),),
    model="m",
    prompt_version="v",
    withheld=(WithheldSentence(text="x", why="y"),),
    tokens=3,
    cost=0.1,
    instead="budget",
    milliseconds=4,
)


def test_everything_that_is_known_of_a_turn_is_kept() -> None:
    record = TurnRecord.from_trace(RESULT, turn=2, message_id="m1", reply_id="m2")
    assert (record.turn, record.message_id, record.reply_id) == (2, "m1", "m2")
    unlike_default = [f.name for f in fields(TurnTrace) if getattr(record, f.name) != f.default]
    assert unlike_default == [f.name for f in fields(TurnTrace)]
    assert [getattr(record, name) for name in unlike_default] == [getattr(RESULT, n) for n in unlike_default]
    assert from_json(TurnRecord, to_json(TurnRecord, record)) == record


def test_a_row_keeps_its_keys_flat_and_older_rows_are_read() -> None:
    row = to_json(TurnRecord, TurnRecord.from_trace(RESULT, turn=2, message_id="m1", reply_id=None))
    assert {"turn", "message_id", "reply_id", "signals", "verdict", "query", "milliseconds"} <= set(row)
    older = {key: row[key] for key in ("turn", "message_id", "reply_id", "signals", "verdict", "query")}
    assert from_json(TurnRecord, older).query == "返品"
