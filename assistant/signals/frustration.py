"""Frustration of a turn: from its words in context, from the course of the talk, and from what was there before."""

import re
import unicodedata

from assistant.domain.signals import Evidence, Reaction
from assistant.domain.turns import History
from assistant.signals import cues, text
from assistant.signals.progress import Progress, noisy_or

SHOUTING = re.compile(r"\b[A-Z]{3,}\b")
LETTERS = re.compile(r"[A-Za-z]")
MARKS = re.compile(r"[!?]{2,}")
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")

#: How much the course of the talk adds.
COURSE = {Reaction.REJECTED: 0.22, Reaction.REPHRASED: 0.16}
PER_FAILED_TURN = 0.12
#: Share of earlier frustration that lasts, unless the customer was helped.
LASTS = 0.45
LASTS_WHEN_SILENT = 0.25


def read_frustration(
    raw: str, comparable: str, history: History, turn: int, progress: Progress
) -> tuple[float, tuple[Evidence, ...]]:
    words, evidence = from_words(raw, comparable, turn)
    score = noisy_or([words, from_course(history, progress), from_before(history, progress, words)])
    return score, evidence


def from_words(raw: str, comparable: str, turn: int) -> tuple[float, tuple[Evidence, ...]]:
    name = "frustration_ja" if JAPANESE.search(comparable) else "frustration_en"
    hits = list(cues.hits(name, text.clauses(comparable)[:40]))
    calm = [hit.cue.weight for hit in hits if hit.cue.kind == "calm"]
    heat = [hit for hit in hits if hit.cue.kind != "calm"]
    weights = [hit.cue.weight for hit in heat]
    emphasis = _emphasis(raw)
    if emphasis and (weights or emphasis >= 0.3):
        weights.append(emphasis)
    score = noisy_or(weights) * (1.0 - max(calm, default=0.0))
    evidence = tuple(
        Evidence(turn=turn, text=hit.words, why=hit.cue.why, kind="frustration")
        for hit in sorted(heat, key=lambda hit: -hit.cue.weight)
    )
    if emphasis >= 0.3:
        evidence += (Evidence(turn=turn, text=raw[:40], why="shouts (capitals, marks)", kind="frustration"),)
    return score, evidence


def from_course(history: History, progress: Progress) -> float:
    """Turned-down replies and questions asked again wear patience out."""
    reaction = progress.reaction
    if reaction not in COURSE:
        return 0.0
    failed = sum(turn.signals.reaction in COURSE for turn in history.turns[-4:])
    return noisy_or([COURSE[reaction], *[PER_FAILED_TURN] * failed])


def from_before(history: History, progress: Progress, words: float) -> float:
    """Anger does not vanish between two turns."""
    if not history.turns or progress.reaction in (Reaction.ACCEPTED, Reaction.DECLINED):
        return 0.0
    share = LASTS if words >= 0.2 or progress.reaction in COURSE else LASTS_WHEN_SILENT
    return share * history.turns[-1].signals.frustration


def _emphasis(raw: str) -> float:
    """Capitals and heaped marks."""
    raw = text.window(raw)
    marks = MARKS.findall(unicodedata.normalize("NFKC", raw))
    loud = 0.12 * min(2, len(marks)) + (0.1 if any(len(mark) >= 4 for mark in marks) else 0.0)
    letters = LETTERS.findall(raw)
    shouted = SHOUTING.findall(raw)
    capitals = sum(letter.isupper() for letter in letters)
    if len(letters) >= 12 and capitals / len(letters) > 0.7 and len(shouted) >= 3:
        loud += 0.4
    elif len(shouted) >= 2 and len(letters) >= 12:
        loud += 0.12
    return min(loud, 0.6)
