"""Converts or removes authoring syntax beyond Markdown: comments, admonitions, tabs, links.

Obsidian, MyST, MkDocs, VuePress, Docusaurus, GitBook, Quarto and GitHub; templates are in templating.py. Code
was extracted before (code.py); every pattern runs in linear time.
"""

import re

#: Start marker and pattern of each comment. No pattern looks beyond the next start marker, so all are linear.
COMMENTS = (
    ("<!--", re.compile(r"<!--.*?(?:-->|\Z)", re.S)),
    ("{/*", re.compile(r"\{/\*.*?(?:\*/\s*\}|\Z)", re.S)),  # MDX
    ("%%", re.compile(r"%%.*?%%", re.S)),  # Obsidian
    (
        "comment",
        re.compile(r"(?<!\{)\{%-?\s*comment\b[^{}\n]*\}.*?(?:\{%-?\s*endcomment\b[^{}\n]*\}|\Z)", re.S),
    ),  # Liquid
    (
        "comment",
        re.compile(r"\{\{[<%]\s*comment\b[^{}\n]*\}\}.*?(?:\{\{[<%]\s*/\s*comment\b[^{}\n]*\}\}|\Z)", re.S),
    ),
    ("/*", re.compile(r"\{\{-?\s*/\*.*?(?:\*/\s*-?\}\}|\Z)", re.S)),  # Hugo, Go
    ("{{!", re.compile(r"\{\{!--.*?(?:--\}\}|\Z)|\{\{![^{}]*\}\}", re.S)),  # Handlebars
    ("{#", re.compile(r"\{#(?![\w:-]+[\s}]).*?(?:#\}|\Z)", re.S)),  # Jinja, Twig; {#id} is a heading's
    ("<%", re.compile(r"<%(?:#|--).*?(?:%>|\Z)", re.S)),  # ERB, JSP
    ("{>>", re.compile(r"\{>>(?:(?!\{>>).)*?<<\}", re.S)),  # CriticMarkup
    ("{--", re.compile(r"\{--(?:(?!\{--).)*?--\}", re.S)),
    ("%", re.compile(r"^%(?![%}])[ \t]?[^\n]*(?:\n|\Z)", re.M)),  # MyST
    ("]:", re.compile(r"^[ \t]*\[(?://|comment|_?note-to-self|#)\]:[ \t]*(?:#|<>)[^\n]*", re.M | re.I)),
    (
        ":::",
        re.compile(
            r"^(:{3,})[ \t]*\{?\.?(?:comment|content-hidden|hidden|internal)\b[^\n]*\n.*?(?:^\1[ \t]*$|\Z)",
            re.M | re.S,
        ),
    ),
    ("\\begin{comment}", re.compile(r"\\begin\{comment\}.*?(?:\\end\{comment\}|\Z)", re.S)),
)
#: Struck-out text, such as old prices; ~~~ alone is a code fence.
STRUCK = re.compile(r"(?<![~\\])~~(?![~\s])(?:(?!~~|\n[ \t]*\n).)+?~~(?!~)", re.S)
MAY_BE_STRUCK = re.compile(r"line-through|<(?:del|s|strike)\b", re.I)
STRUCK_HTML = re.compile(
    r"<(del|s|strike)(?:\s[^<>]*)?>(?:(?!<\1\b).)*?</\1\s*>"
    r"|<(span|p|div|font|em|strong|b|i|u)\s(?=[^<>]*line-through)[^<>]*>(?:(?!<\2\b).)*?</\2\s*>",
    re.S | re.I,
)
SUBSTITUTED = re.compile(r"\{~~(?:(?!\{~~).)*?~>((?:(?!\{~~).)*?)~~\}", re.S)
INSERTED = re.compile(r"\{(\+\+|==)((?:(?!\{\1).)*?)\1\}", re.S)

#: MyST writes admonitions as code blocks; their text is not code.
DIRECTIVE = re.compile(
    r"^([ \t]*)(`{3,}|:{3,})\{([\w-]+)\}[ \t]*([^\n]*)\n(.*?)(?:^[ \t]*\2[ \t]*$|\Z)", re.M | re.S
)
CODE_DIRECTIVES = {
    "code",
    "code-block",
    "code-cell",
    "sourcecode",
    "math",
    "mermaid",
    "literalinclude",
    "raw",
}
SILENT_DIRECTIVES = {"toctree", "contents", "image", "figure", "include", "index", "tableofcontents", "raw"}
OPTION_LINES = re.compile(r"\A(?:[ \t]*:[\w-]+:[^\n]*\n|---\n.*?\n---\n)+", re.S)

CONTAINER = re.compile(
    r"^[ \t]*:{3,}[ \t]*(?:\{(?P<braces>[^}\n]*)\}|(?P<kind>[\w-]+))?[ \t]*"
    r"(?:\[(?P<square>[^\]\n]*)\])?(?P<rest>[^\n]*)$",
    re.M,
)
TITLE = re.compile(r"\b(?:title|label|header|heading|summary|name)\s*=\s*(?:\"([^\"\n]*)\"|'([^'\n]*)')")
INDENTED = re.compile(
    r"^(?P<indent>[ \t]*)(?:!!!|\?\?\?\+?|===\+?)[\w \t-]*"
    r"(?:\"(?P<title>[^\"\n]*)\"[ \t]*)?\n"
    r"(?P<body>(?:(?P=indent)(?: {4}|\t)[^\n]*(?:\n|\Z)|[ \t]*\n)+)",
    re.M,
)
CALLOUT = re.compile(r"^((?:[ \t]*>)+)[ \t]*\[!([\w-]+)(?:\|[^\]\n]*)?\][+-]?[ \t]*([^\n]*)$", re.M)

EMBEDDED = re.compile(r"!\[\[([^\[\]\n]+)\]\]")
WIKI_LINK = re.compile(r"\[\[(?![\s_])([^\[\]\n|]+)(?:\\?\|([^\[\]\n]+))?\]\]")
SNIPPET = re.compile(r"^[ \t]*-{1,2}8<-{1,2}[^\n]*$|^[ \t]*\[!INCLUDE[^\n]*\]$", re.M | re.I)
PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|bmp|mp4|mov|pdf)\b", re.I)

ATTRIBUTES = re.compile(
    r"(?<![{\w$])\{:?[ \t]*(?:[#.][\w:.-]+|[\w-]+=(?:\"[^\"\n]*\"|[\w.-]+))"
    r"(?:[ \t]+(?:[#.]?[\w:.-]+|[\w-]+=(?:\"[^\"\n]*\"|[\w.-]+)))*[ \t]*\}"
)
CONTENTS = re.compile(
    r"^(?:[*-][ \t]+\w+\n)?\{:?[ \t]*toc\b[^}\n]*\}[ \t]*$|^\[\[?_?toc_?\]?\][ \t]*$|^@\[toc\][^\n]*$",
    re.M | re.I,
)
BLOCK_ID = re.compile(r"[ \t]\^[A-Za-z][\w-]*[ \t]*$", re.M)
TAG_LINE = re.compile(r"^(?:#[^\s#]+[ \t]+)+#[^\s#]+[ \t]*$|^#[^\s#/]+/[^\s#]+[ \t]*$", re.M)
MARKED = re.compile(r"(?<![=\w])==(?![=\s])([^=\n]{1,500}?)==(?!=)")
SUBSCRIPT = re.compile(r"(?<=\w)~(\w{1,8})~(?=\W|\w|$)")
SUPERSCRIPT = re.compile(r"(?<=\w)\^(\w{1,8})\^")
TASK = re.compile(r"^([ \t]*(?:[-*+]|\d+[.)])[ \t]+)\[[ xX]\][ \t]+", re.M)
EMOJI = re.compile(r"(?<![\w:/]):[a-z][a-z0-9_+-]{1,40}:(?![\w:/])")
ABBREVIATION = re.compile(r"^\*\[[^\]\n]+\]:[^\n]*(?:\n|\Z)", re.M)
FOOTNOTE = re.compile(r"^ {0,3}\[\^([^\]\s]+)\]:[ \t]*([^\n]*(?:\n(?: {2,}|\t)[^\n]+)*)(?:\n|\Z)", re.M)
FOOTNOTE_MARK = re.compile(r"\[\^([^\[\]\s]{1,100})\](?!:)")
#: Readings of kanji (ruby) in the syntax of Aozora Bunko and Denden Markdown.
FURIGANA = re.compile(
    r"(?:[｜|]|(?<![一-鿿々〆ヶ]))([一-鿿々〆ヶ]+)《[ぁ-ゖァ-ヺー・]+》|\{([一-鿿々〆ヶ]+)\|[ぁ-ゖァ-ヺー|]+\}"
)
INLINE_NOTE = re.compile(r"(?<!\[)\^\[([^\[\]\n]{1,500})\]")


def remove_comments(text: str) -> str:
    """Remove authors' comments and struck-out text; code must be extracted before."""
    for mark, comment in COMMENTS:
        if mark in text:
            text = comment.sub("", text)
    text = CONTAINER.sub(_render_container, text) if ":::" in text else text
    text = CONTENTS.sub("", text) if "toc" in text or "TOC" in text else text
    text = ATTRIBUTES.sub("", text) if "{" in text else text
    text = INSERTED.sub(r"\2", SUBSTITUTED.sub(r"\1", text))
    text = STRUCK_HTML.sub("", text) if MAY_BE_STRUCK.search(text) else text
    return STRUCK.sub("", text) if "~~" in text else text


def render_directives(text: str) -> str:
    """Replace MyST's directives by their text; must run before code is extracted."""
    if "{" not in text:
        return text

    def render_directive(match: re.Match[str]) -> str:
        kind = match[3].lower()
        if kind in CODE_DIRECTIVES:
            return match[0]
        if kind in SILENT_DIRECTIVES:
            return ""
        body = render_directives(OPTION_LINES.sub("", match[5]))
        return _prepend_title(match[4], body)

    return DIRECTIVE.sub(render_directive, text)


def render_plain_markup(text: str, warnings: list[str]) -> str:
    """CommonMark with tables: every other markup is replaced by its text."""
    if "!!!" in text or "???" in text or "===" in text:
        text = INDENTED.sub(_render_indented_block, text)
    if "[!" in text:
        text = CALLOUT.sub(_render_callout, text)
    if "[[" in text:
        text = _render_wiki_links(text, warnings)
    if missing := SNIPPET.findall(text):
        warnings.append(f"it includes other files, which are not read here: {missing[0].strip()[:60]}")
        text = SNIPPET.sub("", text)
    if "[^" in text or "^[" in text:
        text = _inline_footnotes(text)
    if "^" in text:
        text = SUPERSCRIPT.sub(r"^\1", BLOCK_ID.sub("", text))
    text = FURIGANA.sub(r"\1\2", text) if "《" in text or ("{" in text and "|" in text) else text
    text = SUBSCRIPT.sub(r"\1", text) if "~" in text else text
    text = MARKED.sub(r"\1", text) if "==" in text else text
    text = ABBREVIATION.sub("", text) if "*[" in text else text
    text = EMOJI.sub("", text) if ":" in text else text
    text = TAG_LINE.sub("", text) if "#" in text else text
    return TASK.sub(r"\1", text) if "[ ]" in text or "[x]" in text or "[X]" in text else text


def _render_container(match: re.Match[str]) -> str:
    braces, rest = match["braces"] or "", match["rest"].strip()
    stated = TITLE.search(braces) or TITLE.search(rest)
    title = match["square"] or (stated and (stated[1] or stated[2])) or ""
    if not title and match["kind"] and not rest.startswith("{"):
        title = rest
    return f"\n**{title.strip()}**\n" if title.strip() else ""


def _render_indented_block(match: re.Match[str]) -> str:
    indent = match["indent"]
    body = re.sub(rf"^{re.escape(indent)}(?: {{4}}|\t)", indent, match["body"], flags=re.M)
    if re.search(r"^[ \t]*(?:!!!|\?\?\?|===)", body, re.M):
        body = INDENTED.sub(_render_indented_block, body)
    return _prepend_title(match["title"] or "", body)


def _prepend_title(title: str, body: str) -> str:
    return f"\n**{title.strip()}**\n\n{body}\n" if title.strip() else f"\n{body}\n"


def _render_callout(match: re.Match[str]) -> str:
    return f"{match[1]} **{match[3].strip()}**\n{match[1]}" if match[3].strip() else match[1]


def _render_wiki_links(text: str, warnings: list[str]) -> str:
    included = [name for name in EMBEDDED.findall(text) if not PICTURE.search(name)]
    if included:
        warnings.append(f"it includes other documents, which are not read here: {', '.join(included)[:80]}")
    text = EMBEDDED.sub("", text)
    return WIKI_LINK.sub(lambda link: (link[2] or re.sub(r"[#^]+", " ", link[1])).strip(), text)


def _inline_footnotes(text: str) -> str:
    """Move footnotes below the paragraph that refers to them."""
    notes = {name: " ".join(note.split()) for name, note in FOOTNOTE.findall(text)}
    text = INLINE_NOTE.sub(lambda note: f"（{note[1]}）", FOOTNOTE.sub("", text))
    blocks = []
    for block in re.split(r"(\n[ \t]*\n)", text):
        below = [notes.pop(name) for name in FOOTNOTE_MARK.findall(block) if name in notes]
        block = FOOTNOTE_MARK.sub("", block).rstrip("\n") if below else FOOTNOTE_MARK.sub("", block)
        blocks.append("\n\n".join([block, *(f"※{note}" for note in below if note)]))
    return "".join(blocks)
