"""The words of a sentence with their places and sorts, in Japanese and English: what a check compares."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from threading import local
from typing import TYPE_CHECKING

from assistant.text.terms import STOP, english_stem

if TYPE_CHECKING:
    from collections.abc import Callable

    from sudachipy import Morpheme  # type: ignore[import-untyped]

#: Sudachi refuses more than 49,149 bytes; no sentence is as long.
MAX_CHARACTERS = 4_000


class Sort(StrEnum):
    NAME = "name"
    NOUN = "noun"
    VERB = "verb"
    QUALITY = "quality"
    NUMBER = "number"
    #: Particles, articles, auxiliaries: they say little by themselves.
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class Word:
    start: int
    end: int
    sort: Sort
    #: One spelling for all its forms.
    form: str


_JAPANESE = re.compile(r"[ぁ-ゖァ-ヺ一-鿿]")
_WORD = re.compile(r"\w+")
_KANJI_DIGITS = str.maketrans("〇一二三四五六七八九", "0123456789")
_SORTS = {
    "名詞": Sort.NOUN,
    "代名詞": Sort.NOUN,
    "接尾辞": Sort.NOUN,
    "動詞": Sort.VERB,
    "形容詞": Sort.QUALITY,
    "形状詞": Sort.QUALITY,
    "副詞": Sort.QUALITY,
    "連体詞": Sort.QUALITY,
}


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[Word, ...]:
    """The words of *text* in order; punctuation is none."""
    text = text[:MAX_CHARACTERS].encode("utf-8", "replace").decode()
    if _JAPANESE.search(text):
        return tuple(_japanese(m) for m in _cut()(text) if m.part_of_speech()[0] not in ("補助記号", "空白"))
    return tuple(_latin(found, text) for found in _WORD.finditer(text))


def person_names(text: str) -> list[tuple[int, int, str]]:
    """Places of words that Japanese people are called, and whether each is a 姓 or a 名."""
    if not _JAPANESE.search(text):
        return []
    found = _cut()(text[:MAX_CHARACTERS].encode("utf-8", "replace").decode())
    return [(m.begin(), m.end(), m.part_of_speech()[3]) for m in found if m.part_of_speech()[2] == "人名"]


def _japanese(morpheme: Morpheme) -> Word:
    first, second, *_ = morpheme.part_of_speech()
    form = morpheme.normalized_form()
    if second == "数詞":
        form = unicodedata.normalize("NFKC", form).translate(_KANJI_DIGITS)
        return Word(morpheme.begin(), morpheme.end(), Sort.NUMBER, form)
    if second == "固有名詞":
        return Word(morpheme.begin(), morpheme.end(), Sort.NAME, form.lower())
    # できる, いる, くる after another verb.
    helps = first == "動詞" and second == "非自立可能"
    sort = Sort.FUNCTION if helps else _SORTS.get(first, Sort.FUNCTION)
    return Word(morpheme.begin(), morpheme.end(), sort, form.lower())


def _latin(found: re.Match[str], text: str) -> Word:
    word = found[0].lower()
    if word[0].isdigit():
        sort = Sort.NUMBER
    elif word in STOP or len(word) == 1:
        sort = Sort.FUNCTION
    elif found[0][0].isupper() and text[: found.start()].strip():
        sort = Sort.NAME
    else:
        sort = Sort.NOUN
    return Word(found.start(), found.end(), sort, english_stem(word))


@cache
def _cut() -> Callable[[str], list[Morpheme]]:
    from sudachipy import Dictionary, SplitMode

    dictionary = Dictionary(dict="small")
    # A tokenizer serves one thread at a time.
    threads = local()

    def cut(text: str) -> list[Morpheme]:
        if not hasattr(threads, "tokenizer"):
            threads.tokenizer = dictionary.tokenizer(mode=SplitMode.A, fields={"normalized_form", "pos"})
        return list(threads.tokenizer.tokenize(text))

    return cut
