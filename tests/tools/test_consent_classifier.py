"""A yes in words that no rule knows, and what keeps the classifier from taking more for one."""

import pytest

from assistant.conversation.actions.consent import Consent, may_be_yes
from assistant.conversation.actions.consent_reader import ConsentReader
from assistant.domain.errors import Unavailable
from assistant.domain.turns import TextEmbedding
from assistant.tools.consent_classifier import ConsentClassifier, compute_probability, load_weights
from tests.actions_harness import TOOLS


async def score_all(_text: str) -> float:
    return 1.0


@pytest.mark.parametrize("text", ["bang on, off you pop", "ばっちりやわ"])
async def test_what_the_rules_leave_open_the_classifier_may_call_a_yes(text: str) -> None:
    assert await ConsentReader(TOOLS, score_all).read_reply(text, "cancel_order") is Consent.YES


@pytest.mark.parametrize(
    "text",
    [
        "bang on, but not today",
        "ばっちり、でもその前に一つ",
        "bang on, and return it too",
        "ばっちり、KM-482134も",
        "bang on?",
        "やめときます",
        "thanks!",
        "x" * 200,
    ],
)
async def test_nothing_that_speaks_against_a_yes_is_outweighed(text: str) -> None:
    assert await ConsentReader(TOOLS, score_all).read_reply(text, "cancel_order") is not Consent.YES


def test_a_word_of_another_tool_is_no_yes() -> None:
    assert not may_be_yes("send it back please", ["cancel"], [r"\bsend it back\b"])
    assert may_be_yes("send it back please", [r"\bsend it back\b"], ["cancel"])


async def test_without_the_embedding_model_rules_decide() -> None:
    async def fail(_text: str) -> TextEmbedding:
        raise Unavailable

    assert await ConsentClassifier(fail).score_yes("yes") == 0.0


def test_vectors_of_another_model_say_nothing() -> None:
    assert compute_probability(load_weights(), (0.1, 0.2), "yes") == 0.0
