"""The reader: one customer turn and its history to signals; joins the readers, decides nothing."""

from collections.abc import Iterator, Mapping, Sequence

from assistant.domain.signals import Evidence, Signals, Wish
from assistant.domain.turns import History, Meaning
from assistant.signals import calibration, cues, facts
from assistant.signals.frustration import read_frustration
from assistant.signals.language import language_of
from assistant.signals.progress import Progress, read_progress
from assistant.signals.small_talk import small_talk_of
from assistant.signals.text import clauses, comparable, window
from assistant.signals.tone import hear
from assistant.signals.unfamiliarity import is_brief, read_unfamiliarity
from assistant.signals.wish import NOTHING, Found, chance, context_features, find_wish

#: From here on a wish for a person is taken for sure, from there on for a hint of one.
SURE, HINT = 0.5, 0.2
#: The same where only the n-gram classifier has read the turn.
SURE_BY_WORDS, HINT_BY_WORDS = 0.9, 0.5
#: From here on a turn counts as said in distress; shown as evidence from there on.
DISTRESS, EVIDENT = 0.5, 0.5
#: Signal -> the turn encoder's label for it.
FEELINGS = {
    "worry": "worried",
    "distress": "distressed",
    "harassment": "harassment",
    "complaint": "complaint",
    "reply_missed": "missed",
}
#: What is told to the agent of each.
FELT = {
    "worry": "sounds worried",
    "distress": "sounds in distress",
    "harassment": "threatens, insults or harasses",
    "complaint": "complains about something broken, wrong, lost or late",
}
#: Not for a bot, most serious first.
SENSITIVE = ("harm", "fraud", "legal", "personal_data")


class Reader:
    """A SignalReader from rules; whatever else is down, it reads."""

    def __init__(self, languages: Sequence[str] = ("ja", "en")) -> None:
        self.languages = tuple(languages)

    def read(self, text: str, history: History, meaning: Meaning | None = None) -> Signals:
        """What *text*, all that was said since the last reply, tells."""
        turn = history.turns[-1].signals.turn + 1 if history.turns else 0
        whole = comparable(text)
        near = window(whole)
        language = language_of(near, self.languages, history.language or _previous_language(history))
        small_talk = small_talk_of(near)
        vector = (meaning.vector or None) if meaning else None
        progress = read_progress(near, history, turn, vector, small_talk=small_talk)
        brief = small_talk is None and is_brief(near, language)
        heard = hear(near)
        labels = meaning.labels if meaning else None
        frustration, why_frustrated = read_frustration(
            window(text), near, history, progress, heard["frustration"], labels
        )
        unfamiliarity, why_unfamiliar = read_unfamiliarity(
            near, history, heard["unfamiliarity"], brief=brief, labels=labels
        )
        circumstances = {hit.cue.kind: hit for hit in cues.hits("circumstances", clauses(near))}
        sensitive = next((name for name in SENSITIVE if name in circumstances), None)
        wish = _wish(whole, progress, history, heard["wish"], labels)
        feelings = _feelings(labels)
        if feelings.get("distress", 0.0) >= DISTRESS:
            sensitive = "harm"
        return Signals(
            turn=turn,
            language=language,
            frustration=round(frustration, 3),
            unfamiliarity=round(unfamiliarity, 3),
            no_progress=round(progress.no_progress, 3),
            wish=wish.wish,
            sensitive=sensitive,
            urgency=circumstances["urgency"].cue.weight if "urgency" in circumstances else 0.0,
            small_talk=small_talk if wish.wish is Wish.NONE and frustration < 0.5 else None,
            reaction=progress.reaction,
            topic=facts.topic_of(near),
            brief=brief,
            **feelings,
            evidence=(
                *((Evidence(turn=turn, text=wish.words, why=wish.why, kind="wish"),) if wish.words else ()),
                *why_frustrated,
                *progress.evidence,
                *why_unfamiliar,
                *_circumstantial(circumstances, sensitive, turn),
                *_felt(feelings, near, turn),
            ),
        )


def _previous_language(history: History) -> str | None:
    return history.turns[-1].signals.language if history.turns else None


def _feelings(labels: Mapping[str, float] | None) -> dict[str, float]:
    """Worry, distress, harassment, complaint and a reply that missed, 0–1; nothing where none was read."""
    if not labels:
        return {}
    return {
        signal: round(calibration.probability(signal, calibration.label_features(labels, label)), 3)
        for signal, label in FEELINGS.items()
    }


def _felt(feelings: Mapping[str, float], near: str, turn: int) -> Iterator[Evidence]:
    for signal, why in FELT.items():
        if feelings.get(signal, 0.0) >= EVIDENT:
            yield Evidence(turn=turn, text=" ".join(near.split())[:80], why=why, kind=signal)


def _wish(
    whole: str, progress: Progress, history: History, heard: float, labels: Mapping[str, float] | None
) -> Found:
    """Said outright, or a yes to the person just offered; asking vaguely twice is asking clearly.

    By words alone the classifier may add a wish that the matcher missed, never take one away; where the turn
    was read in its context, that reading and the matcher are weighed together.
    """
    found = find_wish(whole)
    words = chance(found, heard)
    if labels:
        found = _wish_in_context(whole, found, labels, words)
    elif found.wish is not Wish.CLEAR and words >= SURE_BY_WORDS:
        found = Found(Wish.CLEAR, whole[:80], "asks for a person, by the sound of it")
    elif found.wish is Wish.NONE and words >= HINT_BY_WORDS:
        found = Found(Wish.VAGUE, whole[:80], "may be asking for a person, by the sound of it")
    if found.wish is Wish.CLEAR:
        return found
    if progress.consents:
        return Found(Wish.CLEAR, whole[:80], "says yes to the person who was offered")
    if found.wish is Wish.VAGUE and history.turns and history.turns[-1].signals.wish is Wish.VAGUE:
        return Found(Wish.CLEAR, found.words, "asks for somebody again")
    return found


def _wish_in_context(whole: str, found: Found, labels: Mapping[str, float], words: float) -> Found:
    likely = calibration.probability("wish", context_features(found, labels, words))
    if likely >= SURE:
        return Found(Wish.CLEAR, found.words or whole[:80], found.why or "asks for a person")
    if likely >= HINT:
        return Found(Wish.VAGUE, found.words or whole[:80], found.why or "may be asking for a person")
    return NOTHING


def _circumstantial(
    circumstances: dict[str, cues.Hit], sensitive: str | None, turn: int
) -> tuple[Evidence, ...]:
    kinds = [(sensitive, "sensitive"), ("urgency", "urgency")]
    return tuple(
        Evidence(turn=turn, text=circumstances[name].words, why=circumstances[name].cue.why, kind=kind)
        for name, kind in kinds
        if name in circumstances
    )
