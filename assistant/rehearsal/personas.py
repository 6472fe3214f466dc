"""Who simulated customers are: how they write, how long they try, and what gets in their way."""

import re
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from assistant.rehearsal.phrases import choose_phrase
from assistant.text.terms import extract_terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    name: str
    #: Turns that they take before they want a person, or leave.
    patience: int = 3
    #: Angry people may be handed over without asking for it.
    is_angry: bool = False
    #: They leave rather than talk to a person.
    wants_no_person: bool = False
    #: They begin with the heading alone, as one does who does not know what would help.
    is_vague: bool = False


PERSONAS = {
    persona.name: persona
    for persona in (
        Persona(name="novice", patience=4, is_vague=True),
        Persona(name="hurried", patience=2, is_vague=True),
        Persona(name="furious", is_angry=True),
        Persona(name="sarcastic", is_angry=True),
        Persona(name="calm"),
        Persona(name="foreigner"),
        Persona(name="code_switcher"),
        Persona(name="keyword_only", is_vague=True),
        Persona(name="no_person", patience=4, wants_no_person=True),
        Persona(name="elder", patience=4),
    )
}


class Disturbance(StrEnum):
    NONE = "none"
    #: A slip of the finger in every message.
    TYPO = "typo"
    #: Two messages at once.
    BURST = "burst"
    #: Says the same thing again after the first reply.
    REPEAT = "repeat"
    #: Begins with something else.
    CHANGED_GOAL = "changed_goal"
    #: Writes on while the assistant works.
    INTERRUPTION = "interruption"
    #: Answers after twenty minutes.
    LATE = "late"


LATE_SECONDS = 1_200.0
_SENTENCE_END = re.compile(r"(?<=[。.!?？])\s*")
_WORD = re.compile(r"[A-Za-z]{4,}")
_KANA = re.compile(r"[ぁ-ん]{2,}")
_ASKING = re.compile(r"(?:について)?(?:を|は)?(?:教えて|知りたい|どう).*$|[。、？?]")
_ENGLISH_ASKING = re.compile(
    r"^(?:could you tell me about(?: this:)?|i have a question about|can you explain|i'd like to know about"
    r"|what is the|for|it's about)\s+|[?.,]|what (?:should i do|happens)|please let me know",
    re.I,
)


def style_opening(rng: Random, persona: Persona, language: str, text: str) -> str:
    """How the persona begins."""
    if persona.name == "keyword_only":
        text = shorten_to_keywords(language, text)
    return choose_phrase(rng, language, "persona", persona.name, text=text).strip()


def shorten_to_keywords(language: str, text: str) -> str:
    """The words that one would type into a search box."""
    if language == "ja":
        return " ".join(_ASKING.sub(" ", text).replace("の場合", " ").split())
    short = _ENGLISH_ASKING.sub(" ", text)
    return " ".join(word for word in short.split() if extract_terms(word)).lower()


def add_typo(rng: Random, text: str) -> str:
    """The text with one slip: two letters swapped, or a kana twice."""
    places = list(_WORD.finditer(text)) or list(_KANA.finditer(text))
    if not places:
        return text
    found = rng.choice(places)
    at = (
        rng.randrange(found.start() + 1, found.end() - 1)
        if found.end() - found.start() > 2
        else found.start()
    )
    if _KANA.fullmatch(found[0]):
        return text[:at] + text[at] + text[at:]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def split_message(text: str) -> list[str]:
    """Two messages: all but the last sentence, and that; one where there is one sentence."""
    sentences = [part for part in _SENTENCE_END.split(text) if part]
    if len(sentences) < 2:
        return [text]
    return [" ".join(sentences[:-1]), sentences[-1]]
