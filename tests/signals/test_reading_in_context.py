"""What the reader makes of the turn encoder's labels, beside the words."""

from collections.abc import Mapping

import pytest

from assistant.domain.signals import HumanRequest, Signals
from assistant.domain.turns import COMPLAINT_ALONE, TURN_LABELS, History, TextEmbedding
from assistant.signals import calibration
from assistant.signals.frustration import find_word_hits
from assistant.signals.signal_reader import FEELING_LABELS, RuleSignalReader

READER = RuleSignalReader()
SEEN, UNSEEN = 8.0, -8.0
CLEAR, VAGUE, NONE = HumanRequest.CLEAR, HumanRequest.VAGUE, HumanRequest.NONE
#: What the matcher finds in each: a wish, a hint of one in few and in many words, nothing.
WISH = "人と話したいです"
BARE = "担当者は？"
HINT = "先週に注文した商品がまだ届いていません。担当者は？"
NO_WISH = "明日の午前中に届きますか"
DENIED = "人と話す必要はありません"
compute_probability = calibration.compute_probability


def read(text: str, **logits: float) -> Signals:
    labels = dict.fromkeys(TURN_LABELS, UNSEEN) | logits
    return READER.compute_signals(text, History(), TextEmbedding((), labels))


@pytest.fixture
def probabilities(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Signal -> the probability that the calibration gives; the real one for others."""
    told: dict[str, float] = {}

    def compute(signal: str, features: Mapping[str, float]) -> float:
        return told.get(signal, compute_probability(signal, features))

    monkeypatch.setattr(calibration, "compute_probability", compute)
    return told


@pytest.mark.parametrize(
    ("text", "probability", "wish"),
    [
        (NO_WISH, 0.51, CLEAR),
        (NO_WISH, 0.49, VAGUE),
        (NO_WISH, 0.21, VAGUE),
        (NO_WISH, 0.19, NONE),
        # What they say is a feature of the probability, and moves no threshold.
        (WISH, 0.51, CLEAR),
        (WISH, 0.49, VAGUE),
        (WISH, 0.19, NONE),
        (HINT, 0.51, CLEAR),
        (HINT, 0.49, VAGUE),
        (HINT, 0.19, NONE),
        # Few words that name a person are a hint whatever is read into them.
        (BARE, 0.51, CLEAR),
        (BARE, 0.49, VAGUE),
        (BARE, 0.01, VAGUE),
        # Who says that nobody is needed is believed.
        (DENIED, 0.99, NONE),
    ],
)
def test_a_wish_is_weighed_with_what_the_words_say(
    probabilities: dict[str, float], text: str, probability: float, wish: HumanRequest
) -> None:
    probabilities["wish"] = probability
    assert read(text).wish is wish


@pytest.mark.parametrize(
    ("text", "wish"), [(WISH, CLEAR), (BARE, VAGUE), (HINT, VAGUE), (NO_WISH, NONE), (DENIED, NONE)]
)
def test_what_the_words_say_alone(text: str, wish: HumanRequest) -> None:
    assert READER.compute_signals(text, History()).wish is wish


@pytest.mark.parametrize(
    ("text", "logits", "wish"),
    [
        (NO_WISH, {"person": SEEN}, CLEAR),
        (NO_WISH, {}, NONE),
        (WISH, {"person": SEEN}, CLEAR),
        (DENIED, {"person": SEEN, "person_hint": SEEN}, NONE),
    ],
)
def test_the_label_of_a_wish_counts(text: str, logits: dict[str, float], wish: HumanRequest) -> None:
    assert read(text, **logits).wish is wish


@pytest.mark.parametrize(("signal", "label"), FEELING_LABELS.items())
def test_each_feeling_is_read_from_its_own_label(signal: str, label: str) -> None:
    signals = read(NO_WISH, **{label: SEEN})
    found = {name: getattr(signals, name) for name in FEELING_LABELS}
    assert found.pop(signal) > 0.9
    assert max(found.values()) < 0.1
    told = {item.kind for item in signals.evidence}
    assert told & set(FEELING_LABELS) == {signal} - {"reply_missed"}


def test_without_labels_no_feeling_is_read() -> None:
    signals = READER.compute_signals(NO_WISH, History(), TextEmbedding(()))
    assert [getattr(signals, name) for name in FEELING_LABELS] == [0.0] * len(FEELING_LABELS)


@pytest.mark.parametrize(
    ("probability", "is_distress"), [(0.3, False), (0.5, False), (0.79, False), (0.81, True), (0.99, True)]
)
def test_only_a_sure_reading_is_distress(
    probabilities: dict[str, float], probability: float, is_distress: bool
) -> None:
    probabilities["distress"] = probability
    signals = read("誰もいないんですか")
    assert (signals.distress >= 0.5) is is_distress
    assert signals.sensitive == ("harm" if is_distress else None)
    assert signals.distress <= probability


@pytest.mark.parametrize("text", ["人間につながなくて大丈夫です", "誰かいますか"])
def test_who_only_wants_nobody_or_asks_who_is_there_is_not_in_distress(
    probabilities: dict[str, float], text: str
) -> None:
    probabilities["distress"] = 0.94
    signals = read(text)
    assert signals.distress < 0.5
    assert signals.sensitive is None


def test_words_of_self_harm_count_beside_a_refusal(probabilities: dict[str, float]) -> None:
    probabilities["distress"] = 0.01
    assert read("もう死にたいです。人につながなくて大丈夫です").sensitive == "harm"


def test_words_of_self_harm_need_no_reading(probabilities: dict[str, float]) -> None:
    probabilities["distress"] = 0.01
    signals = read("もう死にたいです")
    assert (signals.distress, signals.sensitive) == (1.0, "harm")


@pytest.mark.parametrize(
    ("laughing", "plain"),
    [
        (
            "this bathtub is bigger than my fucking flat hahaha",
            "this bathtub is smaller than my fucking flat",
        ),
        ("damn, you people are the best", "damn, you people are the worst"),
        ("ふざけんな、最高すぎるだろ！！", "ふざけんな、最悪すぎるだろ！！"),
    ],
)
def test_strong_words_in_laughter_are_no_anger(laughing: str, plain: str) -> None:
    assert read(laughing, frustrated=0.5).frustration < 0.5 <= read(plain, frustrated=0.5).frustration


@pytest.mark.parametrize("text", ["love how you never answer", "最高にひどい対応ですね", "何度目ですか笑"])
def test_scorn_is_not_laughter(text: str) -> None:
    assert not [hit for hit in find_word_hits(text) if hit.cue.kind == "joy"]


def test_that_something_is_broken_is_heard_after_other_questions_too() -> None:
    alone = {COMPLAINT_ALONE: SEEN}
    assert read("届いたお皿が割れていました。残念です", **alone).complaint > 0.65
    assert read("届いたお皿が割れていました。残念です").complaint < 0.65
    assert read("ポイントの期限を教えて", **alone).complaint < 0.65, "nothing is broken"
