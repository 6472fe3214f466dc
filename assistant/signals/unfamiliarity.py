"""Unfamiliarity with bots: words about it, style, pauses, earlier values; with evidence."""

from collections.abc import Mapping

from assistant.domain.evidence_reasons import EvidenceReason
from assistant.domain.messages import Author
from assistant.domain.signals import Evidence, Reaction
from assistant.domain.turns import History
from assistant.signals import calibration, cues, normalization
from assistant.signals.classifier import load_weights

#: Weight of style per earlier conversation: returning customers know the place.
PER_VISIT = 0.6
LONG_PAUSE = 240.0
EVIDENT = 0.5
#: Cues that only a beginner says; no number of earlier visits outweighs them.
SAID = frozenset({"how_to_use", "discomfort"})


def score_unfamiliarity(
    comparable: str,
    history: History,
    logit: float,
    *,
    brief: bool,
    labels: Mapping[str, float] | None = None,
) -> tuple[float, tuple[Evidence, ...]]:
    """0–1 with evidence; *logit*: the n-gram classifier's logit.

    *labels* are the turn encoder's logits, if it has read the turn in its context.
    """
    turn = history.turns[-1].signals.turn + 1 if history.turns else 0
    hits = list(cues.find_hits("unfamiliarity", normalization.split_clauses(comparable)[:12]))
    shown = compute_unfamiliarity_features(hits, history, logit, brief=brief)
    weights = load_weights().combiner_weights["unfamiliarity"]
    score = calibration.apply_logistic(sum(weights.get(name, 0.0) * value for name, value in shown.items()))
    if labels:
        context = compute_unfamiliarity_context_features(labels, score, shown)
        score = calibration.compute_probability("unfamiliarity", context)
    if not any(hit.cue.kind in SAID for hit in hits):
        score *= PER_VISIT**history.earlier_conversations
    return score, _build_evidence(hits, comparable, score, turn, shown)


def compute_unfamiliarity_context_features(
    labels: Mapping[str, float], words: float, shown: Mapping[str, float]
) -> dict[str, float]:
    """Features of the calibration with the turn encoder's logits; *words*: the score without them."""
    return {
        **calibration.build_label_features(labels, "unfamiliar"),
        "words": calibration.compute_log_odds(words),
        "before": shown["before"],
        "first": shown["first"],
    }


def compute_unfamiliarity_features(
    hits: list[cues.Hit], history: History, logit: float, *, brief: bool
) -> dict[str, float]:
    """Features of the word-based score by name; training learns their weights."""
    first = not any(line.author is Author.CUSTOMER for line in history.lines)
    reactions = [turn.signals.reaction for turn in history.turns]
    before = history.turns[-1].signals.unfamiliarity if history.turns else 0.0
    shown = {"bias": 1.0, "heard": max(-6.0, min(6.0, logit)), "first": float(first), "before": before}
    shown |= {f"said {hit.cue.kind}": 1.0 for hit in hits}
    shown["said"] = max((hit.cue.weight for hit in hits if hit.cue.kind != "at_home"), default=0.0)
    shown["brief first"] = float(brief and first)
    shown["long pause"] = float(history.pause is not None and history.pause >= LONG_PAUSE)
    shown["going"] = min(reactions.count(Reaction.ACCEPTED), 2) / 2
    shown["highest"] = max((turn.signals.unfamiliarity for turn in history.turns), default=0.0)
    return shown


def is_brief(comparable: str, language: str) -> bool:
    """Whether the text is a keyword or two instead of a sentence."""
    if language == "ja":
        return (
            len(comparable) <= 12
            and not normalization.SENTENCE_END.search(comparable)
            and "、" not in comparable
        )
    return len(comparable.split()) <= 2 and not comparable.endswith("?")


def _build_evidence(
    hits: list[cues.Hit], comparable: str, score: float, turn: int, shown: dict[str, float]
) -> tuple[Evidence, ...]:
    found = [(hit.words, hit.cue.why) for hit in hits if hit.cue.kind != "at_home"]
    if shown["brief first"]:
        found.append((comparable[:40], EvidenceReason.WRITES_KEYWORDS))
    if shown["long pause"]:
        found.append(("", EvidenceReason.TOOK_LONG_TO_ANSWER))
    if score >= EVIDENT and not found:
        earlier = shown["before"] >= EVIDENT
        why = EvidenceReason.SEEMED_NEW_BEFORE if earlier else EvidenceReason.SEEMS_NEW_TO_CHATS
        found.append((comparable[:60], why))
    return tuple(Evidence(turn=turn, text=words, why=why, kind="unfamiliarity") for words, why in found)
