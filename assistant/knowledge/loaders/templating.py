"""Removes unrendered template syntax: structure goes, text stays, sentences with a missing value go.

Liquid, Jinja, Hugo, GitBook, Handlebars, ERB and MDX. Code was extracted before (code.py).
"""

import re
from collections.abc import Iterator, Mapping

#: Placeholder for a missing value, until the sentence around it is removed.
MISSING = "\ufdd2"

TAG = re.compile(
    r"\{%-?\s*((?:/\s*)?[\w.-]++)((?:[^%\"'{]|\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'|%(?!\})){0,500})-?%\}"
)
SHORTCODE = re.compile(
    r"\{\{(?P<open>[<%])-?\s*(?P<name>(?:/\s*)?[\w./-]++)(?P<more>(?:[^>%\"'`{}]|\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'|`[^`\n]{0,300}`){0,300}?)/?\s{0,20}-?[>%]\}\}"
)
ESCAPED = re.compile(r"\{\{[<%]/\*((?:(?!\{\{[<%]/\*).)*?)\*/[>%]\}\}", re.S)
HIGHLIGHTED = re.compile(
    r"\{%-?\s*(?:highlight|code(?:block)?)\b([^%]*)-?%\}((?:(?!\{%).)*)\{%-?\s*end(?:highlight|code(?:block)?)\s*-?%\}",
    re.S,
)
VARIABLE = re.compile(r"\{\{\{?[^{}\n]*\}?\}\}|\$\{[\w.\[\]]+\}|<%=(?:(?!<%).)*?%>|\$\{\{[^{}\n]*\}\}")
SCRIPTLET = re.compile(r"<%(?!=)(?:(?!<%).)*?%>", re.S)
ARGUMENT = re.compile(r"(?:(?<![\w-])([\w-]+)\s*=\s*)?(?:\"([^\"]*)\"|'([^']*)'|`([^`]*)`)")
#: Arguments that hold text for the reader.
TITLES = ("title", "label", "header", "heading", "summary", "name", "content", "text", "caption")
#: Expressions that are images or addresses inside a sentence.
ORNAMENTS = re.compile(
    r"(?:icon|icons|fa|fas|far|emoji|badge|br|anchor|figure|img|image|video|youtube|include|readfile|embed)\b"
)
ADDRESSES = ("ref", "relref")
PICTURES = ("figure", "img", "image", "video", "youtube", "vimeo", "embed", "file")

IMPORT = re.compile(r"^(?:import\s+(?:[\w*{][^\n]*?\sfrom\s+)?['\"][^'\"\n]+['\"];?[ \t]*\n?)", re.M)
EXPORT = re.compile(r"^export\s+(?:const|let|var|default|function)\b[^\n]*(?:\n(?![ \t]*\n)[^\n]*)*\n?", re.M)
CONSTANT = re.compile(
    r"^export\s+(?:const|let|var)\s+(\w+)\s*=\s*"
    r"(?:(-?\d[\d.,_]*)|\"([^\"\n]*)\"|'([^'\n]*)'|`([^`$\n]*)`)[ \t]*(?:;[ \t]*)?$",
    re.M,
)
EXPRESSION = re.compile(r"(?<![\\{$])\{([^{}\n]*)\}")
COMPONENT = re.compile(
    r"(?<![ \t])[ \t]*</?[A-Z][\w.]*+((?:[^<>{}\"']|\"[^\"<]{0,500}\"|'[^'<]{0,500}'"
    r"|\{(?:[^{}<]|\{[^{}<]*\}){0,500}\}){0,500})/?>"
)
QUOTED = re.compile(r"['\"`]([^'\"`]*)['\"`]\Z")

SENTENCE_END = re.compile(r"(?<=[。！？])|(?<=[.!?])(?=\s)")


def render_templates(text: str, warnings: list[str], *, mdx: bool = False) -> str:
    """The text that a reader would have seen, as far as it is in the file."""
    mdx = mdx or bool(IMPORT.search(text) or CONSTANT.search(text))
    text = _render_components(text, mdx=mdx)
    if "{" not in text and "<%" not in text:
        return text
    text = ESCAPED.sub(r"\1", text)
    text = HIGHLIGHTED.sub(lambda code: f"\n```{code[1].strip()}\n{code[2].strip()}\n```\n", text)
    text = SCRIPTLET.sub("", TAG.sub(_render_tag, _render_shortcodes(text)))
    names = dict.fromkeys(found[0].strip("{}$<>%= ") for found in VARIABLE.finditer(text))
    text = VARIABLE.sub(MISSING, text)
    if MISSING not in text:
        return text
    named = f" ({', '.join(name for name in names if name)[:80]})" if any(names) else ""
    warnings.append(f"it has values that a template was to fill in{named}; sentences with them are left out")
    return _drop_missing_values(text)


def _render_components(text: str, *, mdx: bool) -> str:
    """Remove MDX modules and components; fill in constants, keep titles of tabs and boxes."""
    if mdx:
        constants = {name: next(filter(None, values), "") for name, *values in CONSTANT.findall(text)}
        text = EXPORT.sub("", IMPORT.sub("", text))
        text = COMPONENT.sub(_render_component, text)
        return EXPRESSION.sub(lambda found: _resolve_expression(found[1].strip(), constants), text)
    return COMPONENT.sub(_render_component, text) if re.search(r"</?[A-Z]\w*", text) else text


def _render_component(match: re.Match[str]) -> str:
    if match[0].lstrip().isupper():  # <BR>, <P>: HTML in capitals
        return match[0]
    title = _find_title(match[1])
    return f"\n\n**{title}**\n\n" if title and not match[0].lstrip().startswith("</") else ""


def _resolve_expression(expression: str, constants: Mapping[str, str]) -> str:
    if quoted := QUOTED.match(expression):
        return quoted[1]
    return constants.get(expression) or f"{{{{{expression}}}}}" if expression else ""


def _render_tag(match: re.Match[str]) -> str:
    title = _find_title(match[2])
    return (
        f"\n\n**{title}**\n\n" if title and match[1] not in ("include", "embed") else _find_content(match[2])
    )


def _find_content(arguments: str) -> str:
    return next((value for name, value in _parse_arguments(arguments) if name in ("content", "text")), "")


def _render_shortcodes(text: str) -> str:
    closed = {found["name"].replace(" ", "") for found in SHORTCODE.finditer(text)}

    def render_match(match: re.Match[str]) -> str:
        start, end = text.rfind("\n", 0, match.start()) + 1, text.find("\n", match.end())
        around = text[start : match.start()] + text[match.end() : end if end >= 0 else None]
        name = match["name"].replace(" ", "")
        return _render_shortcode(name, match["more"], block=not around.strip() or f"/{name}" in closed)

    return SHORTCODE.sub(render_match, text)


def _render_shortcode(name: str, more: str, *, block: bool) -> str:
    arguments = list(_parse_arguments(more))
    if name in ADDRESSES:
        return next((value.split()[0] for _, value in arguments if value.strip()), "#")
    if name.startswith("/") or ORNAMENTS.match(name):
        return ""
    if block:
        title = _find_title(more) or next((value for key, value in arguments if not key), "")
        return f"\n\n**{title}**\n\n" if title and name not in PICTURES else ""
    return f"{{{{{name} {more.strip()}}}}}"


def _parse_arguments(text: str) -> Iterator[tuple[str, str]]:
    for found in ARGUMENT.finditer(text):
        yield found[1] or "", found[2] or found[3] or found[4] or ""


def _find_title(arguments: str) -> str:
    named = {name.lower(): value.strip() for name, value in _parse_arguments(arguments) if name}
    return next((named[name] for name in TITLES[:5] if named.get(name)), "")


def _drop_missing_values(text: str) -> str:
    """Remove each sentence, table cell and heading with a missing value; the rest stays."""
    return "\n".join(
        line for line in (_drop_missing_in_line(line) for line in text.split("\n")) if line is not None
    )


def _drop_missing_in_line(line: str) -> str | None:
    if MISSING not in line:
        return line
    if line.lstrip().startswith("|"):
        return "|".join("" if MISSING in cell else cell for cell in line.split("|"))
    if line.lstrip().startswith("#"):
        return line.replace(MISSING, "")
    mark = re.match(r"[ \t>]*(?:[-*+]|\d+[.)])?[ \t]*", line)
    start = mark.end() if mark else 0
    kept = "".join(part for part in SENTENCE_END.split(line[start:]) if MISSING not in part)
    return (
        line[:start] + kept.strip() if re.search(r"\w", kept) else ("" if not line[:start].strip() else None)
    )
