"""Tokenizes text for lexical search: normalized words, Japanese segmented, codes kept whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from assistant.domain.unicode_forms import fold_compatibility
from assistant.text.characters import JAPANESE_LETTER, contains_japanese
from assistant.text.morphemes import has_tokenizer, split_morphemes

#: Characters of a question or a chunk that are read.
MAX_CHARACTERS = 32_768
#: Sudachi refuses more than 49,149 bytes; a character has at most four here.
PIECE = 12_000

_RUN = re.compile(
    r"(?P<code>[a-z]*\d[a-z\d]*(?:[-_./:][a-z\d]+)+"
    r"|[a-z]+(?:[-_./:][a-z\d]+){0,16}[-_./:][a-z]*\d[a-z\d]*|[a-z]+\d[a-z\d]*|\d+[a-z]+\d[a-z\d]*)"
    r"|(?P<number>\d[\d,]*(?:\.\d+)?)"
    rf"|(?P<word>(?:(?![{JAPANESE_LETTER}])[^\W\d_])+(?:'[^\W\d_]+)?)"
)
_JAPANESE = re.compile(f"[{JAPANESE_LETTER}]+")
_PART = re.compile(r"[a-z]+|\d+")
_KATAKANA_LONG = re.compile(r"(?<=[ァ-ヺ]{3})ー(?![ァ-ヺー])")
#: Parts of speech of content words.
_CONTENT = frozenset(
    {"名詞", "代名詞", "動詞", "形容詞", "形状詞", "副詞", "接頭辞", "接尾辞", "感動詞", "連体詞"}
)
_NOUNS = frozenset({"名詞", "接頭辞", "接尾辞"})
#: The prefixes お and ご, as Sudachi writes them.
HONORIFIC = "御"
Segment = Callable[[str], list[str]]


def tokenize_text(text: str) -> list[str]:
    """The terms of *text*; a compound is also one term, a code also its parts."""
    cut = text[:MAX_CHARACTERS].encode("utf-8", "ignore").decode()
    folded = fold_compatibility(cut).casefold()
    found = [word for run in _RUN.finditer(folded) for word in _expand_match(run)]
    if contains_japanese(folded):
        # Not split before: words are segmented by context, numbers and commas included.
        for start in range(0, len(folded), PIECE):
            found += get_japanese_tokenizer()(folded[start : start + PIECE])
    return found


def _expand_match(run: re.Match[str]) -> Iterator[str]:
    found = run.group()
    match run.lastgroup:
        case "code":
            yield found
            yield from (part for part in _PART.findall(found) if len(part) > 1)
        case "number":
            yield found.replace(",", "")
        case _:
            yield stem_word(found)


def stem_word(word: str) -> str:
    """A light English stemmer: plurals and the commonest endings only."""
    word = word.removesuffix("'s").replace("'", "")
    if not word.isascii() or len(word) <= 3:
        return word
    if word.endswith("ies") and len(word) > 4:
        word = f"{word[:-3]}y"
    elif word.endswith(("sses", "shes", "ches", "xes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        base = word.removesuffix(ending)
        if base != word and len(base) >= 3 and re.search("[aeiouy]", base):
            return _strip_double_consonant(base)
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def _strip_double_consonant(base: str) -> str:
    if base[-1] == base[-2] and (base[-1] not in "lsz" or (base[-1] == "l" and len(base) > 5)):
        return base[:-1]
    return base.removesuffix("e")


@cache
def get_japanese_tokenizer() -> Segment:
    """Segments Japanese: Sudachi's words, or character bigrams where Sudachi is not installed."""
    return _split_words if has_tokenizer() else split_bigrams


def split_bigrams(text: str) -> list[str]:
    runs = _JAPANESE.findall(text)
    return [pair for run in runs for pair in ([run[i : i + 2] for i in range(len(run) - 1)] or [run])]


def _split_words(text: str) -> list[str]:
    """Content words, and adjacent nouns also as one term."""
    found: list[str] = []
    compound: list[str] = []
    for morpheme in split_morphemes(text):
        kind = morpheme.part_of_speech()[0]
        japanese = contains_japanese(morpheme.surface())
        if kind not in _NOUNS or not japanese:
            found += _join_nouns(compound)
            compound = []
        if not japanese or kind not in _CONTENT:
            continue
        word = _KATAKANA_LONG.sub("", morpheme.normalized_form().casefold())
        found.append(word)
        if kind in _NOUNS and word != HONORIFIC:
            compound.append(word)
    return found + _join_nouns(compound)


def _join_nouns(nouns: list[str]) -> list[str]:
    """Adjacent nouns as one term, which is rarer and more specific than its parts."""
    return ["".join(nouns)] if 2 <= len(nouns) <= 4 else []
