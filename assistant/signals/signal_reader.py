"""The reader: one customer turn and its history to signals; joins the readers, decides nothing."""

from collections.abc import Sequence

from assistant.domain.signals import Evidence, HumanRequest, Signals
from assistant.domain.turns import History, TextEmbedding
from assistant.signals import cues, facts
from assistant.signals.classifier import ClassifierScores, load_weights, score_text
from assistant.signals.frustration import score_frustration
from assistant.signals.human_request import RequestMatch, find_human_request, score_human_request
from assistant.signals.language import detect_language
from assistant.signals.normalization import clip_text, normalize_text, split_clauses
from assistant.signals.progress import ProgressSignal, score_progress
from assistant.signals.small_talk import detect_small_talk
from assistant.signals.unfamiliarity import is_brief, score_unfamiliarity

#: From here on the learned ear is sure of a wish for a person, from there on it has a hint of one; by the
#: words alone it must be surer.
CLEAR_THRESHOLD = 0.5
VAGUE_THRESHOLD = 0.2
CLEAR_THRESHOLD_TEXT_ONLY = 0.9
VAGUE_THRESHOLD_TEXT_ONLY = 0.5
#: Not for a bot, most serious first.
SENSITIVE = ("harm", "fraud", "legal", "personal_data")


class RuleSignalReader:
    """A SignalReader from rules; whatever else is down, it reads."""

    def __init__(self, languages: Sequence[str] = ("ja", "en"), embedding: str | None = None) -> None:
        self.languages = tuple(languages)
        #: Name of the embedding model that meanings come from.
        self.embedding = embedding

    def compute_signals(self, text: str, history: History, meaning: TextEmbedding | None = None) -> Signals:
        """What *text*, all that was said since the last reply, tells."""
        turn = history.turns[-1].signals.turn + 1 if history.turns else 0
        whole = normalize_text(text)
        near = clip_text(whole)
        language = detect_language(near, self.languages, history.language or _find_previous_language(history))
        small_talk = detect_small_talk(near)
        vector = meaning.vector if meaning else None
        progress = score_progress(near, history, turn, vector, small_talk=small_talk)
        brief = small_talk is None and is_brief(near, language)
        tone = (
            meaning.mid_layer
            if meaning and meaning.mid_layer and self.embedding == load_weights().embedding
            else None
        )
        heard = score_text(near, tone)
        frustration, why_frustrated = score_frustration(
            clip_text(text), near, history, progress, heard["frustration"], alone=tone is None
        )
        unfamiliarity, why_unfamiliar = score_unfamiliarity(
            near, history, heard["unfamiliarity"].combined, brief=brief, alone=tone is None
        )
        circumstances = {hit.cue.kind: hit for hit in cues.find_hits("circumstances", split_clauses(near))}
        sensitive = next((name for name in SENSITIVE if name in circumstances), None)
        wish = _detect_human_request(whole, progress, history, heard["wish"], alone=tone is None)
        return Signals(
            turn=turn,
            language=language,
            frustration=round(frustration, 3),
            unfamiliarity=round(unfamiliarity, 3),
            no_progress=round(progress.no_progress, 3),
            wish=wish.request,
            sensitive=sensitive,
            urgency=circumstances["urgency"].cue.weight if "urgency" in circumstances else 0.0,
            small_talk=small_talk if wish.request is HumanRequest.NONE and frustration < 0.5 else None,
            reaction=progress.reaction,
            topic=facts.detect_topic(near),
            brief=brief,
            evidence=(
                *((Evidence(turn=turn, text=wish.words, why=wish.why, kind="wish"),) if wish.words else ()),
                *why_frustrated,
                *progress.evidence,
                *why_unfamiliar,
                *_build_circumstance_evidence(circumstances, sensitive, turn),
            ),
        )


def _find_previous_language(history: History) -> str | None:
    return history.turns[-1].signals.language if history.turns else None


def _detect_human_request(
    whole: str, progress: ProgressSignal, history: History, heard: ClassifierScores, *, alone: bool
) -> RequestMatch:
    """Said outright, or a yes to the person just offered; asking vaguely twice is asking clearly.

    The learned ear may add a wish that the matcher missed, never take one away.
    """
    found = find_human_request(whole)
    if found.request is HumanRequest.CLEAR:
        return found
    words = score_human_request(found, heard.text_only, alone=True)
    likely = words if alone else score_human_request(found, heard.combined, alone=False)
    if words >= CLEAR_THRESHOLD_TEXT_ONLY or (not alone and likely >= CLEAR_THRESHOLD):
        return RequestMatch(HumanRequest.CLEAR, whole[:80], "asks for a person, by the sound of it")
    if progress.consents:
        return RequestMatch(HumanRequest.CLEAR, whole[:80], "says yes to the person who was offered")
    if (
        found.request is HumanRequest.VAGUE
        and history.turns
        and history.turns[-1].signals.wish is HumanRequest.VAGUE
    ):
        return RequestMatch(HumanRequest.CLEAR, found.words, "asks for somebody again")
    if found.request is HumanRequest.NONE and likely >= (
        VAGUE_THRESHOLD_TEXT_ONLY if alone else VAGUE_THRESHOLD
    ):
        return RequestMatch(HumanRequest.VAGUE, whole[:80], "may be asking for a person, by the sound of it")
    return found


def _build_circumstance_evidence(
    circumstances: dict[str, cues.Hit], sensitive: str | None, turn: int
) -> tuple[Evidence, ...]:
    kinds = [(sensitive, "sensitive"), ("urgency", "urgency")]
    return tuple(
        Evidence(turn=turn, text=circumstances[name].words, why=circumstances[name].cue.why, kind=kind)
        for name, kind in kinds
        if name in circumstances
    )
