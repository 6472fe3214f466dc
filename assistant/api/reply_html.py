"""Renders reply text as safe HTML; nothing else in the product turns a reply into HTML."""

import re
from collections import OrderedDict
from collections.abc import Collection, Sequence
from functools import lru_cache
from hashlib import sha256
from html import escape
from threading import Lock
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from assistant.domain.messages import Citation
from assistant.text.characters import strip_invisible

#: Among allowed hosts: links of people may lead anywhere.
ANY_HOST = "*"
_TAGS = {"p", "br", "hr", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "a", "sup", "blockquote"} | {
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
_MARKER = re.compile(r"\[(\d{1,2})\](?!\()")
_BLANK_LINE = re.compile(r"\n[ \t\u3000]*\n")
_PICTURE = re.compile(r"!(?=\[)")
#: Longer than any reply of ours.
_MAX_CHARACTERS = 20_000
#: Texts beyond these limits are shown as plain text: brackets are matched in quadratic time, and every row of
#: a table is padded to the longest, so that 4,000 characters may become a megabyte.
_MAX_FORMATTED_CHARACTERS = 8_000
_MAX_BRACKETS = 120
_MAX_LINES = 600
_MAX_CELLS = 2_000
#: Cached HTML, in characters: messages do not change and are shown repeatedly.
_MAX_CACHED_CHARACTERS = 4_000_000


def render_reply(text: str, citations: Sequence[Citation] = (), allowed_hosts: Collection[str] = ()) -> str:
    """HTML of a reply: ``[n]`` links to its citation; other links only to allowed hosts."""
    cited = frozenset(citation.n for citation in citations)
    return _remembered.get(text, cited, frozenset(host.lower() for host in allowed_hosts))


def render_plain_text(text: str) -> str:
    """HTML of a text that means nothing but its characters, as customers' words do."""
    text = strip_invisible(_strip_invalid_characters(text)[:_MAX_CHARACTERS]).strip()
    paragraphs = [part.strip("\n") for part in _BLANK_LINE.split(text)]
    return "".join(
        f"<p>{escape(part, quote=False).replace(chr(10), '<br>')}</p>" for part in paragraphs if part
    )


class _RenderCache:
    """A thread-safe LRU cache of rendered texts, by the hash of the input."""

    def __init__(self, most_characters: int) -> None:
        self._most, self._size = most_characters, 0
        self._known: OrderedDict[bytes, str] = OrderedDict()
        self._lock = Lock()

    def get(self, text: str, cited: frozenset[int], hosts: frozenset[str]) -> str:
        made_of = repr((text, sorted(cited), sorted(hosts))).encode()
        key = sha256(made_of).digest()
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        html = _render_markdown(text, cited, hosts)
        with self._lock:
            if key not in self._known:
                self._known[key] = html
                self._size += len(html)
            while self._size > self._most:
                self._size -= len(self._known.popitem(last=False)[1])
        return html


_remembered = _RenderCache(_MAX_CACHED_CHARACTERS)


def _render_markdown(text: str, cited: frozenset[int], hosts: frozenset[str]) -> str:
    text = _PICTURE.sub("", strip_invisible(_strip_invalid_characters(text)[:_MAX_CHARACTERS]))
    if _is_expensive(text):
        return render_plain_text(text)
    return _sanitize_html(_build_parser().render(text, {"cited": cited, "hosts": hosts})).strip()


def _is_expensive(text: str) -> bool:
    lines = text.split("\n")
    widest = max(line.count("|") for line in lines)
    return (
        len(text) > _MAX_FORMATTED_CHARACTERS
        or text.count("[") > _MAX_BRACKETS
        or len(lines) > _MAX_LINES
        or widest * len(lines) > _MAX_CELLS
    )


def _strip_invalid_characters(text: str) -> str:
    """The text without lone surrogates and control characters."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text)


@lru_cache(maxsize=1)
def _build_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=_ReplyRenderer)
    parser.enable(["table", "strikethrough"]).disable(["image", "reference", "html_block", "html_inline"])
    parser.inline.ruler.before("link", "citation", _parse_citation)
    return parser


def _parse_citation(state: StateInline, silent: bool) -> bool:
    found = _MARKER.match(state.src, state.pos)
    if not found or int(found[1]) not in state.env["cited"]:
        return False
    if not silent:
        state.push("citation", "", 0).content = str(int(found[1]))
    state.pos = found.end()
    return True


_ADDRESS = re.compile(r"(https?://[A-Za-z0-9._~:/?#@!$&'*+,;=%\[\]-]*[A-Za-z0-9_~/#@$&+=%-])", re.IGNORECASE)


def _is_allowed_link(address: str, hosts: Collection[str]) -> bool:
    """Whether a link goes to one of *hosts*, or any, by http(s), without a misleading user name."""
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in ("http", "https")
            and "@" not in parts.netloc
            and (ANY_HOST in hosts or parts.netloc.lower() in hosts or (parts.hostname or "") in hosts)
        )
    except ValueError:
        return False


class _ReplyRenderer(RendererHTML):
    """Shows where links lead; a link that is not allowed becomes its text."""

    def citation(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        n = tokens[idx].content
        return f'<sup><a href="#cite-{n}" data-cite="{n}">{n}</a></sup>'

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Turn bare addresses on allowed hosts into links."""
        pieces = _ADDRESS.split(tokens[idx].content)
        return "".join(_render_address(piece, env["hosts"]) for piece in pieces)

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return ""

    def link_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Append the full address after a link's text, unless the text is the address."""
        opener = _find_link_open(tokens, idx)
        address = str(opener.attrGet("href") or "")
        words = "".join(token.content for token in tokens[tokens.index(opener) + 1 : idx])
        if not _is_allowed_link(address, env["hosts"]) or words == address:
            return ""
        return f" ({_render_link(address)})"

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "<p><strong>"

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</strong></p>"


def _find_link_open(tokens: Sequence[Token], closing: int) -> Token:
    depth = 0
    for token in reversed(tokens[:closing]):
        depth += (token.type == "link_close") - (token.type == "link_open")
        if depth < 0:
            return token
    raise AssertionError("markdown-it closed a link that it never opened")


def _render_address(piece: str, hosts: Collection[str]) -> str:
    return _render_link(piece) if _is_allowed_link(piece, hosts) else escape(piece)


def _render_link(address: str) -> str:
    return f'<a href="{escape(address)}" target="_blank">{escape(address)}</a>'


def _sanitize_html(html: str) -> str:
    """Sanitise the parser's output with a library made for it (defence in depth)."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "data-cite", "target"}, "ol": {"start"}},
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer nofollow",
    )
