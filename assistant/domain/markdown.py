"""Escapes plain text as Markdown, and takes Markdown's marks away."""

import re

#: Placed before a backtick that is not code markup, in text where code keeps its backticks.
LITERAL_MARK = "\u2060"
_CODE = re.compile(rf"(?<!{LITERAL_MARK})`((?:[^`]|(?<={LITERAL_MARK})`)+)(?<!{LITERAL_MARK})`")
#: Start of inline markup: a link, a tag, a character reference, emphasis, an escape.
_ACTIVE = re.compile(
    r"\\(?=[!-/:-@\[-`{-~])|\[(?=[^\n]*\][(\[:])|\](?=[(\[:])|<(?=[A-Za-z/!?])|&(?=#?\w{1,40};)"
    r"|(?<!\s)(?<!^)\*|\*(?!\s|$)|(?<![^\W_])_|_(?![^\W_])|~(?=~)|(?<=~)~|`"
)
#: What `strip_markdown` takes away: emphasis, headings, tables, rules, links' targets, numbers of sources.
_MARKUP = re.compile(r"\[\d+\]|[*_`#|>]+|-{3,}|\]\([^)]*\)|\[|\]")
#: Start of block markup: a heading, a quote, a list, a rule, a table or code.
_LINE_START = re.compile(
    r"^([ \t]*)(\d{1,9}(?=[.)](?:\s|$))|#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|[-=_*|:~]{2,})", re.M
)


def escape_markdown(words: str) -> str:
    """*words* with a backslash wherever Markdown would read markup; code stays code."""
    out, last = [], 0
    for code in _CODE.finditer(words):
        out += [_escape_plain_words(words[last : code.start()]), _render_code(code[1])]
        last = code.end()
    text = "".join([*out, _escape_plain_words(words[last:])])
    return _LINE_START.sub(_escape_line_start, text)


def strip_markdown(text: str) -> str:
    """The words of a Markdown text in one line, for an excerpt: marks go, a link keeps its words."""
    return " ".join(_MARKUP.sub(" ", text).split())


def remove_literal_marks(words: str) -> str:
    """The text as it is read."""
    return words.replace(f"{LITERAL_MARK}`", "`")


def _escape_plain_words(words: str) -> str:
    return _ACTIVE.sub(r"\\\g<0>", remove_literal_marks(words))


def _render_code(code: str) -> str:
    """Code in more backticks than any run inside it."""
    code = remove_literal_marks(code)
    if "`" not in code:
        return f"`{code}`"
    fence = "`" * (max(len(run) for run in re.findall("`+", code)) + 1)
    return f"{fence} {code} {fence}"


def _escape_line_start(found: re.Match[str]) -> str:
    indent, mark = found[1], found[2]
    return f"{indent}{mark}\\" if mark.isdigit() else f"{indent}\\{mark}"
