"""Reply text to HTML that is safe in any browser; nothing else in the product makes HTML from a reply."""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from html import escape
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from assistant.domain.messages import Citation

_TAGS = {"p", "br", "hr", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "a", "sup", "blockquote"} | {
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
_MARKER = re.compile(r"\[(\d{1,2})\](?!\()")
_HIDDEN = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_PICTURE = re.compile(r"!(?=\[)")
#: Longer than any reply; what is longer was not written by us.
_MOST_CHARACTERS = 20_000


def render(text: str, citations: Sequence[Citation] = (), allowed_hosts: Collection[str] = ()) -> str:
    """HTML of a reply: ``[n]`` links to its citation, an address is a link only on an allowed host."""
    text = _PICTURE.sub("", _HIDDEN.sub("", _whole_characters(text)[:_MOST_CHARACTERS]))
    env = {"cited": {citation.n for citation in citations}, "hosts": {host.lower() for host in allowed_hosts}}
    return _clean(_parser().render(text, env)).strip()


def _whole_characters(text: str) -> str:
    """Without halves of characters and control codes, which no encoder and no browser takes."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}, renderer_cls=_Renderer)
    parser.enable(["table", "strikethrough"]).disable(["image", "reference", "html_block", "html_inline"])
    parser.inline.ruler.before("link", "citation", _citation)
    return parser


def _citation(state: StateInline, silent: bool) -> bool:
    found = _MARKER.match(state.src, state.pos)
    if not found or int(found[1]) not in state.env["cited"]:
        return False
    if not silent:
        state.push("citation", "", 0).content = str(int(found[1]))
    state.pos = found.end()
    return True


_ADDRESS = re.compile(r"(https?://[A-Za-z0-9._~:/?#@!$&'*+,;=%\[\]-]*[A-Za-z0-9_~/#@$&+=%-])", re.IGNORECASE)


def _is_allowed(address: str, hosts: Collection[str]) -> bool:
    """http(s) to one of *hosts*, without a user name that makes it look like another."""
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in ("http", "https")
            and "@" not in parts.netloc
            and (parts.netloc.lower() in hosts or (parts.hostname or "") in hosts)
        )
    except ValueError:
        return False


class _Renderer(RendererHTML):
    """Links show where they lead; a link that is not allowed is its words."""

    def citation(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        n = tokens[idx].content
        return f'<sup><a href="#cite-{n}" data-cite="{n}">{n}</a></sup>'

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A bare address becomes a link, where its host is allowed."""
        pieces = _ADDRESS.split(tokens[idx].content)
        return "".join(_linked(piece, env["hosts"]) for piece in pieces)

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return ""

    def link_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """After the words of a link comes its address, in full, unless it is what the words say."""
        opener = _opener(tokens, idx)
        address = str(opener.attrGet("href") or "")
        words = "".join(token.content for token in tokens[tokens.index(opener) + 1 : idx])
        if not _is_allowed(address, env["hosts"]) or words == address:
            return ""
        return f" ({_link(address)})"

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "<p><strong>"

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</strong></p>"


def _opener(tokens: Sequence[Token], closing: int) -> Token:
    depth = 0
    for token in reversed(tokens[:closing]):
        depth += (token.type == "link_close") - (token.type == "link_open")
        if depth < 0:
            return token
    raise AssertionError("markdown-it closed a link that it never opened")


def _linked(piece: str, hosts: Collection[str]) -> str:
    return _link(piece) if _is_allowed(piece, hosts) else escape(piece)


def _link(address: str) -> str:
    return f'<a href="{escape(address)}" target="_blank">{escape(address)}</a>'


def _clean(html: str) -> str:
    """What the parser let through is sanitised once more by a library whose only business that is."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "data-cite", "target"}, "ol": {"start"}},
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer nofollow",
    )
