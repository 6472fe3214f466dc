"""Compares a katakana word with a Latin one by sound: ペイペイ and PayPay, アマゾン and Amazon.

Both are reduced to a rough phonetic spelling and to its consonants, in the manner of Soundex; sounds that
Japanese does not tell apart are one.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

#: Fewest consonants of a word that can be told by its sound, and how alike the whole spellings must be.
MIN_CONSONANTS = 2
MIN_LIKENESS = 0.6
#: Longest word that is compared.
MAX_LETTERS = 30

_VOWELS = "aiueo"
_ROWS = {
    "アイウエオ": "",
    "カキクケコ": "k",
    "ガギグゲゴ": "g",
    "サシスセソ": "s",
    "ザジズゼゾ": "s",
    "タチツテト": "t",
    "ダヂヅデド": "d",
    "ナニヌネノ": "n",
    "ハヒフヘホ": "h",
    "バビブベボ": "b",
    "パピプペポ": "p",
    "マミムメモ": "m",
    "ラリルレロ": "r",
}
_KANA = {
    kana: row + vowel for kanas, row in _ROWS.items() for kana, vowel in zip(kanas, _VOWELS, strict=True)
}
_KANA |= {
    "ヤ": "ia",
    "ユ": "iu",
    "ヨ": "io",
    "ワ": "wa",
    "ヲ": "o",
    "ン": "n",
    "ヴ": "bu",
    "ッ": "",
    "ー": "",
}
_SMALL = dict(zip("ァィゥェォャュョ", "aiueoauo", strict=True))
#: Latin spellings in order; what they leave is read letter by letter.
_SPELLINGS = (
    (r"ph|f|(?<=[aeiou])gh", "h"),
    (r"tch|ch", "t"),
    (r"th|sh|z|j", "s"),
    (r"ck|qu?", "k"),
    ("x", "ks"),
    (r"c(?=[eiy])", "s"),
    ("c", "k"),
    ("v", "b"),
    ("l", "r"),
    ("oo", "u"),
    ("y", "i"),
    (r"m(?=[bp])", "n"),
    (r"(?<=[aeiou])[hw](?![aeiou])", ""),
    (r"([^aeiou])\1", r"\1"),
)
_SILENT_R = re.compile(r"(?<=[aeiou])r(?![aeiou])")


def spell_katakana(word: str) -> str:
    """The sound of a katakana word: ペイペイ is peipei."""
    found = ""
    for kana in word[:MAX_LETTERS]:
        if kana in _SMALL:
            found = ("w" if found == "u" else found[:-1]) + _SMALL[kana]
        else:
            found += _KANA.get(kana, "")
    return found


def list_latin_spellings(word: str) -> list[str]:
    """The sounds of a Latin word in lower case; Japanese drops an r before a consonant, or not."""
    sound = word[:MAX_LETTERS]
    for pattern, spelling in _SPELLINGS:
        sound = re.sub(pattern, spelling, sound)
    return list(dict.fromkeys((sound, _SILENT_R.sub("", sound))))


def extract_consonants(sound: str) -> str:
    return re.sub("[aeiou]", "", sound)


def is_same_sound(one: str, other: str) -> bool:
    """Whether two spellings sound alike; their consonants are the same already."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= MIN_LIKENESS


def is_katakana_of(kana: str, latin: str) -> bool:
    """Whether a katakana word sounds like a Latin word in lower case."""
    sound = spell_katakana(kana)
    consonants = extract_consonants(sound)
    return len(consonants) >= MIN_CONSONANTS and any(
        extract_consonants(other) == consonants and is_same_sound(sound, other)
        for other in list_latin_spellings(latin)
    )
