"""Normalizes Markdown: front matter parsed, raw HTML and authoring syntax converted or removed."""

import re

from assistant.knowledge.loaders import authoring, front_matter, html, templating
from assistant.knowledge.loaders.code import extract_code, restore_code
from assistant.knowledge.loaders.document import Document, Unreadable
from assistant.knowledge.loaders.text import decode_text

BLOCK = (
    "address|article|aside|blockquote|body|center|details|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|"
    "header|hr|html|iframe|li|main|nav|noscript|ol|p|pre|script|section|style|summary|svg|table|tbody|td|tfoot|th|"
    "thead|tr|ul|video|audio|object|embed"
)
INLINE = (
    "abbr|b|big|bdi|bdo|cite|del|dfn|font|i|ins|label|mark|nobr|picture|q|s|samp|small|source|span|strike|sub|"
    "time|tt|u|var|wbr|ruby|rb"
)

CONTENTS = re.compile(
    r"^(?:\*\*(?:目次|Contents|Table of Contents)\*\*[ \t]*\n+)?"
    r"[ \t]*\[(?::contents|\[?toc\]?|_TOC_)\][ \t]*$",
    re.M | re.I,
)
PHOTO = re.compile(r"\[f:id:[^\]\n]*\]")
EMBED = re.compile(r"\[(https?://[^\s\]]+?)(?::(?:embed|title|cite|bookmark|image|plain))+[^\]\n]*\]")
CRAMPED_HEADING = re.compile(r"^(#{2,6})(?=[^#\s])", re.M)
IMAGE = re.compile(r"(?<!\\)!\[[^\]\n]*\](?:\([^)\n]*\)|\[[^\]\n]*\])")
DEFINITION = re.compile(
    r"^ {0,3}\[([^\]\^\n][^\]\n]*)\]:[ \t]*<?(\S+?)>?(?:[ \t]+[\"'(][^\n]*)?[ \t]*(?:\n|\Z)", re.M
)
REFERENCE = re.compile(r"\[([^\[\]\n]+)\](?:\[([^\[\]\n]*)\])?(?![(\[:])")
EMPTY_LINK = re.compile(r"(?<![!\\])\[\s*\]\([^)\n]*\)")

READING = re.compile(r"<(rt|rp|rtc)\b[^<>]*>.*?</\1\s*>", re.S | re.I)
DROPPED = re.compile(
    r"<(script|style|iframe|form|noscript|svg|video|audio|object)\b.*?(?:</\1\s*>|\Z)", re.S | re.I
)
JOINED = re.compile(r"<(table|dl)\b.*?</\1\s*>", re.S | re.I)
BLOCK_START = re.compile(rf"^([ \t]*)</?(?:{BLOCK})\b[^\n]*(?:\n(?![ \t]*$)[^\n]*)*", re.M | re.I)
INLINE_TAG = re.compile(rf"</?(?:{INLINE})(?:\s[^<>\n]*)?/?>", re.I)
BLOCK_TAG = re.compile(rf"</?(?:{BLOCK})(?:\s[^<>\n]*)?/?>", re.I)
#: Elements that the site's CSS separates; without it their words would run together.
ABUTTING = re.compile(r"(</(?:strong|b)>)(?=<(?:span|small)\b)", re.I)
LINE_BREAK = re.compile(r"<br\s*/?>", re.I)
#: A bracket that its author escaped is no tag.
ESCAPED_BRACKET = re.compile(r"(?<!\\)((?:\\\\)*)\\<")
ENTITY = re.compile(r"&(?:nbsp|amp(?!;#?\w{1,40};)|quot|apos|#39|#160|hellip|mdash|ndash|copy|yen);")
ENTITIES = {
    "&nbsp;": " ",
    "&#160;": " ",
    "&amp;": "&",
    "&quot;": '"',
    "&apos;": "'",
    "&#39;": "'",
    "&hellip;": "…",
}
ENTITIES |= {"&mdash;": "—", "&ndash;": "–", "&copy;": "©", "&yen;": "¥"}


def load_markdown(data: bytes) -> list[Document]:
    """One article; without text when its front matter withholds it from customers."""
    return _build_documents(decode_text(data), mdx=False)


def load_mdx(data: bytes) -> list[Document]:
    """One article; components are replaced by the text that they show."""
    return _build_documents(decode_text(data), mdx=True)


def _build_documents(text: str, *, mdx: bool) -> list[Document]:
    if not text.strip():
        raise Unreadable("the file is empty; write something in it or delete it")
    facts, body = front_matter.split_front_matter(text)
    if facts.withheld:
        return [Document(withheld=facts.withheld)]
    warnings = list(facts.warnings)
    title, body = extract_title(facts.title, render_plain_markdown(body, warnings, mdx=mdx))
    if not body:
        raise Unreadable("it has front matter or a title but no text; write the article below it")
    return [
        Document(
            title=title,
            text=body,
            language=facts.language,
            url=facts.url,
            updated=facts.updated,
            valid_from=facts.valid_from,
            valid_until=facts.valid_until,
            supersedes=facts.supersedes,
            superseded_by=facts.superseded_by,
            tags=facts.tags,
            warnings=tuple(warnings),
        )
    ]


def render_plain_markdown(text: str, warnings: list[str] | None = None, *, mdx: bool = False) -> str:
    """The article in CommonMark with tables, without raw HTML, images and authoring syntax."""
    warnings = [] if warnings is None else warnings
    kept: list[str] = []
    text = ESCAPED_BRACKET.sub(r"\1&lt;", extract_code(authoring.render_directives(text), kept))
    text = authoring.remove_comments(text)
    text = authoring.render_plain_markup(templating.render_templates(text, warnings, mdx=mdx), warnings)
    text = EMPTY_LINK.sub("", IMAGE.sub("", EMBED.sub(r"<\1>", PHOTO.sub("", CONTENTS.sub("", text)))))
    text = _inline_links(text)
    text = _remove_html(CRAMPED_HEADING.sub(r"\1 ", text))
    text = ENTITY.sub(lambda match: ENTITIES[match[0]], text)
    text = restore_code(text, kept)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+$", "", text, flags=re.M)).strip("\n")


def extract_title(title: str, body: str) -> tuple[str, str]:
    """A level-1 heading at the top becomes the title and is removed from the text."""
    heading = re.match(r"#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)|([^\n#>|\-*].*)\n=+[ \t]*(?:\n|\Z)", body)
    if heading is None:
        return title, body
    text = (heading[1] or heading[2]).strip()
    if title and text != title:
        return title, body
    rest = body[heading.end() :].strip("\n")
    return (text, rest) if rest else (text, body if title else "")


def _inline_links(text: str) -> str:
    """Inline reference links: a chunk must not depend on definitions at the end of the page."""
    targets = {found[1].casefold(): found[2] for found in DEFINITION.finditer(text)}
    if not targets:
        return text

    def replace_link(match: re.Match[str]) -> str:
        target = targets.get((match[2] or match[1]).casefold())
        return f"[{match[1]}]({target})" if target else match[0]

    return REFERENCE.sub(replace_link, DEFINITION.sub("", text))


def _remove_html(text: str) -> str:
    if "<" not in text:
        return text
    text = READING.sub("", DROPPED.sub("", text))
    text = JOINED.sub(lambda match: re.sub(r"\n\s*\n", "\n", match[0]), text)
    text = re.sub(r"^([ \t]*)<br\s*/?>[ \t]*$", "", text, flags=re.M | re.I)
    text = "\n".join(
        _flatten_row(line) if line.lstrip().startswith("|") and "<" in line else line
        for line in text.split("\n")
    )
    text = BLOCK_START.sub(_convert_html_block, ABUTTING.sub(r"\1 ", text))
    return BLOCK_TAG.sub("", _convert_inline_html(text))


def _convert_html_block(match: re.Match[str]) -> str:
    """Convert a block of HTML, which ends at the first blank line as in CommonMark."""
    indent = match[1]
    lines = html.convert_to_markdown(match[0], holds_markdown=True).split("\n")
    return "\n" + "\n".join(indent + line if line else "" for line in lines) + "\n"


def _flatten_row(line: str) -> str:
    """Keep a table row on one line: lists in a cell become dots."""
    line = re.sub(r"</li>\s*<li>", " ・", re.sub(r"<[uo]l>\s*<li>", "・", line, flags=re.I), flags=re.I)
    return re.sub(r" {2,}", " ", BLOCK_TAG.sub(" ", LINE_BREAK.sub(" ", line)))


def _convert_inline_html(text: str) -> str:
    text = re.sub(r"</?(?:strong|b)>", "**", text, flags=re.I)
    text = re.sub(r"</?(?:em|i)>", "*", text, flags=re.I)
    text = re.sub(r"<(code|kbd)>([^<\n]*)</\1>", r"`\2`", text, flags=re.I)
    text = re.sub(r"<sup>([^<\n]*)</sup>", r"^\1", text, flags=re.I)
    text = re.sub(r"<a\s[^>\n]*?href=[\"']?([^\s\"'>]+)[^>\n]*>(.*?)</a>", r"[\2](\1)", text, flags=re.I)
    text = re.sub(r"</?(?:a|img)(?:\s[^<>\n]*)?/?>", "", text, flags=re.I)
    return INLINE_TAG.sub("", LINE_BREAK.sub("\n", text))
