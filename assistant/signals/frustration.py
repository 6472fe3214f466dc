"""Frustration of a turn, from its words in context, the conversation's progress and the previous value."""

import re
from collections.abc import Mapping

from assistant.domain.evidence_reasons import EvidenceReason
from assistant.domain.signals import Evidence, Reaction
from assistant.domain.turns import History
from assistant.domain.unicode_forms import fold_compatibility
from assistant.signals import calibration, cues, normalization
from assistant.signals.classifier import load_weights
from assistant.signals.progress import ProgressSignal
from assistant.text.characters import contains_japanese

SHOUTING = re.compile(r"\b[A-Z]{3,}\b")
LETTERS = re.compile(r"[A-Za-z]")
MARKS = re.compile(r"[!?]{2,}")
#: Lowest score of a turn with a strong word, when the turn encoder has not read it.
CERTAIN = 0.6
#: A turn that laughs or praises keeps this part of its score: strong words are no anger there.
JOY_FACTOR = 0.6
#: Kinds of cues that speak against anger.
COOL = frozenset({"calm", "joy"})
#: Score from which the classifier is named as evidence where no cue explains the score.
EVIDENT = 0.5


def score_frustration(
    raw: str,
    comparable: str,
    history: History,
    progress: ProgressSignal,
    logit: float,
    labels: Mapping[str, float] | None = None,
) -> tuple[float, tuple[Evidence, ...]]:
    """0–1 with evidence; *logit*: the n-gram classifier's logit.

    *labels* are the turn encoder's logits, if it has read the turn in its context.
    """
    turn = history.turns[-1].signals.turn + 1 if history.turns else 0
    hits = find_word_hits(comparable)
    shown = compute_frustration_features(hits, compute_emphasis(raw), history, progress, logit)
    weights = load_weights().combiner_weights["frustration"]
    score = calibration.apply_logistic(sum(weights.get(name, 0.0) * value for name, value in shown.items()))
    kinds = {hit.cue.kind for hit in hits}
    if labels:
        context = compute_frustration_context_features(labels, score, progress, history)
        score = calibration.compute_probability("frustration", context)
    elif "certain" in kinds and "calm" not in kinds:
        score = max(score, CERTAIN)
    if "joy" in kinds:
        score *= JOY_FACTOR
    return score, _build_evidence(hits, raw, score, turn, shown)


def compute_frustration_context_features(
    labels: Mapping[str, float], words: float, progress: ProgressSignal, history: History
) -> dict[str, float]:
    """Features of the calibration with the turn encoder's logits; *words*: the score without them."""
    before = history.turns[-1].signals.frustration if history.turns else 0.0
    read = calibration.build_label_features(labels, "frustrated", "complaint", "correction", "missed")
    if not history.lines:  # no reply could miss, and the encoder is less sure of a turn by itself
        read |= {"missed": 0.0, "first": 1.0, "first frustrated": read["frustrated"]}
    return {
        **read,
        "words": calibration.compute_log_odds(words),
        "worn": min(progress.empty_replies, 3) / 3,
        "before": before,
    }


def _clamp_score(logit: float) -> float:
    return max(-6.0, min(6.0, logit))


def find_word_hits(comparable: str) -> list[cues.Hit]:
    name = "frustration_ja" if contains_japanese(comparable) else "frustration_en"
    return list(cues.find_hits(name, normalization.split_clauses(comparable)[:40]))


def compute_frustration_features(
    hits: list[cues.Hit], emphasis: float, history: History, progress: ProgressSignal, logit: float
) -> dict[str, float]:
    """Features of the word-based score by name; training learns their weights."""
    before = history.turns[-1].signals.frustration if history.turns else 0.0
    worn = min(progress.empty_replies, 3) / 3
    shown = {"bias": 1.0, "heard": _clamp_score(logit), "loud": emphasis, "before": before, "worn": worn}
    shown |= {f"said {hit.cue.kind}": 1.0 for hit in hits}
    heat = [hit.cue.weight for hit in hits if hit.cue.kind not in COOL]
    shown["said"] = max(heat, default=0.0)
    shown["said more"] = min(len(heat), 3) / 3
    if progress.reaction is not None:
        shown[f"took it: {progress.reaction}"] = 1.0
    if progress.reaction is Reaction.ACCEPTED:
        shown["before, accepted"] = before
    shown["asked again"] = progress.sameness
    shown["worn and heard"] = worn * max(0.0, shown["heard"] + 3) / 3
    shown["first"] = float(not history.lines)
    return shown


def compute_emphasis(raw: str) -> float:
    """Capital letters and repeated punctuation, 0–1."""
    raw = normalization.clip_text(raw)
    marks = MARKS.findall(fold_compatibility(raw))
    emphasis = 0.2 * min(2, len(marks)) + (0.2 if any(len(mark) >= 4 for mark in marks) else 0.0)
    letters = LETTERS.findall(raw)
    shouted = len(SHOUTING.findall(raw))
    capitals = sum(letter.isupper() for letter in letters)
    if len(letters) >= 12 and capitals / len(letters) > 0.7 and shouted >= 3:
        emphasis += 0.6
    elif shouted >= 2 and len(letters) >= 12:
        emphasis += 0.2
    return min(emphasis, 1.0)


def _build_evidence(
    hits: list[cues.Hit], raw: str, score: float, turn: int, shown: Mapping[str, float]
) -> tuple[Evidence, ...]:
    heat = sorted((hit for hit in hits if hit.cue.kind not in COOL), key=lambda hit: -hit.cue.weight)
    strongest: dict[str, str] = {}
    for hit in heat:
        strongest.setdefault(hit.cue.why, hit.words)
    found = [(words, why) for why, words in strongest.items()]
    if shown["loud"] >= 0.4:
        found.append((raw[:40], EvidenceReason.SHOUTS))
    if score >= EVIDENT and not found:
        found.append((" ".join(raw.split())[:80], EvidenceReason.ANNOYED_IN_CONTEXT))
    if score >= EVIDENT and shown["worn"] >= 0.6:
        found.append(("", EvidenceReason.REPLIES_BROUGHT_NOTHING))
    return tuple(Evidence(turn=turn, text=words, why=why, kind="frustration") for words, why in found)
