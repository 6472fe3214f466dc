"""What would be if is no complaint about what is."""

import pytest

from assistant.domain.turns import TURN_LABELS, History, TextEmbedding
from assistant.signals.hypothetical import MAX_CHARACTERS, is_hypothetical
from assistant.signals.signal_reader import RuleSignalReader
from tests.harness import UNSEEN_LOGIT

ASKED = [
    "商品が届いてから色が気に入らなかったら",
    "届いて壊れていたら返品できますか",
    "カップが割れて届いた場合は？",
    "色が違ったらどうすればいい？",
    "What if the cup arrives broken?",
    "And if it doesn't fit?",
    "Can I send it back if it is damaged?",
    "Hi, what happens if the parcel gets lost?",
]
TOLD = [
    "開けたら割れていたんですけど、どうしてくれるんですか",
    "割れて届きました。こういう場合はどうなりますか",
    "My cup arrived broken. What if the next one does too?",
    "What am I to do if it has arrived broken?",
    "If this is how you treat people, why should I stay?",
    "壊れていました",
    "",
    "届かなかったら" * 60,
]


@pytest.mark.parametrize("text", ASKED)
def test_a_condition_is_no_complaint(text: str) -> None:
    assert is_hypothetical(text)
    read = RuleSignalReader().compute_signals(text, History(), _complaint(text))
    assert read.complaint < 0.5


@pytest.mark.parametrize("text", TOLD)
def test_what_happened_is(text: str) -> None:
    assert not is_hypothetical(text)
    if text and len(text) <= MAX_CHARACTERS:
        read = RuleSignalReader().compute_signals(text, History(), _complaint(text))
        assert read.complaint > 0.5


def _complaint(text: str) -> TextEmbedding:
    """As the turn reader sees it: a complaint for sure."""
    return TextEmbedding((), dict.fromkeys(TURN_LABELS, UNSEEN_LOGIT) | {"complaint": -UNSEEN_LOGIT})
