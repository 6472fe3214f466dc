"""What the probabilities are fitted on: a row of features for each turn."""

from assistant.domain.messages import Author
from assistant.domain.policy import Policy
from assistant.domain.turns import TURN_LABELS, Utterance
from assistant.signals.replay import ReplayedTurn, replay_turns
from assistant.signals.signal_reader import RuleSignalReader
from evals.data.dialogues import Dialogue
from evals.quality.signals import SignalBench
from evals.train.calibrate_turns import START, collect_features

LINES = (
    Utterance(author=Author.CUSTOMER, text="Where is my parcel?"),
    Utterance(author=Author.ASSISTANT, text="Shall I connect you with a person?"),
    Utterance(author=Author.CUSTOMER, text="No thanks, no need for a person."),
    Utterance(author=Author.ASSISTANT, text="All right."),
    Utterance(author=Author.CUSTOMER, text="It was to arrive on Monday."),
)


class LabelledBench(SignalBench):
    """A bench whose encoder says the same of every turn."""

    def __init__(self) -> None:
        labels = {0: frozenset("W"), 2: frozenset("N"), 4: frozenset("C")}
        self.dialogues = [Dialogue(id="d", persona="", language="en", lines=LINES, labels=labels)]
        self.reader = RuleSignalReader()
        self._replays = {}

    def replay_dialogue(self, dialogue: Dialogue, *, words: bool = False) -> list[ReplayedTurn]:
        labels = dict.fromkeys(TURN_LABELS, -2.0)
        return replay_turns(
            dialogue.lines, self.reader, Policy(), labels={place: labels for place in dialogue.labels}
        )


def test_turns_that_are_decided_without_weights_do_not_shift_the_rows_of_others() -> None:
    fitted = {name: {label: 1.0} for name, label in START.items()}
    rows = collect_features(LabelledBench(), fitted)
    assert [letters for _, letters in rows] == [frozenset("W"), frozenset("N"), frozenset("C")]
    assert [("wish" in row, "complaint" in row) for row, _ in rows] == [
        (True, True),
        (False, True),
        (True, True),
    ]
