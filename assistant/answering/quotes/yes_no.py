"""Whether a quoted sentence answers a yes/no question with yes or with no.

The reader says that the sentence answers, rules say which way. A wrong "no" is worse than none, so whatever
limits the sentence, or what it does not name of the question, leaves it unsaid.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.answering.quotes.reader_scores import score_unit
from assistant.answering.quotes.selection import Quote
from assistant.answering.quotes.yes_no_words import ENGLISH, GENERIC, JAPANESE, Phrases
from assistant.domain.unicode_forms import fold_compatibility
from assistant.ports.answering import AnswerRequest
from assistant.text.characters import contains_japanese
from assistant.text.quotable import Unit, UnitKind
from assistant.text.sentences import split_sentences
from assistant.text.tagging import PartOfSpeech, tag_words
from assistant.text.terms import normalize_text
from assistant.text.transliteration import is_katakana_of

#: Characters of a question and of a sentence that are looked at.
MAX_CHARACTERS = 300
#: The reader's log-odds from which a sentence answers; a yes names all that is asked, so less does.
MIN_ODDS = {True: 0.0, False: 1.0}
#: Share of the question's words that a sentence that says no has to have, with the headings above it.
MIN_SHARE_NO = 0.5
_CONTENT = frozenset(PartOfSpeech) - {PartOfSpeech.FUNCTION}
_KANJI = re.compile("[一-鿿]")
_KATAKANA = re.compile("[ァ-ヺー]{2,}")


def decide_yes_no(request: AnswerRequest, quotes: Sequence[Quote]) -> bool | None:
    """What an answer of these quotes begins with; None where its first sentence does not say for sure."""
    if not quotes or any(unit.kind is not UnitKind.SENTENCE for unit in quotes[0].units):
        return None
    direct = max(quotes[0].units, key=lambda unit: score_unit(request, unit))

    def read_unit(unit: Unit) -> bool | None:
        above = (request.passages[unit.passage].title, *unit.headings)
        return find_yes_no(request.question, unit.text, above)

    says = read_unit(direct)
    if says is None or score_unit(request, direct) < MIN_ODDS[says]:
        return None
    others = {read_unit(unit) for quote in quotes for unit in quote.units if unit is not direct}
    return None if (not says) in others else says


@dataclass(frozen=True, slots=True)
class _Question:
    """A yes/no question."""

    kind: str
    #: What it asks about, and all words of the message.
    wanted: frozenset[str]
    known: frozenset[str]
    #: Names and numbers that a sentence about something else would not have.
    names: frozenset[str]
    #: Conditions and days that it names.
    limits: frozenset[str]


def find_yes_no(question: str, sentence: str, above: Sequence[str] = ()) -> bool | None:
    """True: yes, False: no, None: the sentence does not say for sure.

    *above*: the title and headings of the sentence.
    """
    japanese = contains_japanese(question)
    if japanese != contains_japanese(sentence) or max(len(question), len(sentence)) > MAX_CHARACTERS:
        return None
    phrases = JAPANESE if japanese else ENGLISH
    said = normalize_text(sentence).strip()
    asked = _parse_question(phrases, question)
    if asked is None or phrases.no_statement.search(said):
        return None
    titles = frozenset[str]().union(*map(list_content_words, above))
    clauses = [clause for clause in phrases.clause_end.split(said) if clause.strip()]
    named = [len(asked.wanted & list_content_words(clause)) for clause in clauses]
    nearest = [one for one, count in zip(clauses, named, strict=True) if count == max(named)]
    if len({phrases.find_polarity(asked.kind, clause) for clause in nearest} - {None}) > 1:
        return None
    found = {_read_clause(phrases, asked, clause, titles) for clause in nearest} - {None}
    return found.pop() if len(found) == 1 else None


def _parse_question(phrases: Phrases, question: str) -> _Question | None:
    asked = normalize_text(question).strip()
    if phrases.no_plain_question.search(asked):
        return None
    whether = next((one for one in reversed(split_sentences(asked)) if phrases.asks.search(one)), None)
    if whether is None:
        return None
    kind = next((kind for kind, pattern in phrases.kinds.items() if pattern.search(whether)), "whether")
    known = list_content_words(asked)
    names = frozenset(
        word.form
        for word in tag_words(fold_compatibility(question))
        if word.part_of_speech in (PartOfSpeech.NAME, PartOfSpeech.NUMBER) or _KATAKANA.fullmatch(word.form)
    )
    return _Question(
        kind, list_content_words(whether) or known, known, names - GENERIC, phrases.list_limits(asked)
    )


def _read_clause(phrases: Phrases, asked: _Question, clause: str, titles: frozenset[str]) -> bool | None:
    says = phrases.find_polarity(asked.kind, clause)
    if says is None or not phrases.list_limits(clause) <= asked.limits:
        return None
    had = list_content_words(clause) | titles
    if not all(_is_among(name, had) for name in asked.names):
        return None
    # A question of one word asks of everything, so the sentence may name nothing else.
    topic = phrases.get_topic(clause) if says or len(asked.wanted) > 1 else clause
    if not _is_about(phrases.enumeration.split(topic), asked.known | titles):
        return None
    share = sum(_is_among(word, had) for word in asked.wanted) / max(1, len(asked.wanted))
    return says if share >= (1 if says else MIN_SHARE_NO) else None


def _is_about(topics: Sequence[str], known: frozenset[str]) -> bool:
    """Whether one of the things listed is nothing but what is known; or none of them is anything."""
    words = [found for topic in topics if (found := list_content_words(topic))]
    return not words or any(all(_is_among(word, known) for word in found) for found in words)


def list_content_words(text: str) -> frozenset[str]:
    """The words of *text* that say what it is about."""
    words = tag_words(normalize_text(text))
    return frozenset(word.form for word in words if word.part_of_speech in _CONTENT) - GENERIC


def _is_among(word: str, others: Iterable[str]) -> bool:
    """Whether one of *others* is the word, has its kanji (two, if both have as many), or sounds like it."""
    return any(word == other or _share_kanji(word, other) or _is_same_name(word, other) for other in others)


def _share_kanji(word: str, other: str) -> bool:
    here, there = set(_KANJI.findall(word)), set(_KANJI.findall(other))
    return len(here & there) >= max(1, min(2, len(here), len(there)))


def _is_same_name(word: str, other: str) -> bool:
    """Whether one is the other in katakana: ペイペイ and PayPay."""
    pairs = ((word, other), (other, word))
    return any(
        _KATAKANA.fullmatch(kana) and latin.isascii() and is_katakana_of(kana, latin) for kana, latin in pairs
    )
