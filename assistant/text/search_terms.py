"""Words of a text for exact search: whole words, and character bigrams where a script writes no spaces.

FTS5's trigram tokenizer cannot find two characters, which most Japanese words have. Here a run of kana,
kanji, Hangul or Thai becomes its overlapping pairs and its last character: 返品期限 is 返品 品期 期限 限. A
query is the same pairs in a row, so whatever stands in the text is found, from one character on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.text.terms import normalize_text

#: Longest text whose words are kept; a pasted book is found by its beginning.
MAX_TEXT_CHARACTERS = 20_000
#: Longer words, such as pasted keys, are cut.
MAX_WORD_CHARACTERS = 40
#: Words and pairs of a query that are looked for.
MAX_QUERY_PHRASES = 8
#: A shorter word at the end of a query is not taken for the beginning of a longer one.
MIN_PREFIX_CHARACTERS = 3

#: Thai, kana, kanji, Hangul.
_UNSPACED = (
    "\u0e00-\u0e7f\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_RUNS = re.compile(rf"(?P<pairs>[{_UNSPACED}]+)|[^\W_{_UNSPACED}]+")


@dataclass(frozen=True, slots=True)
class SearchPhrase:
    """Terms that stand in a row; of the last one only the beginning where *is_prefix*."""

    terms: tuple[str, ...]
    is_prefix: bool = False

    def is_in(self, terms: str) -> bool:
        """Whether the phrase is in what `extract_search_terms` made of a text."""
        end = "" if self.is_prefix else " "
        return f" {' '.join(self.terms)}{end}" in f" {terms} "


def extract_search_terms(text: str) -> str:
    """The terms of *text* in order, with spaces between them."""
    folded = normalize_text(text[:MAX_TEXT_CHARACTERS])
    return " ".join(term for run in _RUNS.finditer(folded) for term in _list_terms(run, is_last=False))


def parse_search_query(query: str) -> tuple[SearchPhrase, ...]:
    """What must all be in a text; what has no space inside must be in a row."""
    found = (_parse_phrase(part) for part in normalize_text(query).split())
    return tuple(phrase for phrase in found if phrase)[:MAX_QUERY_PHRASES]


def extract_excerpt(text: str, query: str, characters: int) -> str:
    """So many characters of *text*, in one line, around the first word of *query* that stands in it."""
    text = " ".join(text.split())
    folded = normalize_text(text)
    places = (folded.find(part) for part in normalize_text(query).split())
    place = next((place for place in places if place >= 0), 0)
    start = max(0, min(place - characters // 4, len(text) - characters))
    return f"{'…' if start else ''}{text[start : start + characters]}"


def _parse_phrase(part: str) -> SearchPhrase | None:
    runs = list(_RUNS.finditer(part))
    terms = tuple(
        term for at, run in enumerate(runs) for term in _list_terms(run, is_last=at + 1 == len(runs))
    )
    if not terms:
        return None
    last = runs[-1]
    long_enough = len(terms[-1]) == 1 if last["pairs"] else len(terms[-1]) >= MIN_PREFIX_CHARACTERS
    return SearchPhrase(terms, is_prefix=long_enough)


def _list_terms(run: re.Match[str], *, is_last: bool) -> Iterator[str]:
    """The terms of a run; the last run of a query may end inside of a run of the text."""
    characters = run[0]
    if run["pairs"] is None:
        yield characters[:MAX_WORD_CHARACTERS]
        return
    yield from (characters[at : at + 2] for at in range(len(characters) - 1))
    if not is_last or len(characters) == 1:
        yield characters[-1]
