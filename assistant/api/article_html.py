"""Renders an article's Markdown as HTML; also run as a process for large articles: text in, HTML out."""

import os
import re
import sys
from html import escape
from posixpath import join, normpath

import nh3
from markdown_it import MarkdownIt


def render_article(article_id: str, text: str) -> str:
    """The article's Markdown as sanitised HTML; links between articles lead to their pages."""
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    folder = article_id.rpartition("/")[0]

    def rewrite_link(match: re.Match[str]) -> str:
        return f'href="/help/{escape(normpath(join(folder, match[1])))}'

    html = re.sub(r'href="(?![a-z]+:|/|#)([^"#]+\.md)(?=["#])', rewrite_link, html)
    safe = nh3.clean(html, tags=nh3.ALLOWED_TAGS - {"img"}, url_schemes={"http", "https", "mailto", "tel"})
    # A wide table scrolls in a frame that is reachable by keyboard.
    framed = safe.replace("<table>", '<div class="wide" tabindex="0"><table>')
    return framed.replace("</table>", "</table></div>")


if __name__ == "__main__":
    os.nice(5)  # chat requests have priority
    drawn = render_article(sys.argv[1], sys.stdin.buffer.read().decode("utf-8", "replace"))
    sys.stdout.buffer.write((drawn or "<p></p>").encode())
