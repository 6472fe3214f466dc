"""Sentence boundaries in Japanese and English."""

import re
from collections.abc import Iterator

from assistant.text.characters import JAPANESE_LETTER, contains_japanese

_PAIRS = {
    "「": "」",
    "『": "』",
    "（": "）",
    "(": ")",
    "［": "］",
    "【": "】",
    "〈": "〉",
    "《": "》",
    "“": "”",
}
_CLOSERS = "」』）)］】〉》”\"'’"
_FULL_STOPS = "。．！？!?"
#: Abbreviations that never end a sentence.
_NEVER_LAST = """e.g i.e mr mrs ms dr prof st no nos vs approx fig sec ch vol ver est dept tel ext cf al
jan feb mar apr jun jul aug sep sept oct nov dec"""
_ABBREVIATIONS = frozenset(_NEVER_LAST.split())
#: Abbreviations that end a sentence only before a capital letter.
_PERHAPS = frozenset({"etc", "inc", "ltd", "co", "corp", "a.m", "p.m", "u.s", "u.k", "e.u"})
_LAST_WORD = re.compile(r"([A-Za-z][A-Za-z.]*)\.$")
_NEXT = re.compile(r"\S")
#: Characters before a full stop that decide whether it ends a sentence.
MAX_CHARACTERS_BEFORE = 64
_JAPANESE_LETTER = re.compile(f"[{JAPANESE_LETTER}ｰﾞﾟ]")
_PICTURE = re.compile(r"!\[(?!\d)")


def split_sentences(text: str) -> list[str]:
    """The sentences of *text* in order; brackets, decimals, addresses and abbreviations are not split."""
    sheltered = _find_sheltered_positions(text)
    found, start = [], 0
    for end in _find_sentence_ends(text, sheltered):
        if end > start:
            found.append(text[start:end].strip())
            start = end
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


def _find_sheltered_positions(text: str) -> set[int]:
    """Positions inside matched brackets, where no sentence ends."""
    outermost: list[tuple[int, int]] = []
    open_at: list[tuple[int, str]] = []
    for position, char in enumerate(text):
        if char in _PAIRS:
            open_at.append((position, _PAIRS[char]))
        elif open_at and char == open_at[-1][1]:
            start = open_at.pop()[0]
            while outermost and outermost[-1][0] > start:
                outermost.pop()
            outermost.append((start, position + 1))
    return {position for start, end in outermost for position in range(start, end)}


def _find_sentence_ends(text: str, sheltered: set[int]) -> Iterator[int]:
    end = 0  # already measured as part of a run of marks such as "!?」"
    for position, char in enumerate(text):
        if position in sheltered:
            continue
        if char == "\n":
            yield position + 1
        elif char in _FULL_STOPS or char == ".":
            end = end if position < end else _skip_closers(text, position + 1)
            if _is_sentence_end(text, position, end):
                yield end


def _skip_closers(text: str, position: int) -> int:
    while position < len(text) and (text[position] in _FULL_STOPS or _is_closer(text, position)):
        position += 1
    return position


def _is_closer(text: str, position: int) -> bool:
    """Whether a straight quote closes: an odd number of them is before it."""
    char = text[position]
    return char in _CLOSERS and (char not in "\"'" or text.count(char, 0, position) % 2 == 1)


def _is_sentence_end(text: str, position: int, end: int) -> bool:
    char, following = text[position], text[end : end + 1]
    if char in "。！？":
        # 「…。」 and quotes inside a sentence that continues.
        return not (
            end > position + 1 and text[end - 1] in _CLOSERS and re.match(r"[とをがはにでもの]", following)
        )
    if char == "．":
        return not following.isdigit()
    if following and not following.isspace():
        # Without a space a Latin mark ends a sentence only after Japanese, and not before a Markdown image:
        # not in Yahoo!ショッピング.
        after_japanese = _JAPANESE_LETTER.match(text[position - 1 : position])
        return char in "!?" and bool(after_japanese) and not _PICTURE.match(text, position)
    return char in "!?" or _is_full_stop_end(
        text[max(position - MAX_CHARACTERS_BEFORE, 0) : position + 1], _NEXT.search(text, end)
    )


def _is_full_stop_end(before: str, following: re.Match[str] | None) -> bool:
    after = following[0] if following else ""
    if re.search(r"(^|\s)\d{1,2}\.$", before):  # the number of a list item
        return not after or (bool(re.search(r"\S\s+\d{1,2}\.$", before)) and after[:1].isupper())
    word = _LAST_WORD.search(before)
    name = word.group(1).lower() if word else ""
    if name in _ABBREVIATIONS or len(name) == 1:
        return not after
    if name in _PERHAPS:
        return not after or after[:1].isupper() or contains_japanese(after[:1])
    return True
