"""A handoff packet without words that their author took back."""

import re
from typing import Any

#: Where a packet may repeat what a customer said.
WORDS = frozenset({"ask", "text", "query", "ja", "en", "claimed"})
#: A number or a code, which a packet may give in other words around it.
TELLING = re.compile(r"[A-Za-z0-9@.+-]*[0-9@][A-Za-z0-9@.+-]{2,}")


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
            return value.replace(words, instead)
    return value
