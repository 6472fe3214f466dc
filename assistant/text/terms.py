"""Content terms of Japanese and English text, for measuring the overlap of two texts."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import log

from assistant.domain.unicode_forms import fold_compatibility

_WORD = re.compile(r"[一-鿿々〆]+|[ァ-ヿー]+|[a-z0-9][a-z0-9'’._-]*[a-z0-9]|[a-z0-9]")
_EMPTY = """
a an the is are was were be been am do does did done have has had can could will would shall should
may might must i me my mine you your yours he she it its we our us they them their this that these
those there here of in on at to for from by with about into over under as if or and but not no so
than then when where which who whom what why how many much long get got any some please tell want
would like need know there's i'm i've it's don't doesn't isn't can't
方法 場合 教 知 何 私 時 事 件 際"""
STOP = frozenset(_EMPTY.split())


@lru_cache(maxsize=8192)
def extract_terms(text: str) -> frozenset[str]:
    """Stemmed words; for kanji, character bigrams, which find 期限 in 返品期限."""
    return frozenset(
        stem for word in _WORD.findall(normalize_text(text)) for stem in _list_stems(word) if stem not in STOP
    )


def normalize_text(text: str) -> str:
    """The normalized form in which texts are compared; never shown."""
    return fold_compatibility(text).lower().replace("’", "'")


def _list_stems(word: str) -> Iterable[str]:
    if "一" <= word[0] <= "鿿" or word[0] in "々〆":
        return [word] if len(word) <= 2 else [word[i : i + 2] for i in range(len(word) - 1)]
    if word in STOP or word[0] >= "ァ":
        return [word]
    return [stem_english_word(word.removesuffix("'s"))]


def stem_english_word(word: str) -> str:
    """A stem for comparing; `segmentation.stem_word` groups one word in twenty otherwise.

    The weights of quotes and grounding were fitted on this one, search has stored the stems of that one.
    """
    for ending, replacement in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = re.sub(r"([bdgmnprt])\1$", r"\1", word[: -len(ending)] + replacement)
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def compute_rarity(texts: Iterable[frozenset[str]]) -> Mapping[str, float]:
    """Inverse document frequency of each term: log(1 + texts / texts with the term)."""
    every = list(texts)
    counts = Counter(term for text in every for term in text)
    return {term: log(1 + len(every) / count) for term, count in counts.items()}


def compute_overlap(wanted: frozenset[str], had: frozenset[str], weights: Mapping[str, float]) -> float:
    """0–1: weighted share of the wanted terms that are in *had*; terms that no text has do not count."""
    total = sum(weights.get(term, 0.0) for term in wanted)
    return sum(weights.get(term, 0.0) for term in wanted & had) / total if total else 0.0
