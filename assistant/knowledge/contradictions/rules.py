"""Decides whether two sentences state different quantities of the same thing; precision before recall.

The language model's cosine finds candidates but cannot tell "standard" from "express" delivery (both .96).
Within one language the words decide: a word that occurs in only one of the two must be a filler word, not
another subject. Across languages, each must be the other's nearest neighbour among all statements of the same
kind of quantity.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.domain.knowledge import Passage
from assistant.text.quantities import Quantity, extract_quantities, mask_numbers
from assistant.text.quotable import extract_units
from assistant.text.segmentation import stem_word, tokenize_text

#: Minimum cosine of the two sentences with their numbers masked, under their titles.
MIN_COSINE = 0.94
MIN_COSINE_CROSS_LINGUAL = 0.87
#: Characters that join compounds and add no meaning: 商品到着後, 更新日前.
JOINTS = "御日後前毎"
#: Identifiers that name exactly one thing: telephone numbers, mail addresses, codes of models and plans.
NAMED = re.compile(
    r"\b0\d{1,4}-\d{1,4}-\d{3,4}\b|\+\d[\d -]{7,30}\d|[\w.+-]{1,64}@[\w-]+\.[\w.]+"
    r"|(?<![A-Za-z\d])[A-Z]{1,5}-?\d+(?![A-Za-z\d])"
)
#: Kinds of products that a help describes several of, and what says which one of them: the word before,
#: of bounded length, so that a long row of letters costs no more than its length.
PRODUCT = re.compile(
    r"\b(?P<which>[a-z][\w'-]{0,39}) "
    r"(?P<kind>card|account|plan|loan|bond|membership|insurance|edition|package)s?\b"
    r"|(?P<ja_which>[ァ-ヺー]{1,40}|[一-鿿]{1,40}|[a-z]{1,40})"
    r"(?P<ja_kind>カード|口座|プラン|コース|会員|ローン|預金|保険|パック|シリーズ|モデル)"
)
#: Words before a kind that do not tell one product from another.
_ANY_PRODUCT = """
a an the your our my this that each any every all one new same other of and or for per bank credit debit user
クレジット キャッシュ デビット 銀行 各 全 本 当 新規 月額 料金"""
ANY_PRODUCT = frozenset(_ANY_PRODUCT.split())
WORDS = Path(__file__).parent / "synonyms.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence, list item or table row with a quantity."""

    chunk: int
    article: str
    language: str
    #: Title and headings above it.
    heading: str
    #: Its text, a table row with its column names.
    text: str
    #: Its text as it stands in the article.
    quote: str

    @property
    def embedding_text(self) -> str:
        """The text to embed, with numbers masked: equal for statements that differ only in numbers."""
        return f"{self.heading}: {mask_numbers(self.text)}"


def list_statements(passage: Passage) -> list[Statement]:
    """What a passage states that another could contradict."""
    return [
        Statement(
            chunk=passage.chunk,
            article=passage.article,
            language=passage.language,
            heading=" > ".join((passage.title, *unit.headings)),
            text=unit.format_text(),
            quote=unit.text,
        )
        for unit in extract_units(passage, 0)
        if has_quantities(unit.format_text())
    ]


def has_quantities(text: str) -> bool:
    """Whether it holds any quantity that another text could contradict."""
    return bool(extract_quantities(text))


def find_difference(one: Statement, other: Statement) -> tuple[Quantity, Quantity] | None:
    """The one quantity in which two statements differ; None where they agree or cannot be compared."""
    if _have_different_identifiers(one, other):
        return None
    mine, theirs = extract_quantities(one.text), extract_quantities(other.text)
    for measure in sorted({q.measure for q in mine} & {q.measure for q in theirs}):
        here = {q for q in mine if q.measure == measure}
        there = {q for q in theirs if q.measure == measure}
        shared = {q for q in here if any(_are_compatible(q, o) for o in there)}
        left = [q for q in here if q not in shared]
        right = [q for q in there if not any(_are_compatible(q, o) for o in here)]
        if len(left) == len(right) == 1 and _are_comparable(left[0], right[0]):
            return left[0], right[0]
    return None


def _have_different_identifiers(one: Statement, other: Statement) -> bool:
    """Whether both contain identifiers, and none of them in common."""
    here, there = (
        set(NAMED.findall(unicodedata.normalize("NFKC", f"{side.heading} {side.text}")))
        for side in (one, other)
    )
    return bool(here and there) and not here & there


def are_about_same_thing(one: Statement, other: Statement) -> bool:
    """Whether neither of two statements in one language has a subject that the other lacks."""
    if _name_different_products(one, other):
        return False
    if _find_extra_words(one.text, other) or _find_extra_words(other.text, one):
        return False
    # Two campaigns, two accounts: each title has words that never occur on the other page. A sentence that
    # both pages share word for word is then about two different things.
    return not (_find_extra_words(one.heading, other) and _find_extra_words(other.heading, one))


def _name_different_products(one: Statement, other: Statement) -> bool:
    """Whether both speak of a kind of product, and one of them names another one of it, or none."""
    here, there = _extract_products(one), _extract_products(other)
    return any(here[kind] != there[kind] and not here[kind] & there[kind] for kind in here.keys() & there)


def _extract_products(side: Statement) -> dict[str, set[str]]:
    """Kind of product -> the names of those that a statement and its headings speak of."""
    found: dict[str, set[str]] = {}
    text = unicodedata.normalize("NFKC", f"{side.heading}\n{side.text}").casefold()
    for match in PRODUCT.finditer(text):
        which, kind = match["which"] or match["ja_which"], match["kind"] or match["ja_kind"]
        found.setdefault(kind, set()).update({which} - ANY_PRODUCT)
    return found


def _find_extra_words(said: str, other: Statement) -> list[str]:
    """Content words of *said* that *other* lacks, normalized by the synonym table."""
    there = _extract_meanings(f"{other.heading} {other.text}")
    known = [word for word in there if len(word) > 1]
    return [
        word
        for word in sorted(_extract_meanings(said) - there)
        if not any(word in long or (long in word and len(long) * 2 >= len(word)) for long in known)
        and not _is_known_compound(word, there)
    ]


def _is_known_compound(word: str, there: frozenset[str]) -> bool:
    """Whether all parts of a compound are known words."""
    rest = word
    for part in sorted((*there, *_load_filler_words()), key=len, reverse=True):
        rest = rest.replace(part, "") if len(part) > 1 or part in JOINTS else rest
    return not re.sub(f"[ぁ-ん{JOINTS}]", "", rest)


@cache
def _load_synonyms() -> dict[str, str]:
    """Word -> the first word of its line in synonyms.txt."""
    lines = [list(map(stem_word, line.split()[1:])) for line in _load_lines() if line.startswith("=")]
    return {word: found[0] for found in lines for word in found}


@cache
def _load_filler_words() -> frozenset[str]:
    """Words that do not change the subject of a sentence."""
    return frozenset(
        stem_word(word) for line in _load_lines() if not line.startswith("=") for word in line.split()
    )


def _load_lines() -> list[str]:
    lines = WORDS.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@cache
def _extract_meanings(text: str) -> frozenset[str]:
    words = (word for word in tokenize_text(mask_numbers(text)) if not re.fullmatch(r"[#\d.,]+", word))
    return frozenset(_load_synonyms().get(word, word) for word in words if word not in _load_filler_words())


def _are_compatible(one: Quantity, other: Quantity) -> bool:
    """Whether both quantities can be true: their ranges overlap."""
    return one.measure == other.measure and one.low <= other.high and other.low <= one.high


def _are_comparable(one: Quantity, other: Quantity) -> bool:
    return one.end == other.end or not one.end or not other.end
