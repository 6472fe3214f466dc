"""Markdown to its top-level blocks: headings, paragraphs, tables, lists, code, as source lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

KINDS = {
    "heading_open": "heading",
    "table_open": "table",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "fence": "code",
    "code_block": "code",
}
#: Longest heading, in characters; a longer one is a paragraph formatted as a heading.
MAX_HEADING_CHARACTERS = 200
#: Block rules only: inline parsing would double the time.
PARSER = MarkdownIt("commonmark").enable("table").disable(["inline", "text_join"])


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkdownBlock:
    """A block of Markdown as its author wrote it."""

    kind: str
    text: str
    #: Level and text of a heading.
    level: int = 0
    title: str = ""


def split_blocks(text: str) -> list[MarkdownBlock]:
    """The blocks of a text; every line that is not blank is in exactly one block."""
    lines = text.split("\n")
    found: list[MarkdownBlock] = []
    done = 0
    for token, following in _select_top_level(PARSER.parse(text)):
        first, last = token.map or (done, done)
        found += _build_stray_paragraph(lines[done:first])
        # A block's line map may include the blank lines after it.
        found += _build_blocks(token, following, lines[max(first, done) : last])
        done = max(done, last)
    return found + _build_stray_paragraph(lines[done:])


def _select_top_level(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token | None]]:
    for position, token in enumerate(tokens):
        if token.level == 0 and token.map and token.nesting >= 0:
            yield token, tokens[position + 1] if position + 1 < len(tokens) else None


def _build_blocks(token: Token, following: Token | None, lines: Sequence[str]) -> list[MarkdownBlock]:
    text = "\n".join(lines).strip("\n")
    if not text.strip() or token.type == "hr":
        return []
    title = (
        _strip_heading_marks(following.content)
        if token.type == "heading_open" and following is not None
        else ""
    )
    if 0 < len(title) <= MAX_HEADING_CHARACTERS:
        return [MarkdownBlock(kind="heading", text=text, level=int(token.tag[1]), title=title)]
    kind = KINDS.get(token.type, "paragraph")
    return [MarkdownBlock(kind="paragraph" if kind == "heading" else kind, text=text)]


def _strip_heading_marks(heading: str) -> str:
    """The plain text of a heading; links become their text."""
    linked = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return " ".join(re.sub(r"[*`]+", "", linked).split()) or " ".join(heading.split())


def _build_stray_paragraph(lines: Sequence[str]) -> list[MarkdownBlock]:
    """Lines that the parser drops, such as link definitions, as a paragraph."""
    text = "\n".join(lines).strip("\n")
    return [MarkdownBlock(kind="paragraph", text=text)] if text.strip() else []
