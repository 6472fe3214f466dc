"""Renders an article's Markdown as HTML; also run as a process for large articles: text in, HTML out."""

import os
import re
import sys
from html import escape, unescape
from posixpath import normpath

import nh3
from markdown_it import MarkdownIt

#: The path of a link beside the article or under /help, as the renderer writes it.
_RELATIVE_LINK = re.compile(r'href="(/help/|(?![a-zA-Z][a-zA-Z0-9+.-]*:|/|#|\?|"))([^"#?]+)')
_WRITTEN_DOT = re.compile("%2e", re.IGNORECASE)


def render_article(article_id: str, text: str) -> str:
    """The article's Markdown as sanitised HTML; links between articles lead to their pages."""
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    folder = article_id.rpartition("/")[0]

    def rewrite_link(found: re.Match[str]) -> str:
        return f'href="{_resolve_link("" if found[1] else folder, found[2])}'

    html = _RELATIVE_LINK.sub(rewrite_link, html)
    safe = nh3.clean(html, tags=nh3.ALLOWED_TAGS - {"img"}, url_schemes={"http", "https", "mailto", "tel"})
    # A wide table scrolls in a frame that is reachable by keyboard.
    framed = safe.replace("<table>", '<div class="wide" tabindex="0"><table>')
    return framed.replace("</table>", "</table></div>")


def _resolve_link(folder: str, link: str) -> str:
    """A link beside the article as an address under /help; `..` ends there, also in percent signs."""
    plain = _WRITTEN_DOT.sub(".", unescape(link)).replace("%5C", "/").replace("%5c", "/")
    return "/help" + escape(normpath(f"/{folder}/{plain}".replace("//", "/")))


if __name__ == "__main__":
    os.nice(5)  # chat requests have priority
    drawn = render_article(sys.argv[1], sys.stdin.buffer.read().decode("utf-8", "replace"))
    sys.stdout.buffer.write((drawn or "<p></p>").encode())
