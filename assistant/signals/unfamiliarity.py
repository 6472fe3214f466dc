"""Is the customer used to bots: words about it, telegram style, letters, pauses, taps that are not taken; by evidence."""

import re

from assistant.domain.messages import Author
from assistant.domain.signals import Evidence, Reaction
from assistant.domain.turns import History
from assistant.signals import cues, text
from assistant.signals.progress import noisy_or

#: Who came before knows the place: what is inferred from style counts that much less per earlier conversation.
PER_VISIT = 0.6
#: What was seen in earlier turns counts on, a little less each turn, and less once the customer gets going.
KEPT = 0.82
KEPT_WHEN_GOING = 0.55
LONG_PAUSE = 240.0

SAID = frozenset({"how_to_use", "discomfort"})
SENTENCE_JA = re.compile(
    r"(?:です|ます|ました|ません|ください|下さい|でしょう|ですか|たい|した|ない|の|か|よ|ね|て)[。!?…]*$"
)
BLANK_WORDS = re.compile(r"^[^。!?、,.]{1,12}(?:[ 　][^。!?、,.]{1,12}){0,3}$")


def read_unfamiliarity(
    comparable: str, history: History, turn: int, *, brief: bool
) -> tuple[float, tuple[Evidence, ...]]:
    hits = list(cues.hits("unfamiliarity", text.clauses(comparable)[:12]))
    at_home = any(hit.cue.kind == "at_home" for hit in hits)
    style = PER_VISIT**history.earlier_conversations
    signs = [
        (hit.cue.weight * (1.0 if hit.cue.kind in SAID else style), hit.cue.why, hit.words)
        for hit in hits
        if hit.cue.kind != "at_home"
    ]
    signs += [(weight * style, why, "") for weight, why in _manner(history, brief=brief)]
    now = noisy_or([weight for weight, _, _ in signs])
    score = noisy_or([now, _kept(history)]) * (0.4 if at_home else 1.0)
    evidence = tuple(
        Evidence(turn=turn, text=words, why=why, kind="unfamiliarity") for _, why, words in signs
    )
    return min(score, 1.0), evidence


def is_brief(comparable: str, language: str) -> bool:
    """A keyword or two instead of a sentence."""
    if language == "ja":
        return (
            len(comparable) <= 14
            and bool(BLANK_WORDS.match(comparable))
            and not SENTENCE_JA.search(comparable)
        )
    words = comparable.split()
    return len(words) <= 2 and not comparable.endswith("?")


def _manner(history: History, *, brief: bool) -> list[tuple[float, str]]:
    """What shows without words."""
    signs = []
    first = not any(line.author is Author.CUSTOMER for line in history.lines)
    if brief and first:
        signs.append((0.2, "writes a keyword or two, like to a search engine"))
    if history.pause is not None and history.pause >= LONG_PAUSE:
        signs.append((0.15, "took long to answer"))
    return signs


def _kept(history: History) -> float:
    """What is left of the impression of the turn before."""
    if not history.turns:
        return 0.0
    last = history.turns[-1].signals
    going = [turn.signals.reaction for turn in history.turns[-2:]].count(Reaction.ACCEPTED) or (
        len(history.turns) >= 2 and last.unfamiliarity < history.turns[-2].signals.unfamiliarity
    )
    return last.unfamiliarity * (KEPT_WHEN_GOING if going else KEPT)
