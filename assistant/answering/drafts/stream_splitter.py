"""Splits a token stream into whole sentences and list items with their citation numbers."""

import re
from dataclasses import dataclass

from assistant.text.sentences import split_sentences

_CITED = re.compile(r"\s{0,20}[\[［【(]\s*(\d{1,2}(?:\s*[,、，]\s*\d{1,2})*)\s*[\]］】)]")
_MARKERS_FIRST = re.compile(rf"^(?:{_CITED.pattern})+")
_MAY_BE_MARKER = re.compile(r"\s*(?:[\[［【(][\d\s,、，]*)?")
_LIST_MARK = re.compile(r"^\s*(?:\d{1,2}[.)]\s+|[-*]\s+|\d{1,2}．\s*|[・•●]\s*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPiece:
    """One sentence or list item of a draft."""

    #: Without citation numbers and list mark.
    text: str
    cited: tuple[int, ...]
    #: "1." or "-" of a list item, or "".
    mark: str
    #: Whether it begins a line.
    opens_line: bool


class StreamSplitter:
    """Takes text incrementally and returns pieces that are complete."""

    def __init__(self) -> None:
        self._rest = ""
        self._opens_line = True

    def feed_text(self, text: str) -> list[DraftPiece]:
        self._rest += text
        whole = _split_parts(self._rest)
        # The last part may continue; so may the one before it, while only a citation number has begun after
        # it.
        last = whole.pop() if whole else ""
        if whole and _MAY_BE_MARKER.fullmatch(last):
            last = whole.pop() + last
        self._rest = last
        return self._build_pieces(whole)

    def flush_rest(self) -> list[DraftPiece]:
        rest, self._rest = self._rest, ""
        return self._build_pieces(_split_parts(rest))

    def _build_pieces(self, parts: list[str]) -> list[DraftPiece]:
        found = []
        for part in parts:
            piece = _parse_piece(part, opens_line=self._opens_line)
            self._opens_line = part.endswith("\n")
            if piece:
                found.append(piece)
        return found


def _split_parts(text: str) -> list[str]:
    """Sentences with the space and the citation numbers after them; their concatenation is *text*."""
    found: list[str] = []
    for line in text.splitlines(keepends=True):
        at = 0
        for sentence in _split_line(line):
            words = _MARKERS_FIRST.sub("", sentence).strip()
            if not words:
                continue
            end = line.index(words, at) + len(words)
            if markers := _MARKERS_FIRST.match(line[end:]):
                end += markers.end()
            found.append(line[at:end])
            at = end
        if found and at < len(line):
            found[-1] += line[at:]
        elif at < len(line):
            found.append(line[at:])
    return found


def _split_line(line: str) -> list[str]:
    mark = _LIST_MARK.match(line)
    return split_sentences(line[mark.end() :] if mark else line)


def _parse_piece(part: str, *, opens_line: bool) -> DraftPiece | None:
    cited = tuple(int(n) for group in _CITED.findall(part) for n in re.findall(r"\d+", group))
    text = _CITED.sub("", part).strip()
    mark = _LIST_MARK.match(text) if opens_line else None
    words = (text[mark.end() :] if mark else text).strip().removeprefix("**").removesuffix("**")
    if not words:
        return None
    sign = (mark[0].strip() if mark else "").replace(")", ".").replace("．", ".")
    if sign and not sign[0].isdigit():
        sign = "-"
    return DraftPiece(text=words, cited=cited, mark=sign, opens_line=opens_line)
