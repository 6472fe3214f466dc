"""Part-of-speech tagging of Japanese and English sentences, for the grounding check and PII."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.text.characters import contains_japanese
from assistant.text.morphemes import split_morphemes
from assistant.text.terms import STOP, stem_english_word

if TYPE_CHECKING:
    from sudachipy import Morpheme  # type: ignore[import-untyped]

#: Sudachi refuses more than 49,149 bytes; no sentence is as long.
MAX_CHARACTERS = 4_000


class PartOfSpeech(StrEnum):
    NAME = "name"
    NOUN = "noun"
    VERB = "verb"
    QUALITY = "quality"
    NUMBER = "number"
    #: Function words: particles, articles, auxiliaries.
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class Word:
    start: int
    end: int
    part_of_speech: PartOfSpeech
    #: The lemma.
    form: str


_WORD = re.compile(r"\w+")
_KANJI_DIGITS = str.maketrans("〇一二三四五六七八九", "0123456789")
_SORTS = {
    "名詞": PartOfSpeech.NOUN,
    "代名詞": PartOfSpeech.NOUN,
    "接尾辞": PartOfSpeech.NOUN,
    "動詞": PartOfSpeech.VERB,
    "形容詞": PartOfSpeech.QUALITY,
    "形状詞": PartOfSpeech.QUALITY,
    "副詞": PartOfSpeech.QUALITY,
    "連体詞": PartOfSpeech.QUALITY,
}


@lru_cache(maxsize=8192)
def tag_words(text: str) -> tuple[Word, ...]:
    """The words of *text* in order, without punctuation."""
    text = text[:MAX_CHARACTERS].encode("utf-8", "replace").decode()
    if contains_japanese(text):
        return tuple(
            _tag_japanese(m)
            for m in split_morphemes(text)
            if m.part_of_speech()[0] not in ("補助記号", "空白")
        )
    return tuple(_tag_latin(found, text) for found in _WORD.finditer(text))


def find_person_names(text: str) -> list[tuple[int, int, str]]:
    """Spans of Japanese person names, and whether each is a family (姓) or a given name (名)."""
    if not contains_japanese(text):
        return []
    found = split_morphemes(text[:MAX_CHARACTERS].encode("utf-8", "replace").decode())
    return [(m.begin(), m.end(), m.part_of_speech()[3]) for m in found if m.part_of_speech()[2] == "人名"]


def _tag_japanese(morpheme: Morpheme) -> Word:
    first, second, *_ = morpheme.part_of_speech()
    form = morpheme.normalized_form()
    if second == "数詞":
        form = unicodedata.normalize("NFKC", form).translate(_KANJI_DIGITS)
        return Word(morpheme.begin(), morpheme.end(), PartOfSpeech.NUMBER, form)
    if second == "固有名詞":
        return Word(morpheme.begin(), morpheme.end(), PartOfSpeech.NAME, form.lower())
    # Auxiliaries after another verb: できる, いる, くる.
    helps = first == "動詞" and second == "非自立可能"
    sort = PartOfSpeech.FUNCTION if helps else _SORTS.get(first, PartOfSpeech.FUNCTION)
    return Word(morpheme.begin(), morpheme.end(), sort, form.lower())


def _tag_latin(found: re.Match[str], text: str) -> Word:
    word = found[0].lower()
    if word[0].isdigit():
        sort = PartOfSpeech.NUMBER
    elif word in STOP or len(word) == 1:
        sort = PartOfSpeech.FUNCTION
    elif found[0][0].isupper() and text[: found.start()].strip():
        sort = PartOfSpeech.NAME
    else:
        sort = PartOfSpeech.NOUN
    return Word(found.start(), found.end(), sort, stem_english_word(word))
