"""The reader: one customer turn and its history to signals; joins the readers, decides nothing."""

from collections.abc import Sequence

from assistant.domain.signals import Evidence, Signals, Wish
from assistant.domain.turns import History, Meaning
from assistant.signals import cues, facts
from assistant.signals.classifier import Heard, hear, weights
from assistant.signals.frustration import read_frustration
from assistant.signals.human_request import Found, chance, find_wish
from assistant.signals.language import language_of
from assistant.signals.normalization import clauses, comparable, window
from assistant.signals.progress import Progress, read_progress
from assistant.signals.small_talk import small_talk_of
from assistant.signals.unfamiliarity import is_brief, read_unfamiliarity

#: From here on the learned ear is sure of a wish for a person, from there on it has a hint of one; by the
#: words alone it must be surer.
SURE, HINT = 0.5, 0.2
SURE_ALONE, HINT_ALONE = 0.9, 0.5
#: Not for a bot, most serious first.
SENSITIVE = ("harm", "fraud", "legal", "personal_data")


class Reader:
    """A SignalReader from rules; whatever else is down, it reads."""

    def __init__(self, languages: Sequence[str] = ("ja", "en"), embedding: str | None = None) -> None:
        self.languages = tuple(languages)
        #: Name of the embedding model that meanings come from.
        self.embedding = embedding

    def compute_signals(self, text: str, history: History, meaning: Meaning | None = None) -> Signals:
        """What *text*, all that was said since the last reply, tells."""
        turn = history.turns[-1].signals.turn + 1 if history.turns else 0
        whole = comparable(text)
        near = window(whole)
        language = language_of(near, self.languages, history.language or _previous_language(history))
        small_talk = small_talk_of(near)
        vector = meaning.vector if meaning else None
        progress = read_progress(near, history, turn, vector, small_talk=small_talk)
        brief = small_talk is None and is_brief(near, language)
        tone = meaning.tone if meaning and meaning.tone and self.embedding == weights().embedding else None
        heard = hear(near, tone)
        frustration, why_frustrated = read_frustration(
            window(text), near, history, progress, heard["frustration"], alone=tone is None
        )
        unfamiliarity, why_unfamiliar = read_unfamiliarity(
            near, history, heard["unfamiliarity"].best, brief=brief, alone=tone is None
        )
        circumstances = {hit.cue.kind: hit for hit in cues.hits("circumstances", clauses(near))}
        sensitive = next((name for name in SENSITIVE if name in circumstances), None)
        wish = _wish(whole, progress, history, heard["wish"], alone=tone is None)
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
            evidence=(
                *((Evidence(turn=turn, text=wish.words, why=wish.why, kind="wish"),) if wish.words else ()),
                *why_frustrated,
                *progress.evidence,
                *why_unfamiliar,
                *_circumstantial(circumstances, sensitive, turn),
            ),
        )


def _previous_language(history: History) -> str | None:
    return history.turns[-1].signals.language if history.turns else None


def _wish(whole: str, progress: Progress, history: History, heard: Heard, *, alone: bool) -> Found:
    """Said outright, or a yes to the person just offered; asking vaguely twice is asking clearly.

    The learned ear may add a wish that the matcher missed, never take one away.
    """
    found = find_wish(whole)
    if found.wish is Wish.CLEAR:
        return found
    words = chance(found, heard.words, alone=True)
    likely = words if alone else chance(found, heard.best, alone=False)
    if words >= SURE_ALONE or (not alone and likely >= SURE):
        return Found(Wish.CLEAR, whole[:80], "asks for a person, by the sound of it")
    if progress.consents:
        return Found(Wish.CLEAR, whole[:80], "says yes to the person who was offered")
    if found.wish is Wish.VAGUE and history.turns and history.turns[-1].signals.wish is Wish.VAGUE:
        return Found(Wish.CLEAR, found.words, "asks for somebody again")
    if found.wish is Wish.NONE and likely >= (HINT_ALONE if alone else HINT):
        return Found(Wish.VAGUE, whole[:80], "may be asking for a person, by the sound of it")
    return found


def _circumstantial(
    circumstances: dict[str, cues.Hit], sensitive: str | None, turn: int
) -> tuple[Evidence, ...]:
    kinds = [(sensitive, "sensitive"), ("urgency", "urgency")]
    return tuple(
        Evidence(turn=turn, text=circumstances[name].words, why=circumstances[name].cue.why, kind=kind)
        for name, kind in kinds
        if name in circumstances
    )
