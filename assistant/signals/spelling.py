"""Corrects typing errors in the few words that a request for a person depends on."""

import re
from functools import cache, lru_cache

from assistant.signals import cues

LONG = 5
SHORT = re.compile(r"[a-z]{4,18}")
ROW = re.compile(r"[a-z]+")
#: "speak w/ someone", "talk w a human".
WITH = re.compile(r"\bw/ ?|\bw (?=(?:an?|the|some|any|real|human|person|agent|rep)\b)")


def _delete_letters(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


@cache
def load_deletions() -> dict[str, str]:
    """Deletion neighbourhood: a known word without one letter -> the word."""
    known = sorted(cues.load_words("spelling")["known"], reverse=True)
    return {cut: word for word in known for cut in (*_delete_letters(word), word)}


#: Common abbreviations in requests.
SHORT_FOR = {"tlk": "talk", "spk": "speak", "hooman": "human", "humon": "human", "reel": "real", "2": "to"}
SHORTENED = re.compile(r"\b(?:tlk|spk|hooman|humon|reel(?= person| human)|(?<=talk )2|(?<=speak )2)\b")


def correct_text(text: str) -> str:
    text = SHORTENED.sub(lambda found: SHORT_FOR[found[0]], text)
    return ROW.sub(lambda found: correct_word(found[0]), WITH.sub("with ", text))


@cache
def load_real_words() -> frozenset[str]:
    """Correct words that must not be changed."""
    return cues.load_words("spelling")["known"] | cues.load_words("spelling")["real"]


@lru_cache(20_000)
def correct_word(word: str) -> str:
    """The known word at edit distance one (insertion, deletion, substitution or swap), else *word*."""
    if word in load_real_words() or not SHORT.fullmatch(word):
        return word
    near = load_deletions().get(word) or next(
        (load_deletions()[cut] for cut in _delete_letters(word) if cut in load_deletions()), None
    )
    if near is None or abs(len(near) - len(word)) > 1:
        return word
    # In short words only an extra letter or a swap is an error: "tall" is not "talk".
    slip = len(near) >= LONG or sorted(near) == sorted(word) or near in _delete_letters(word)
    return near if slip else word
