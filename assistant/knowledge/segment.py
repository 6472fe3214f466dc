"""Text to the words that keyword search compares: one spelling per word, Japanese cut, codes kept whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from threading import local

#: Characters of a question or a chunk that are looked at.
MAX_CHARACTERS = 32_768
#: Sudachi refuses more than 49,149 bytes; a character here is at most four.
PIECE = 12_000

_RUN = re.compile(
    r"(?P<code>[a-z]*\d[a-z\d]*(?:[-_./:][a-z\d]+)+"
    r"|[a-z]+(?:[-_./:][a-z\d]+)*[-_./:][a-z]*\d[a-z\d]*|[a-z]+\d[a-z\d]*)"
    r"|(?P<number>\d[\d,]*(?:\.\d+)?)"
    r"|(?P<japanese>[々〆ぁ-ゖァ-ヺー一-鿿㐀-䶿\U00020000-\U0003ffff]+)"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)?)"
)
_PART = re.compile(r"[a-z]+|\d+")
_KATAKANA_LONG = re.compile(r"(?<=[ァ-ヺ]{3})ー(?![ァ-ヺー])")
_ENGLISH_STOP = frozenset(
    """
    a an the and or but if of to in on at by for with from as is am are was were be been being do does did
    done can could would should will shall may might must have has had i me my we us our you your he she
    it its they them their this that these those there here what which who whom how when where why not no so
    than then too very just about into any some all s t re ll ve d m don doesn didn isn aren wasn won please
    """.split()  # noqa: SIM905
)
#: Parts of speech that carry meaning, and of those the ones that do not.
_CONTENT = frozenset({"名詞", "動詞", "形容詞", "形状詞", "副詞", "接頭辞", "接尾辞", "感動詞", "連体詞"})
_NOUNS = frozenset({"名詞", "接頭辞", "接尾辞"})
_JAPANESE_STOP = frozenset(
    """
    為る 有る 居る 成る 出来る 下さる 言う 事 物 時 場合 方 御 様 此れ 其れ 何 何時 何処 如何 どう 良い
    因る 於く 頂く 致す 貰う くれる 呉れる 教える 知る さん こう そう 此の 其の 又 等 所 訳 筈 為
    御座る 参る 得る 仕舞う 無い
    """.split()  # noqa: SIM905
)

Segment = Callable[[str], list[str]]


def terms(text: str) -> list[str]:
    """The words of *text*, in order; a compound also as one word, a code also by its parts."""
    folded = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).casefold()
    return [word for run in _RUN.finditer(folded) for word in _words(run)]


def _words(run: re.Match[str]) -> Iterator[str]:
    found = run.group()
    match run.lastgroup:
        case "code":
            yield found
            yield from (part for part in _PART.findall(found) if len(part) > 1)
        case "number":
            yield found.replace(",", "")
        case "japanese":
            for start in range(0, len(found), PIECE):
                yield from japanese_words()(found[start : start + PIECE])
        case _:
            if found not in _ENGLISH_STOP:
                yield stem(found)


def stem(word: str) -> str:
    """A light English stem: plurals and the commonest endings, never more."""
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
            return _without_double(base)
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def _without_double(base: str) -> str:
    if base[-1] == base[-2] and base[-1] not in "lsz":
        return base[:-1]
    return base.removesuffix("e")


@cache
def japanese_words() -> Segment:
    """How Japanese is cut here: Sudachi's words, or pairs of characters where Sudachi is not installed."""
    if find_spec("sudachipy") is None or find_spec("sudachidict_small") is None:
        return character_pairs
    return _sudachi()


def character_pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def _sudachi() -> Segment:
    from sudachipy import Dictionary, SplitMode, Tokenizer  # type: ignore[import-untyped]

    dictionary = Dictionary(dict="small")
    # A tokenizer serves one thread at a time.
    threads = local()

    def tokenizer() -> Tokenizer:
        if not hasattr(threads, "tokenizer"):
            threads.tokenizer = dictionary.tokenizer(mode=SplitMode.A, fields={"normalized_form", "pos"})
        made: Tokenizer = threads.tokenizer
        return made

    def words(run: str) -> list[str]:
        found: list[str] = []
        compound: list[str] = []
        for morpheme in tokenizer().tokenize(run):
            kind = morpheme.part_of_speech()[0]
            if kind not in _NOUNS:
                found += _joined(compound)
                compound = []
            if kind not in _CONTENT:
                continue
            word = _KATAKANA_LONG.sub("", morpheme.normalized_form().casefold())
            if kind in _NOUNS and word != "御":
                compound.append(word)
            if word not in _JAPANESE_STOP:
                found.append(word)
        return found + _joined(compound)

    return words


def _joined(nouns: list[str]) -> list[str]:
    """Neighbouring nouns as one word, which is rarer and says more than its parts."""
    return ["".join(nouns)] if 2 <= len(nouns) <= 4 else []
