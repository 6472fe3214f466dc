"""Detects the language of a turn by script and common words, among the supported languages."""

import re
from collections.abc import Sequence

from assistant.signals import cues
from assistant.text import characters

_KANA = re.compile(f"[{characters.KANA}ー・]")
_KANJI = re.compile(f"[{characters.KANJI}]")
HANGUL = re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
ARABIC = re.compile(r"[\u0600-\u06ff]")
THAI = re.compile(r"[\u0e00-\u0e7f]")
LATIN = re.compile(r"[a-zà-öø-ÿ]")
WORD = re.compile(r"[a-zà-öø-ÿ]+(?:'[a-z]+)?")
#: Characters of simplified Chinese that Japanese does not have.
CHINESE = re.compile(r"[们吗你这么还怎说请们给让为钱货买订单没对时间问题谢谢您哪块儿咱呢吧啊]")
#: Latin words that switch a conversation's language: with a common word among them, or without.
MIN_SENTENCE_WORDS = 3
MIN_LONG_WORDS = 6
#: "English, please" in either language.
ASKED = (
    (
        "en",
        re.compile(
            r"\b(?:in|speak|write|use) english\b|\benglish,? please\b|英語で(?:お願い|話|答|返|対応|書)"
        ),
    ),
    (
        "ko",
        re.compile(
            r"한국어로|\b(?:in|speak) korean\b|\bkorean,? please\b|韓国語で(?:お願い|話|答|返|対応|書)"
        ),
    ),
    (
        "ja",
        re.compile(r"日本語で(?:お願い|話|答|返|対応|書)|\b(?:in|speak) japanese\b|\bjapanese,? please\b"),
    ),
)


def detect_language(text: str, allowed: Sequence[str], previous: str | None = None) -> str:
    """The language to answer in: the turn's if supported, else the conversation's, else our first.

    *text* is normalized. A turn without evidence (a number, an emoji) or with little (a word or two of Latin
    letters: a product, a button) keeps the *previous* language: the conversation's, or its page's.
    """
    for language, pattern in ASKED:
        if language in allowed and pattern.search(text):
            return language
    found = detect_text_language(text)
    if previous in allowed and (found not in allowed or not _is_language_switch(text, found)):
        return str(previous)
    return found if found is not None and found in allowed else allowed[0]


def _is_language_switch(text: str, language: str | None) -> bool:
    """Whether a text is evidence enough for a switch from another language; Japanese and Hangul are."""
    if language in ("ja", "ko"):
        return True
    words = WORD.findall(text)
    common = cues.load_words("languages").get(str(language), ())
    return len(words) >= MIN_LONG_WORDS or (
        len(words) >= MIN_SENTENCE_WORDS and any(word in common for word in words)
    )


def detect_text_language(text: str) -> str | None:
    """ISO code of the language that the text seems to be in; None when there is no evidence."""
    kana, han, latin = (len(p.findall(text)) for p in (_KANA, _KANJI, LATIN))
    if kana + han:
        return _detect_east_asian(text, kana, han, latin)
    for language, script in (("ko", HANGUL), ("ru", CYRILLIC), ("ar", ARABIC), ("th", THAI)):
        if len(script.findall(text)) > latin:
            return language
    return _detect_latin(text) if latin else None


def _detect_east_asian(text: str, kana: int, han: int, latin: int) -> str:
    if latin > 4 * (kana + han) and _detect_latin(text) == "en":
        return "en"
    if HANGUL.search(text) and not kana:
        return "ko"
    chinese = len(CHINESE.findall(text))
    return "zh" if kana * 10 < han and chinese * 8 >= han and chinese else "ja"


def _detect_latin(text: str) -> str | None:
    words = WORD.findall(text)
    common = cues.load_words("languages")
    hits = {language: sum(word in known for word in words) for language, known in common.items()}
    best = max(hits, key=lambda language: hits[language])
    if hits[best] > hits["en"] and hits[best] >= 2:
        return best
    #: Latin words that count as English; one unknown word may be a product's name.
    return "en" if hits["en"] or len(words) >= 3 else None
