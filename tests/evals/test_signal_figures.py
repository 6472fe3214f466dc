"""Figures of signals for whichever writers are chosen, with what is known of them."""

import pytest

from assistant.domain.policy import Policy
from assistant.signals.replay import ReplayedTurn, replay_turns
from assistant.signals.signal_reader import RuleSignalReader
from evals.data.dialogues import Dialogue
from evals.data.turn_examples import load_measured_dialogues, load_second_opinions
from evals.quality.signals import SignalBench, measure_frustration, measure_wishes


class WordsBench(SignalBench):
    """A bench that reads by words alone."""

    def __init__(self, writer: str) -> None:
        self.dialogues = load_measured_dialogues([writer])[:3]
        self.second_opinions = load_second_opinions()

    def replay_dialogue(self, dialogue: Dialogue, *, words: bool = False) -> list[ReplayedTurn]:
        return replay_turns(dialogue.lines, RuleSignalReader(), Policy())


@pytest.mark.parametrize(("writer", "is_read_twice"), [("e3.ja", True), ("d3.ja", False)])
def test_a_second_readers_figure_is_there_where_they_read_all(writer: str, is_read_twice: bool) -> None:
    (row,) = measure_wishes(WordsBench(writer))
    assert ("second reader" in row.others) == is_read_twice


def test_writers_of_one_language_are_measured_in_it_alone() -> None:
    rows = list(measure_frustration(WordsBench("e4.en")))
    assert [", en," in row.measure for row in rows] == [True, True]
