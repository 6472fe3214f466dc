"""Request for a person: a pattern matcher, and classifiers beside it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.domain.evidence_reasons import EvidenceReason
from assistant.domain.signals import HumanRequest
from assistant.signals import calibration, cues, normalization
from assistant.signals.classifier import load_weights
from assistant.signals.language import HANGUL
from assistant.signals.spelling import correct_text
from assistant.text.characters import contains_japanese

#: Commas and "but" end the scope of an English negation.
PIECES = re.compile(r"[,;:]|\bbut\b|\bso\b|\binstead,?(?= |$)|\bplease\b(?= \w)|\(|\)| - | – |—")
NEGATED = re.compile(
    r"(?:\bdo(?:es)?n'?o?t|\bdo not|\bno need|\bnot(?! able)|\bwithout|\bavoid(?:ing)?|\brather than"
    r"|\binstead of"
    r"|\bnever|\bunnecessary|\bno longer)"
    r"(?: (?:want|wanna|need|wish|like|have|to|be|get|me|us|think|it|is|a|an|the|for|necessary|any|your|"
    r"try(?:ing)?|going|interested|in|asking|looking|connected|transferred|bother)){0,6} ?$"
)
#: Negations that still ask: "why don't you connect me", "I don't know how to reach an agent".
STILL_ASKS = re.compile(
    r"\b(?:why|you) (?:do|did|wo|are)n'?t|\b(?:know|understand|see|get|able|can'?t|cannot)\b"
)

#: What somebody else said is not the customer's request; what they said before is.
QUOTED = re.compile(
    r"(?P<who>\b(?:he|she|they|it|who|boss|manager|wife|husband|mother|recording|message|e?mail|page|screen|sign"
    r"|letter|app|site|tracking|what does)\b[^\"“”\n]{0,24})[\"“][^\"“”\n]{1,80}[\"”]"
    r"|「[^」\n]{1,60}」(?=と(?:は|いう|言われ|書い|書か|出(?:る|て|ま)|表示|あ(?:る|り)|案内され))"
    r"|[\"“][^\"“”\n]{1,80}[\"”](?= (?:is what|it says|means|mean)\b)"
)
LEVELS = {"clear": HumanRequest.CLEAR, "vague": HumanRequest.VAGUE}


@dataclass(frozen=True, slots=True)
class RequestMatch:
    request: HumanRequest
    words: str
    #: None: nothing is requested.
    why: EvidenceReason | None = None
    #: Talks about people, or declines one: patterns that veto the classifiers.
    is_denied: bool = False


NOTHING = RequestMatch(HumanRequest.NONE, "")
DENIED = RequestMatch(HumanRequest.NONE, "", is_denied=True)
#: Strength of the matcher's findings; the strongest one counts.
STRENGTH = {HumanRequest.CLEAR: 3, HumanRequest.VAGUE: 2, HumanRequest.NONE: 0}


def find_human_request(comparable: str) -> RequestMatch:
    """The strongest request of a turn; every clause is examined, however long the turn is."""
    best = NOTHING
    for clause in normalization.split_clauses(QUOTED.sub(lambda found: f"{found['who'] or ''}※", comparable)):
        for piece in slice_clause(clause):
            withdrawn, piece = remove_withdrawal(piece)
            found = match_piece(piece)
            found = DENIED if withdrawn and found.request is not HumanRequest.CLEAR else found
            if found.request is HumanRequest.CLEAR:
                return found
            best = max(best, found, key=lambda one: STRENGTH[one.request] + one.is_denied)
    return best


def match_piece(piece: str) -> RequestMatch:
    if HANGUL.search(piece) and (korean := match_korean(piece)) is not NOTHING:
        return korean
    return match_japanese(piece) if contains_japanese(piece) else match_english(piece)


def remove_withdrawal(comparable: str) -> tuple[bool, str]:
    """Whether a clause takes back the wish for a person, and the clause without that."""
    for cue in cues.load_cues("reactions"):
        if cue.kind == "withdrawn" and (found := cue.find_match(comparable)):
            return True, comparable[: found.start()] + "、" + comparable[found.end() :]
    return False, comparable


def score_human_request(found: RequestMatch, logit: float) -> float:
    """The probability that a turn asks for a person, by n-gram classifier and matcher."""
    weights = load_weights().combiner_weights["wish"]
    shown = compute_request_features(found, logit)
    return calibration.apply_logistic(sum(weights.get(name, 0.0) * value for name, value in shown.items()))


def compute_request_features(found: RequestMatch, logit: float) -> dict[str, float]:
    """Features of an uncertain request by name; training learns their weights."""
    return {
        "bias": 1.0,
        "heard": max(-6.0, min(6.0, logit)),
        "vague": float(found.request is HumanRequest.VAGUE),
        "denied": float(found.is_denied),
    }


def compute_request_context_features(
    found: RequestMatch, labels: Mapping[str, float], words: float
) -> dict[str, float]:
    """Features of the calibration with the turn encoder's logits; *words*: the score without them."""
    return {
        **calibration.build_label_features(labels, "person", "person_hint"),
        "clear": float(found.request is HumanRequest.CLEAR),
        "vague": float(found.request is HumanRequest.VAGUE),
        "denied": float(found.is_denied),
        "words": calibration.compute_log_odds(words),
    }


def slice_clause(clause: str) -> list[str]:
    """A clause in overlapping pieces that patterns can process: a long text must not hide a request."""
    size = cues.MAX_CLAUSE_CHARACTERS
    pieces = (clause[start : start + size] for start in range(0, max(1, len(clause) - 100), size - 100))
    return list(dict.fromkeys(pieces))


def match_english(clause: str) -> RequestMatch:
    ruled_out, vague, clause = False, NOTHING, correct_text(clause)
    for cue in cues.load_cues("wish_en"):
        found = cue.find_match(clause)
        if found is None:
            continue
        if cue.kind == "none" or _is_negated(clause, found.start()):
            ruled_out = True
        elif not ruled_out or _has_clear_request_later(clause):
            here = RequestMatch(
                LEVELS[cue.kind],
                normalization.format_snippet(clause, found.start(), found.end()),
                EvidenceReason(cue.why),
            )
            if here.request is HumanRequest.CLEAR:
                return here
            vague, clause = here, clause[: found.start()] + "※" + clause[found.end() :]
    return DENIED if ruled_out and vague is NOTHING else vague


def match_japanese(clause: str) -> RequestMatch:
    ruled_out = False
    for cue in cues.load_cues("wish_ja"):
        found = cue.find_match(clause)
        if found is None:
            continue
        if cue.kind in LEVELS:
            return RequestMatch(
                LEVELS[cue.kind],
                normalization.format_snippet(clause, found.start(), found.end()),
                EvidenceReason(cue.why),
            )
        ruled_out, clause = True, clause[: found.start()] + "※" + clause[found.end() :]
    logit = match_english(clause) if re.search(r"[a-z]{4}", clause) else NOTHING
    return DENIED if ruled_out and logit is NOTHING else logit


def match_korean(clause: str) -> RequestMatch:
    """Plain requests only; what is read in context knows Japanese and English."""
    for cue in cues.load_cues("wish_ko"):
        if found := cue.find_match(clause):
            if cue.kind not in LEVELS:
                return DENIED
            snippet = normalization.format_snippet(clause, found.start(), found.end())
            return RequestMatch(LEVELS[cue.kind], snippet, EvidenceReason(cue.why))
    return NOTHING


def _is_negated(clause: str, start: int) -> bool:
    before = PIECES.split(clause[:start])[-1][-80:]
    found = NEGATED.search(before)
    return found is not None and STILL_ASKS.search(before) is None


def _has_clear_request_later(clause: str) -> bool:
    """Whether a clause about people in general contains a plain request after a comma."""
    return any(
        cue.find_match(piece)
        for piece in PIECES.split(clause)[1:]
        for cue in cues.load_cues("wish_en")
        if cue.kind == "clear"
        and not any(c.find_match(piece) for c in cues.load_cues("wish_en") if c.kind == "none")
    )
