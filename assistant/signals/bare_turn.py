"""Turns that ask nothing of the help: who is there, no person please, no machine, "that did not help"."""

import re

from assistant.signals import cues
from assistant.signals.normalization import clip_text, normalize_text
from assistant.signals.small_talk import REST

#: Longest such turn, in characters.
MAX_BARE_TURN_CHARACTERS = 120
#: Kinds that are answered like small talk; of them only "is anybody there?" may be a wish for a person.
SPOKEN_KINDS = ("identity", "presence", "declined")
UNHELPFUL = "unhelpful"
REFUSES_MACHINE = "refuses_machine"
#: What a refusal leaves before the question that follows it.
LEAD = re.compile(r"^(?:no|nope|nah|いいえ|いえ|いや)?[\s、。,.;:!]+(?:but|just)?\s*")


def detect_bare_turn(comparable: str) -> str | None:
    """The kind of a turn that says nothing else: `SPOKEN_KINDS`, `REFUSES_MACHINE` or `UNHELPFUL`."""
    if len(comparable) > MAX_BARE_TURN_CHARACTERS:
        return None
    kinds, rest = _remove_cues(comparable, (*SPOKEN_KINDS, REFUSES_MACHINE, UNHELPFUL))
    if not kinds:
        return None
    for cue in (*cues.load_cues("bare_turns"), *cues.load_cues("small_talk")):
        if cue.kind in ("filler", "greeting", "thanks"):
            rest = cue.pattern.sub(" ", rest)
    return None if REST.sub("", rest) else kinds[0]


def strip_refusal(text: str) -> str:
    """*text*, folded, without the words that no person is needed; as it is where it says no such thing."""
    kinds, rest = _remove_cues(normalize_text(clip_text(text)), ("declined",))
    rest = LEAD.sub("", rest)
    return rest if kinds and any(map(str.isalnum, rest)) else text


def _remove_cues(comparable: str, kinds: tuple[str, ...]) -> tuple[list[str], str]:
    """The kinds that are in a text, in the order of the cues, and the text without them."""
    found: list[str] = []
    for cue in cues.load_cues("bare_turns"):
        if cue.kind in kinds and (cue.unless is None or not cue.unless.search(comparable)):
            comparable, count = cue.pattern.subn(" ", comparable)
            if count:
                found.append(cue.kind)
    return found, comparable
