"""Combines all signals of a customer turn; decides nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.domain.evidence_reasons import EvidenceReason
from assistant.domain.signals import FEELING_THRESHOLD, SENSITIVE_TOPICS, Evidence, HumanRequest, Signals
from assistant.domain.turns import COMPLAINT_ALONE, History, TextEmbedding
from assistant.signals import calibration, cues
from assistant.signals.bare_turn import REFUSES_MACHINE, SPOKEN_KINDS, UNHELPFUL, detect_bare_turn
from assistant.signals.circumstances import find_circumstances
from assistant.signals.classifier import score_text
from assistant.signals.frustration import score_frustration
from assistant.signals.human_request import (
    NOTHING,
    RequestMatch,
    compute_request_context_features,
    find_human_request,
    score_human_request,
)
from assistant.signals.hypothetical import is_hypothetical
from assistant.signals.language import detect_language, detect_text_language
from assistant.signals.normalization import OriginalText, clip_text, normalize_text
from assistant.signals.progress import ProgressSignal, score_progress
from assistant.signals.small_talk import detect_small_talk
from assistant.signals.topic import find_topic
from assistant.signals.unfamiliarity import is_brief, score_unfamiliarity

#: Thresholds of a certain request for a person, and of a possible one.
CLEAR_THRESHOLD = 0.5
VAGUE_THRESHOLD = 0.2
#: From this logit on a short turn that asks nothing is thanks.
MIN_THANKS_LOGIT = 0.8
MAX_THANKS_CHARACTERS = 60
#: A word that names a person and nothing else ("representative?") is at least a hint.
MAX_BARE_CHARACTERS = 20
#: The same where only the n-gram classifier has read the turn.
CLEAR_THRESHOLD_TEXT_ONLY = 0.9
VAGUE_THRESHOLD_TEXT_ONLY = 0.5
#: The topic of what is broken, wrong or missing.
DEFECT = "defect"
#: What the turn encoder must reach by itself, without words that say it outright.
CONFIDENT_DISTRESS = 0.8
#: Signal -> label of the turn encoder.
FEELING_LABELS = {
    "worry": "worried",
    "distress": "distressed",
    "harassment": "harassment",
    "complaint": "complaint",
    "reply_missed": "missed",
}
#: Signal -> what its evidence shows.
FEELING_REASONS = {
    "worry": EvidenceReason.SOUNDS_WORRIED,
    "distress": EvidenceReason.SOUNDS_DISTRESSED,
    "harassment": EvidenceReason.HARASSES,
    "complaint": EvidenceReason.COMPLAINS_ABOUT_MATTER,
}


#: Far below what is taken for a complaint.
NO_COMPLAINT_LOGIT = -8.0


class RuleSignalReader:
    """A SignalReader from rules and classifiers, without external dependencies."""

    def __init__(self, languages: Sequence[str] = ("ja", "en")) -> None:
        self.languages = tuple(languages)

    def compute_signals(self, text: str, history: History, meaning: TextEmbedding | None = None) -> Signals:
        """The signals of *text*, which is everything since the last reply."""
        turn = history.turns[-1].signals.turn + 1 if history.turns else 0
        whole = normalize_text(text)
        near = clip_text(whole)
        language = detect_language(near, self.languages, history.language or _find_previous_language(history))
        topic, circumstances = find_topic(near), find_circumstances(near)
        labels, vector = (meaning.labels, meaning.vector or None) if meaning else (None, None)
        bare = detect_bare_turn(near)
        small_talk = _detect_small_talk(near, labels if history.lines else None, bare)
        brief = small_talk is None and is_brief(near, language)
        progress = score_progress(near, history, turn, vector, small_talk=small_talk)
        logit = score_text(near)
        frustration, why_frustrated = score_frustration(
            clip_text(text), near, history, progress, logit["frustration"], labels
        )
        unfamiliarity, why_unfamiliar = score_unfamiliarity(
            near, history, logit["unfamiliarity"], brief=brief, labels=labels
        )
        wish = _detect_human_request(whole, progress, history, logit["wish"], labels, bare)
        feelings = _judge_distress(_score_feelings(_hear_complaint(labels, topic, near)), circumstances, bare)
        sensitive = _find_sensitive_topic(circumstances, feelings)
        is_calm = wish.request is HumanRequest.NONE and frustration < FEELING_THRESHOLD
        return Signals(
            turn=turn,
            language=language,
            frustration=round(frustration, 3),
            unfamiliarity=round(unfamiliarity, 3),
            no_progress=round(progress.no_progress, 3),
            wish=wish.request,
            sensitive=sensitive,
            urgency=_get_weight(circumstances, "urgency"),
            small_talk=small_talk if is_calm or bare in SPOKEN_KINDS else None,
            reaction=progress.reaction,
            topic=topic.cue.kind if topic else None,
            brief=brief,
            only_rejects=bare in (REFUSES_MACHINE, UNHELPFUL),
            refuses_machine=bare == REFUSES_MACHINE,
            is_foreign=detect_text_language(near) not in (None, *self.languages),
            **feelings,
            evidence=_quote_original(
                text,
                *_list_wish_evidence(wish, turn),
                *why_frustrated,
                *progress.evidence,
                *why_unfamiliar,
                *_build_circumstance_evidence(circumstances, sensitive, topic, turn),
                *_list_feeling_evidence(feelings, near, turn),
            ),
        )


def _quote_original(raw: str, *found: Evidence) -> tuple[Evidence, ...]:
    """Evidence in the customer's own letters, and no word of theirs in half."""
    original = OriginalText(raw) if found else None
    return tuple(replace(one, text=original.find_words(one.text)) if original else one for one in found)


def _get_weight(circumstances: Mapping[str, cues.Hit], kind: str) -> float:
    return circumstances[kind].cue.weight if kind in circumstances else 0.0


def _list_wish_evidence(wish: RequestMatch, turn: int) -> Iterator[Evidence]:
    if wish.words and wish.why:
        yield Evidence(turn=turn, text=wish.words, why=wish.why, kind="wish")


def _find_previous_language(history: History) -> str | None:
    return history.turns[-1].signals.language if history.turns else None


def _detect_small_talk(near: str, labels: Mapping[str, float] | None, bare: str | None) -> str | None:
    return bare if bare in SPOKEN_KINDS else detect_small_talk(near) or _detect_thanks(near, labels)


def _detect_thanks(near: str, labels: Mapping[str, float] | None) -> str | None:
    """A short word of thanks that no list knows: "that's everything, cheers"."""
    brief = len(near) <= MAX_THANKS_CHARACTERS and "?" not in near
    return "thanks" if labels and brief and labels["thanks"] >= MIN_THANKS_LOGIT else None


def _hear_complaint(
    labels: Mapping[str, float] | None, topic: cues.Hit | None, near: str
) -> Mapping[str, float] | None:
    """The logits, with the complaint of a turn about a defect also as the turn alone tells it, and none in
    what only asks what would be if."""
    if labels and is_hypothetical(near):
        return {**labels, "complaint": min(labels["complaint"], NO_COMPLAINT_LOGIT)}
    if not labels or topic is None or topic.cue.kind != DEFECT:
        return labels
    heard = max(labels["complaint"], labels.get(COMPLAINT_ALONE, labels["complaint"]))
    return {**labels, "complaint": heard}


def _score_feelings(labels: Mapping[str, float] | None) -> dict[str, float]:
    """Worry, distress, harassment, complaint and a missed reply, 0–1; empty without logits."""
    if not labels:
        return {}
    return {
        signal: round(
            calibration.compute_probability(signal, calibration.build_label_features(labels, label)), 3
        )
        for signal, label in FEELING_LABELS.items()
    }


def _judge_distress(
    feelings: dict[str, float], circumstances: Mapping[str, cues.Hit], bare: str | None
) -> dict[str, float]:
    """Words of self-harm need no reading in context, and count with everything else down; without them only
    a sure reading does: "is nobody there?" is no cry for help, and a *bare* turn that says nothing but that
    or that no person is needed never is."""
    if "self_harm" in circumstances:
        return feelings | {"distress": 1.0}
    least = 1.0 if bare in SPOKEN_KINDS else CONFIDENT_DISTRESS
    if least > feelings.get("distress", 0.0) >= FEELING_THRESHOLD:
        return feelings | {"distress": FEELING_THRESHOLD - 0.01}
    return feelings


def _find_sensitive_topic(circumstances: Mapping[str, cues.Hit], feelings: Mapping[str, float]) -> str | None:
    if feelings.get("distress", 0.0) >= FEELING_THRESHOLD:
        return "harm"
    return next((name for name in SENSITIVE_TOPICS if name in circumstances), None)


def _list_feeling_evidence(feelings: Mapping[str, float], near: str, turn: int) -> Iterator[Evidence]:
    for signal, why in FEELING_REASONS.items():
        if feelings.get(signal, 0.0) >= FEELING_THRESHOLD:
            yield Evidence(turn=turn, text=" ".join(near.split())[:80], why=why, kind=signal)


def _detect_human_request(
    whole: str,
    progress: ProgressSignal,
    history: History,
    logit: float,
    labels: Mapping[str, float] | None,
    bare: str | None,
) -> RequestMatch:
    """The request for a person: outright, or a yes to the person just offered.

    Two vague requests are a clear one. By words alone, the classifier may add a request that the matcher
    missed, never remove one; with the turn encoder's logits, they and the matcher are weighed together.
    """
    if bare in ("declined", "identity"):
        return NOTHING
    found = find_human_request(whole)
    words = score_human_request(found, logit)
    if bare == "presence":
        found = RequestMatch(HumanRequest.VAGUE, whole[:80], EvidenceReason.ASKS_WHETHER_ANYBODY_IS_THERE)
    elif labels:
        found = _weigh_request_in_context(whole, found, labels, words)
    elif found.request is not HumanRequest.CLEAR and words >= CLEAR_THRESHOLD_TEXT_ONLY:
        found = RequestMatch(HumanRequest.CLEAR, whole[:80], EvidenceReason.SEEMS_TO_ASK_FOR_PERSON)
    elif found.request is HumanRequest.NONE and words >= VAGUE_THRESHOLD_TEXT_ONLY:
        found = RequestMatch(HumanRequest.VAGUE, whole[:80], EvidenceReason.MAY_ASK_FOR_PERSON)
    if found.request is HumanRequest.CLEAR:
        return found
    if progress.consents:
        return RequestMatch(HumanRequest.CLEAR, whole[:80], EvidenceReason.ACCEPTS_OFFERED_PERSON)
    if (
        found.request is HumanRequest.VAGUE
        and history.turns
        and history.turns[-1].signals.wish is HumanRequest.VAGUE
    ):
        return RequestMatch(HumanRequest.CLEAR, found.words, EvidenceReason.ASKS_FOR_PERSON_AGAIN)
    return found


def _weigh_request_in_context(
    whole: str, found: RequestMatch, labels: Mapping[str, float], words: float
) -> RequestMatch:
    features = compute_request_context_features(found, labels, words)
    likely = calibration.compute_probability("wish", features)
    if found.is_denied:
        return NOTHING  # says that none is needed, or speaks about people
    if likely >= CLEAR_THRESHOLD:
        return RequestMatch(
            HumanRequest.CLEAR, found.words or whole[:80], found.why or EvidenceReason.SEEMS_TO_ASK_FOR_PERSON
        )
    is_bare = found.request is HumanRequest.VAGUE and len(whole) <= MAX_BARE_CHARACTERS
    if likely >= VAGUE_THRESHOLD or is_bare:
        return RequestMatch(
            HumanRequest.VAGUE, found.words or whole[:80], found.why or EvidenceReason.MAY_ASK_FOR_PERSON
        )
    return NOTHING


def _build_circumstance_evidence(
    circumstances: dict[str, cues.Hit], sensitive: str | None, topic: cues.Hit | None, turn: int
) -> Iterator[Evidence]:
    for name, kind in ((sensitive, "sensitive"), ("urgency", "urgency")):
        if name in circumstances:
            hit = circumstances[name]
            yield Evidence(turn=turn, text=hit.words, why=hit.cue.why, kind=kind)
    if topic is not None:
        about = EvidenceReason.ABOUT_TOPIC
        yield Evidence(turn=turn, text=topic.words, why=about, kind="topic", detail=topic.cue.kind)
