"""Splits a passage's Markdown into quotable units: whole sentences, list items, table rows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from html import unescape
from itertools import zip_longest

from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.domain.knowledge import Passage
from assistant.domain.markdown import LITERAL_MARK
from assistant.text.characters import strip_invisible
from assistant.text.sentences import split_sentences


class UnitKind(StrEnum):
    SENTENCE = "sentence"
    STEP = "step"  # of a numbered list
    ITEM = "item"  # of a bulleted list
    ROW = "row"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A quotable part of a passage, without Markdown around it."""

    text: str
    kind: UnitKind
    #: Rank of its passage in the search results, from 0.
    passage: int
    #: Index of its paragraph, list or table, and its position within the passage.
    block: int
    place: int
    #: Headings above it, outermost first, without the title.
    headings: tuple[str, ...]
    #: Depth in a nested list, from 0, and its list mark ("2.", "-").
    depth: int = 0
    marker: str = "-"
    #: Of a table row.
    header: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()

    #: It announces the list, table or code that follows, and says nothing without it.
    leads_in: bool = False

    def format_text(self, separator: str = ", ") -> str:
        """What it says; of a table row, every cell that is not empty with its column's name."""
        return separator.join(self.list_named_cells()) if self.kind is UnitKind.ROW else self.text

    def list_named_cells(self, joint: str = ": ", *, keep_empty: bool = False) -> list[str]:
        """The cells of a table row, each after its column's name; the empty ones only if they are kept."""
        named = zip(self.header, self.cells, strict=False)
        return [f"{name}{joint}{cell}" if name else cell for name, cell in named if cell or keep_empty]


_LEADS_IN = re.compile(r"[:：]$|次の|以下|下記|下表|following|as follows|below|these\b", re.IGNORECASE)
_HEADING = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1>", re.DOTALL | re.IGNORECASE)
#: Blog and wiki markup that is not text: [:contents], [f:id:name:2026p:plain], {{macro}}, footnote marks.
_FOREIGN = re.compile(r"\[:[a-z]+[^\]]*\]|\[[a-z]+:[^\]\s]*\]|\{\{[^}]*\}\}|\[\^[^\]]+\]")
_TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*>", re.DOTALL)
_CJK = "぀-ヿ㐀-鿿！-･"
_SPLIT_LINE = re.compile(rf"(?<=[{_CJK}])\n(?=[{_CJK}])")
#: Where literal words were put aside.
_LITERAL = re.compile("\x01(\\d+)\x02")
_LITERAL_CONTROLS = re.compile("[\x01\x02]")


def extract_units(passage: Passage, rank: int) -> list[Unit]:
    """The quotable units of *passage*, in order."""
    return list(_assign_rank(passage.text, passage.headings, rank))


@lru_cache(maxsize=1024)
def _assign_rank(text: str, headings: tuple[str, ...], rank: int) -> tuple[Unit, ...]:
    return tuple(replace(unit, passage=rank) for unit in _parse_units(text, headings))


@lru_cache(maxsize=512)
def _parse_units(text: str, headings: tuple[str, ...]) -> tuple[Unit, ...]:
    reader = _UnitParser(headings=headings)
    # Without joining, what was escaped stays apart from what was not.
    parser = MarkdownIt("commonmark").enable("table").disable("text_join")
    reader.parse_tokens(parser.parse(_LITERAL_CONTROLS.sub("", strip_invisible(text))))
    return tuple(_mark_lead_ins(reader.found))


def _mark_lead_ins(found: Sequence[Unit]) -> Iterator[Unit]:
    for unit, following in zip_longest(found, found[1:]):
        announces = unit.kind in (UnitKind.SENTENCE, UnitKind.STEP) and bool(_LEADS_IN.search(unit.text))
        answered = (
            following
            and following.kind not in (UnitKind.SENTENCE, unit.kind)
            and following.headings == unit.headings
        )
        yield replace(unit, leads_in=bool(announces and (answered or unit.text[-1] in ":：")))


@dataclass(slots=True, kw_only=True)
class _UnitParser:
    """Walks the Markdown tokens once and builds units."""

    headings: tuple[str, ...]
    found: list[Unit] = field(default_factory=list)
    block: int = 0
    #: Open lists, outermost first: the number of the next item, or None for bullets.
    lists: list[bool] = field(default_factory=list)
    marker: str = "-"
    #: Heading level -> text, of headings inside the passage.
    inner: dict[int, str] = field(default_factory=dict)
    header: tuple[str, ...] = ()
    cells: list[str] = field(default_factory=list)

    def parse_tokens(self, tokens: Sequence[Token]) -> None:
        for position, token in enumerate(tokens):
            if token.type == "inline":
                self._handle_inline(tokens[position - 1], render_inline(token.children or ()))
            elif token.type in ("fence", "code_block"):
                self.block += not self.lists
                self._add_unit(token.content.rstrip("\n"), UnitKind.CODE)
            elif token.type == "html_block":
                self._handle_html(token.content)
            else:
                self._handle_structure(token)

    def _handle_structure(self, token: Token) -> None:
        if token.type.endswith("_list_open"):
            self.block += not self.lists
            self.lists.append(token.type == "ordered_list_open")
        elif token.type.endswith("_list_close"):
            self.lists.pop()
        elif token.type == "list_item_open":
            self.marker = f"{token.info}." if self.lists[-1] else "-"
        elif token.type == "table_open":
            self.block, self.header = self.block + 1, ()
        elif token.type == "tr_open":
            self.cells = []
        elif token.type == "tr_close":
            self._add_row()

    def _handle_inline(self, opener: Token, text: str) -> None:
        if opener.type == "heading_open":
            self._handle_heading(int(opener.tag[1]), text)
        elif opener.type in ("th_open", "td_open"):
            self.cells.append(text.replace("\n", " "))
        elif self.lists:
            self._add_item(text)
        else:
            self._add_paragraph(text)

    def _handle_heading(self, level: int, text: str) -> None:
        self.inner = {rank: words for rank, words in self.inner.items() if rank < level} | {level: text}
        self.block += 1

    def _handle_html(self, source: str) -> None:
        if heading := _HEADING.search(source):
            self._handle_heading(int(heading[1]), unescape(strip_markup(heading[2])))
        self._add_paragraph(unescape(strip_markup(_HEADING.sub("", source))))

    def _add_row(self) -> None:
        cells = tuple(self.cells)
        if not self.header:
            self.header = cells
        elif any(cells):
            self._add_unit(" | ".join(cells), UnitKind.ROW, header=self.header, cells=cells)

    def _add_item(self, text: str) -> None:
        if text:
            kind = UnitKind.STEP if self.lists[-1] else UnitKind.ITEM
            self._add_unit(text.replace("\n", " "), kind, depth=len(self.lists) - 1, marker=self.marker)

    def _add_paragraph(self, text: str) -> None:
        self.block += 1
        for sentence in split_sentences(text):
            self._add_unit(sentence, UnitKind.SENTENCE)

    def _add_unit(self, text: str, kind: UnitKind, **more: object) -> None:
        if not text or (kind is not UnitKind.CODE and not re.search(r"\w", text)):
            return
        headings = self.headings + tuple(h for h in self.inner.values() if h not in self.headings)
        place = len(self.found)
        unit = Unit(text=text, kind=kind, passage=0, block=self.block, place=place, headings=headings)
        self.found.append(replace(unit, **more))  # type: ignore[arg-type]


def render_inline(children: Sequence[Token]) -> str:
    """Inline Markdown as a reader sees it; code keeps its backticks, images are dropped.

    Text that its author escaped or wrote as code keeps all its characters.
    """
    literal: list[str] = []
    words = strip_markup("".join(_render_inline_tokens(children, literal)))
    return _LITERAL.sub(lambda found: literal[int(found[1])], words)


def _render_inline_tokens(children: Sequence[Token], literal: list[str]) -> Iterator[str]:
    """The words; what is *literal* is put aside, and its place is marked."""
    for token in children:
        if token.type in ("code_inline", "text_special"):
            words = token.content.replace("`", f"{LITERAL_MARK}`")
            literal.append(f"`{words}`" if token.type == "code_inline" else words)
            yield f"\x01{len(literal) - 1}\x02"
        elif token.type == "hardbreak":
            yield "\x00"
        elif token.type == "softbreak":
            yield "\n"
        elif token.type == "html_inline":
            yield "\x00" if token.content.lower().startswith("<br") else ""
        elif token.type == "text":
            yield token.content.replace("`", f"{LITERAL_MARK}`")


def strip_markup(text: str) -> str:
    """Without tags and foreign markup; source line wraps are joined, hard breaks stay."""
    text = _FOREIGN.sub("", _TAG.sub("", text))
    text = _SPLIT_LINE.sub("", text).replace("\n", " ")
    return re.sub(r"[ \t\u3000]+", " ", text.replace("\x00", "\n")).strip()
