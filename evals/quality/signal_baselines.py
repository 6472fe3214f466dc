"""Baseline of the signals: keyword rules."""

import re

from assistant.signals.normalization import normalize_text

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
