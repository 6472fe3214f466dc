"""Caches articles as HTML: each version is rendered once, off the event loop.

An article may be an 800 KB page of another site, and Markdown in Python takes seconds for it: large articles
are rendered in a process of their own with a deadline.
"""

import asyncio
import sys
from collections import OrderedDict
from hashlib import sha256
from html import escape

import structlog

from assistant.api.article_html import render_article
from assistant.domain.knowledge import Article

log = structlog.get_logger()

#: Limits of what is rendered in a thread, in milliseconds: characters, brackets, and lines times bars.
MAX_INLINE_SIZE = (20_000, 200, 4_000)
#: Seconds after which an article is shown as plain text.
RENDER_TIMEOUT_SECONDS = 20.0
#: Cached HTML, in characters.
MAX_CACHED_CHARACTERS = 8_000_000


class ArticleRenderer:
    """An LRU cache of rendered article bodies."""

    def __init__(self, seconds: float = RENDER_TIMEOUT_SECONDS, most: int = MAX_CACHED_CHARACTERS) -> None:
        self._seconds, self._most, self._size = seconds, most, 0
        self._known: OrderedDict[str, str] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    async def get_html(self, article: Article) -> str:
        """The article's body as HTML; concurrent callers share one rendering."""
        key = sha256(f"{article.id}\0{article.text}".encode("utf-8", "replace")).hexdigest()
        if key not in self._known:
            async with self._one_at_a_time:
                if key not in self._known:
                    self._cache_html(key, await self._render_html(article))
        self._known.move_to_end(key)
        return self._known[key]

    def _cache_html(self, key: str, html: str) -> None:
        self._known[key] = html
        self._size += len(html)
        while self._size > self._most and len(self._known) > 1:
            self._size -= len(self._known.popitem(last=False)[1])

    async def _render_html(self, article: Article) -> str:
        if _is_small_article(article.text):
            return await asyncio.to_thread(_render_inline, article)
        command = (sys.executable, "-m", "assistant.api.article_html", article.id)
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
        try:
            async with asyncio.timeout(self._seconds):
                html, _ = await process.communicate(article.text.encode("utf-8", "replace"))
        except TimeoutError:
            html = b""
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if not html:
            log.warning("article shown as plain text", article=article.id)
        return html.decode() or f"<pre>{escape(article.text)}</pre>"


def _is_small_article(text: str) -> bool:
    lines = text.split("\n")
    cells = len(lines) * max(line.count("|") for line in lines)
    return all(
        has <= most for has, most in zip((len(text), text.count("["), cells), MAX_INLINE_SIZE, strict=True)
    )


def _render_inline(article: Article) -> str:
    return render_article(article.id, article.text)
