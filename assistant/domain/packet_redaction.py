"""A handoff packet without words that their author took back."""

import re
from typing import Any

from assistant.domain.customer_facts import EXCERPT_SEPARATOR

#: Where a packet may repeat what a customer said.
WORDS = frozenset({"ask", "text", "query", "ja", "en", "claimed"})
#: Where a sentence of a customer's ends, and what stands for the rest of a long one.
SENTENCE_ENDS = re.compile(r"(?<=[。．！？!?.\n])")
MIN_SENTENCE_CHARACTERS = 6
#: A number or a code, which a packet may give in other words around it.
TELLING = re.compile(r"(?<![A-Za-z0-9@.+-])[A-Za-z0-9@.+-]*[0-9@][A-Za-z0-9@.+-]{2,}")


def redact_words(value: Any, words: str, instead: str, *, held: bool = False) -> Any:
    """*value* with *instead* for *words*, and for parts of them that stand alone; *held*: it is a place that
    may repeat them."""
    match value:
        case dict():
            return {key: redact_words(one, words, instead, held=key in WORDS) for key, one in value.items()}
        case list():
            return [redact_words(one, words, instead, held=held) for one in value]
        case str() if (
            held and value and (value in words or any(one in words for one in TELLING.findall(value)))
        ):
            return instead
        case str() if held:
            return _replace_sentences(value, words, instead)
    return value


def _replace_sentences(value: str, words: str, instead: str) -> str:
    """*value* without *words* and without single sentences of them: a packet quotes parts of a message."""
    if words in value:
        return value.replace(words, instead)
    plain = " ".join(words.split())
    pieces = value.split(EXCERPT_SEPARATOR)
    if any(piece.rstrip("…") and piece.rstrip("…") in plain for piece in pieces):
        return EXCERPT_SEPARATOR.join(
            instead if piece.rstrip("…") and piece.rstrip("…") in plain else piece for piece in pieces
        )
    for sentence in sorted((one.strip() for one in SENTENCE_ENDS.split(words)), key=len, reverse=True):
        if len(sentence) >= MIN_SENTENCE_CHARACTERS:
            value = value.replace(" ".join(sentence.split()), instead)
    return value
