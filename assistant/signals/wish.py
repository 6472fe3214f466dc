"""The wish for a person: a matcher that needs nothing but the words, and classifiers beside it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.domain.signals import Wish
from assistant.signals import calibration, cues, text
from assistant.signals.spelling import mend
from assistant.signals.tone import weights

#: Commas and "but" end what a negation reaches in English.
PIECES = re.compile(r"[,;:]|\bbut\b|\bso\b|\binstead,?(?= |$)|\bplease\b(?= \w)|\(|\)| - | – |—")
NEGATED = re.compile(
    r"(?:\bdo(?:es)?n'?o?t|\bdo not|\bno need|\bnot(?! able)|\bwithout|\bavoid(?:ing)?|\brather than"
    r"|\binstead of"
    r"|\bnever|\bunnecessary|\bno longer)"
    r"(?: (?:want|wanna|need|wish|like|have|to|be|get|me|us|think|it|is|a|an|the|for|necessary|any|your|"
    r"try(?:ing)?|going|interested|in|asking|looking|connected|transferred|bother)){0,6} ?$"
)
#: "why don't you connect me", "I don't know how to reach an agent": negations that ask all the same.
STILL_ASKS = re.compile(
    r"\b(?:why|you) (?:do|did|wo|are)n'?t|\b(?:know|understand|see|get|able|can'?t|cannot)\b"
)

#: What somebody else said or wrote is no wish of the customer's; what the customer has said before is.
QUOTED = re.compile(
    r"(?P<who>\b(?:he|she|they|it|who|boss|manager|wife|husband|mother|recording|message|e?mail|page|screen|sign"
    r"|letter|app|site|tracking|what does)\b[^\"“”\n]{0,24})[\"“][^\"“”\n]{1,80}[\"”]"
    r"|「[^」\n]{1,60}」(?=と(?:は|いう|言われ|書い|書か|出(?:る|て|ま)|表示|あ(?:る|り)|案内され))"
    r"|[\"“][^\"“”\n]{1,80}[\"”](?= (?:is what|it says|means|mean)\b)"
)
LEVELS = {"clear": Wish.CLEAR, "vague": Wish.VAGUE}


@dataclass(frozen=True, slots=True)
class Found:
    wish: Wish
    words: str
    why: str
    #: Speaks about people, or says that none is needed: whoever hears a wish here mishears.
    denied: bool = False


NOTHING = Found(Wish.NONE, "", "")


DENIED = Found(Wish.NONE, "", "", denied=True)
#: Stronger findings of a turn win over weaker ones.
STRENGTH = {Wish.CLEAR: 3, Wish.VAGUE: 2, Wish.NONE: 0}


def find_wish(comparable: str) -> Found:
    """The strongest wish of a turn; every clause counts, however long the turn is."""
    best = NOTHING
    for clause in text.clauses(QUOTED.sub(lambda found: f"{found['who'] or ''}※", comparable)):
        for piece in slices(clause):
            found = japanese(piece) if text.JAPANESE.search(piece) else english(piece)
            if found.wish is Wish.CLEAR:
                return found
            best = max(best, found, key=lambda one: STRENGTH[one.wish] + one.denied)
    return best


def chance(found: Found, heard: float) -> float:
    """How likely a turn asks for a person, 0–1: by the n-gram classifier and what the matcher found."""
    joined = weights().joined["wish"]
    shown = features(found, heard)
    return calibration.logistic(sum(joined.get(name, 0.0) * value for name, value in shown.items()))


def features(found: Found, heard: float) -> dict[str, float]:
    """What a wish that the matcher is not sure of is judged by; the weights of training are over these."""
    return {
        "bias": 1.0,
        "heard": max(-6.0, min(6.0, heard)),
        "vague": float(found.wish is Wish.VAGUE),
        "denied": float(found.denied),
    }


def context_features(found: Found, labels: Mapping[str, float], words: float) -> dict[str, float]:
    """What a wish is judged by where the turn was read in its context; *words*: the chance without it."""
    return {
        **calibration.label_features(labels, "person", "person_hint"),
        "clear": float(found.wish is Wish.CLEAR),
        "vague": float(found.wish is Wish.VAGUE),
        "denied": float(found.denied),
        "words": calibration.log_odds(words),
    }


def slices(clause: str) -> list[str]:
    """A clause in overlapping pieces that patterns may take whole: endless text hides no wish."""
    size = cues.LONGEST_CLAUSE
    pieces = (clause[start : start + size] for start in range(0, max(1, len(clause) - 100), size - 100))
    return list(dict.fromkeys(pieces))


def english(clause: str) -> Found:
    ruled_out, vague, clause = False, NOTHING, mend(clause)
    for cue in cues.cues("wish_en"):
        found = cue.find(clause)
        if found is None:
            continue
        if cue.kind == "none" or _negated(clause, found.start()):
            ruled_out = True
        elif not ruled_out or _elsewhere(clause):
            here = Found(LEVELS[cue.kind], text.excerpt(clause, found.start(), found.end()), cue.why)
            if here.wish is Wish.CLEAR:
                return here
            vague, clause = here, clause[: found.start()] + "※" + clause[found.end() :]
    return DENIED if ruled_out and vague is NOTHING else vague


def japanese(clause: str) -> Found:
    ruled_out = False
    for cue in cues.cues("wish_ja"):
        found = cue.find(clause)
        if found is None:
            continue
        if cue.kind in LEVELS:
            return Found(LEVELS[cue.kind], text.excerpt(clause, found.start(), found.end()), cue.why)
        ruled_out, clause = True, clause[: found.start()] + "※" + clause[found.end() :]
    heard = english(clause) if re.search(r"[a-z]{4}", clause) else NOTHING
    return DENIED if ruled_out and heard is NOTHING else heard


def _negated(clause: str, start: int) -> bool:
    before = PIECES.split(clause[:start])[-1][-80:]
    found = NEGATED.search(before)
    return found is not None and STILL_ASKS.search(before) is None


def _elsewhere(clause: str) -> bool:
    """A clause that is about people in general may still hold a plain wish after a comma."""
    return any(
        cue.find(piece)
        for piece in PIECES.split(clause)[1:]
        for cue in cues.cues("wish_en")
        if cue.kind == "clear" and not any(c.find(piece) for c in cues.cues("wish_en") if c.kind == "none")
    )
