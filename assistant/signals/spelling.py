"""Mends slips in the few words that a wish for a person hangs on; every other word is left alone."""

import re

#: One slip of the pen away from these is taken for these.
WORDS = (
    "human", "person", "people", "agent", "agents", "operator", "representative", "assistant", "someone", "somebody",
    "manager", "supervisor", "speak", "speaking", "talking", "chatting", "contact", "connect", "transfer", "support",
    "customer", "service", "advisor", "please", "specialist", "colleague", "with", "help", "talk",
)  # fmt: skip
#: Real words that lie that near.
REAL = frozenset(
    (
        "contract contacts connects taking walking talkin speaks humane persons personal servicer manage managed managers "
        "services supports transfers customers costumer wish width witch wit wits kelp heap held tall tale task walk balk "
        "talc talks helps sneaking speaker leaking chattering argent urgent regent scent event enter assistants managing "
        "will hell heal healed person's serviced tank tack take halt"
    ).split()
)
LONG = 5
SHORT = re.compile(r"[a-z]{4,18}")
ROW = re.compile(r"[a-z]+")


def _cuts(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


#: What is left of a known word without one letter -> the word.
CUTS = {cut: word for word in reversed(WORDS) for cut in (*_cuts(word), word)}


def mend(text: str) -> str:
    return ROW.sub(lambda found: mended(found[0]), text)


def mended(word: str) -> str:
    """The known word that *word* is one slip from (a letter more, less, other, or two swapped), else itself."""
    if word in WORDS or word in REAL or not SHORT.fullmatch(word):
        return word
    near = CUTS.get(word) or next((CUTS[cut] for cut in _cuts(word) if cut in CUTS), None)
    if near is None or abs(len(near) - len(word)) > 1:
        return word
    # In short words only an extra letter or a swap is a slip: "tall" is no "talk".
    return near if len(near) >= LONG or sorted(near) == sorted(word) or near in _cuts(word) else word
