"""Transcripts assessed as the contract's batch mode prints them."""

import pytest

from assistant.domain.errors import BadInput
from assistant.domain.policy import Policy
from assistant.signals.replay import replay_transcript
from assistant.signals.signal_reader import RuleSignalReader

READER = RuleSignalReader()


def talk(*said: str, reply: str = "assistant") -> list[dict[str, str]]:
    return [{"author": reply if i % 2 else "customer", "text": text} for i, text in enumerate(said)]


def test_one_entry_per_customer_turn_with_the_contracts_keys() -> None:
    found = replay_transcript(
        talk("返品したいです", "14日以内なら返品できます。", "人と話したい"), READER, Policy()
    )
    assert [row["turn"] for row in found] == [0, 2]
    assert list(found[0]) == [
        "turn", "frustration", "unfamiliarity", "asked_for_person",
        "language", "decision", "reason", "evidence",
    ]  # fmt: skip
    assert (found[1]["asked_for_person"], found[1]["decision"], found[1]["reason"]) == (
        True,
        "handoff",
        "asked_for_person",
    )
    assert found[1]["evidence"][0]["turn"] == 2


def test_a_reply_that_had_no_answer_is_an_abstention() -> None:
    found = replay_transcript(talk("送料は？", "申し訳ありません、見つかりませんでした。"), READER, Policy())
    assert found[0]["decision"] == "abstain"


def test_an_agents_answer_ends_the_episode() -> None:
    nothing = "申し訳ありません、見つかりませんでした。"
    turns = talk("送料は？", nothing, "送料はいくら？", nothing)
    turns += [
        {"author": "agent", "text": "550円です。"},
        {"author": "customer", "text": "では返品の期限は？"},
    ]
    turns += [{"author": "assistant", "text": nothing}]
    assert replay_transcript(turns, READER, Policy())[-1]["decision"] == "abstain"


@pytest.mark.parametrize(
    "turn", [{"author": "bot", "text": "x"}, {"text": "x"}, {"author": "customer", "text": 1}]
)
def test_a_turn_that_is_none_is_named(turn: dict[str, object]) -> None:
    with pytest.raises(BadInput, match="turn 0"):
        replay_transcript([turn], READER, Policy())


def test_an_empty_dialogue_has_no_turns() -> None:
    assert replay_transcript([], READER, Policy()) == []
