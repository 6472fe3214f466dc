"""Formats messages for an app: plain text or its own bold, links, buttons, and parts that fit."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import grapheme  # type: ignore[import-untyped]
from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.conversation.templates import render_template
from assistant.conversation.turn.reply import build_person_button
from assistant.domain.channels import MessagePart, OutboundMessage
from assistant.domain.messages import NOTICE_KINDS, Author, Button, Citation, Message
from assistant.domain.signed_links import SURVEY_LINK, sign_link
from assistant.domain.surveys import EXPIRES_AFTER

Measure = Callable[[str], int]


def count_characters(text: str) -> int:
    return len(text)


def count_utf8_bytes(text: str) -> int:
    return len(text.encode())


def count_utf16_units(text: str) -> int:
    """Length in UTF-16 units, as several apps count: an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLimits:
    """What an app can display; one value per channel."""

    #: Longest text, in units of *measure*.
    max_length: int
    measure: Measure = count_characters
    #: Texts per API call.
    texts: int = 1
    #: Marks before and after bold words; none: plain text.
    bold: str = ""
    #: Most buttons, and the longest label in characters; without buttons choices are numbered.
    buttons: int = 0
    label: int = 20
    #: Most parts of a message; what does not fit is replaced by a link to the article. None: no limit.
    parts: int | None = None


def render_parts(outbound: OutboundMessage, limits: TextLimits) -> list[MessagePart]:
    """The message in as many parts as the limits require; choices come with the last one."""
    message = outbound.message
    language = message.language or "en"
    text = _append_links(render_plain_text(message.text, limits.bold), message.citations)
    if outbound.introduces and message.kind not in NOTICE_KINDS:
        text = f"{render_template('disclosure', language)}\n\n{text}"
    choices = get_choices(message)
    if _is_scale(choices) and len(choices) > limits.buttons:
        choices = ()  # a scale without one of its ends asks something else: the number is typed
    if not limits.buttons and choices:
        text = f"{text}\n\n{_format_numbered_choices(choices, language)}"
    pieces = split_text(text, limits.max_length, limits.measure)
    if limits.parts and len(pieces) > limits.parts * limits.texts:
        pieces = [_shorten_text(text, message, limits)]
    groups = [tuple(pieces[i : i + limits.texts]) for i in range(0, len(pieces), limits.texts)]
    buttons = choices[-limits.buttons :] if limits.buttons else ()
    return [MessagePart(texts=group, buttons=buttons if group is groups[-1] else ()) for group in groups]


def get_choices(message: Message) -> tuple[Button, ...]:
    """The choices of a message; below the assistant's messages always also a handoff to a person."""
    if message.author is not Author.ASSISTANT or message.kind not in ("text", "file_notice"):
        return message.buttons
    person = build_person_button(message.language or "en")
    return (*(b for b in message.buttons if b != person), person)


def render_survey_link(message: Message, public_url: str, key: bytes) -> str:
    """A line with the page that a survey can be answered on, for as long as it is shown."""
    until = message.created_at + EXPIRES_AFTER
    signed = sign_link(key, SURVEY_LINK, message.conversation, until)
    url = f"{public_url.rstrip('/')}/survey/{signed}"
    return render_template("survey_link", message.language or "en", url=url)


def _is_scale(choices: Sequence[Button]) -> bool:
    return bool(choices) and all(button.label.isdecimal() for button in choices)


def _format_numbered_choices(choices: Sequence[Button], language: str) -> str:
    """``1: …`` where there are no buttons; a person is always 0."""
    person = build_person_button(language)
    colon = "：" if language == "ja" else ": "
    own = [button for button in choices if button != person]
    lines = [f"{number}{colon}{button.label}" for number, button in enumerate(own, 1)]
    if own:
        lines.append(render_template("choose_number", language))
    return "\n".join([*lines, *([render_template("person_number", language)] if person in choices else [])])


def _append_links(text: str, citations: Sequence[Citation]) -> str:
    """Append a line with title and bare address per citation; every app makes it a link."""
    lines = [f"[{c.n}] {c.title}\n{c.url}" for c in citations if f"[{c.n}]" in text]
    return "\n\n".join([text, "\n".join(lines)]) if lines else text


def _shorten_text(text: str, message: Message, limits: TextLimits) -> str:
    """The text cut at a sentence, with a link to the whole article."""
    language = message.language or "en"
    more = "".join(f"\n{render_template('read_more', language)}{c.url}" for c in message.citations[:1])
    person = f"\n{render_template('person_number', language)}" if not limits.buttons else ""
    room = limits.max_length - limits.measure(more + person)
    body = render_plain_text(message.text, limits.bold)
    return split_text(body, max(room, 40), limits.measure)[0] + more + person


_ADDRESS = re.compile(r"https?://[^\s<>\"「」（）、。]+")


def render_mail_html(text: str) -> str:
    """Plain text as HTML for mail: addresses become links, everything else is escaped."""
    out, last = [], 0
    for found in _ADDRESS.finditer(text):
        address = escape(found[0])
        out += [escape(text[last : found.start()]), f'<a href="{address}">{address}</a>']
        last = found.end()
    body = "".join([*out, escape(text[last:])]).replace("\n", "<br>\n")
    return f'<div style="font-family:sans-serif;line-height:1.6">{body}</div>'


# -- length


#: Where a text may be split, best first.
ENDS = ("\n\n", "\n", "。", "！", "？", ". ", "! ", "? ", "、", ", ", " ")


def split_text(text: str, longest: int, measure: Measure = count_characters) -> list[str]:
    """Split *text* into parts of at most *longest*.

    Parts end at a paragraph, sentence or word where one ends in their second half, and never inside a
    grapheme cluster.
    """
    pieces = []
    rest = text.strip()
    while measure(rest) > longest:
        fits = _fit_prefix(rest, longest, measure)
        cut = next(
            (end for mark in ENDS if (end := fits.rfind(mark) + len(mark)) > len(fits) // 2), len(fits)
        )
        pieces.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [piece for piece in (*pieces, rest) if piece] or [""]


def _fit_prefix(text: str, longest: int, measure: Measure) -> str:
    """The longest prefix of whole grapheme clusters that fits; at least one code point."""
    end, used = 0, 0
    # Every measure counts at least one per code point, so more than *longest* of them never fit.
    for character in grapheme.graphemes(text[: longest + 64]):
        used += measure(character)
        if used > longest:
            break
        end += len(character)
    return text[:end] or text[: max(1, longest // 4)]


# -- text


@lru_cache(maxsize=1)
def _build_parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])


def render_plain_text(text: str, bold: str = "") -> str:
    """Markdown as plain text: lists with bullets and numbers, links as text and bare address."""
    #: (text, number of its outermost list); 0: not in a list.
    blocks: list[tuple[str, int]] = []
    lists: list[int | None] = []
    prefix, number = "", 0
    for token in _build_parser().parse(text):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            number += not lists
            lists.append(int(token.attrs.get("start", 1)) if token.type.startswith("ordered") else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            prefix = _format_bullet(lists)
        elif token.type in ("fence", "code_block"):
            blocks.append((token.content.rstrip(), 0))
        elif token.type == "inline":
            words = _render_inline(token, bold)
            heading = bool(bold) and _is_heading(text, token)
            blocks.append((f"{bold}{words}{bold}" if heading else prefix + words, number if lists else 0))
            prefix = ""
    return _join_blocks(blocks)


def _is_heading(text: str, token: Token) -> bool:
    return token.map is not None and text.splitlines()[token.map[0]].lstrip().startswith("#")


def _format_bullet(lists: list[int | None]) -> str:
    indent = "  " * (len(lists) - 1)
    number = lists[-1]
    if number is None:
        return f"{indent}・" if not indent else f"{indent}- "
    lists[-1] = number + 1
    return f"{indent}{number}. "


def _join_blocks(blocks: Sequence[tuple[str, int]]) -> str:
    """Join blocks: items of one list by newlines, everything else by blank lines."""
    out: list[str] = []
    before = 0
    for words, of_list in blocks:
        gap = "\n" if of_list and of_list == before else "\n\n"
        out.append(words if not out else gap + words)
        before = of_list
    return "".join(out).strip()


def _render_inline(token: Token, bold: str) -> str:
    words: list[str] = []
    href, since = "", 0
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            words.append(child.content)
        elif child.type in ("strong_open", "strong_close"):
            words.append(bold)
        elif child.type in ("softbreak", "hardbreak"):
            words.append("\n")
        elif child.type == "link_open":
            href, since = str(child.attrs.get("href", "")), len(words)
        elif child.type == "link_close":
            label = "".join(words[since:])
            words[since:] = [label if label == href else f"{label} {href}"]
        elif child.type == "image":
            words.append(child.content)
    return "".join(words)
