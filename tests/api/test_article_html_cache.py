"""Articles' pages: drawn once, and never in anybody's way."""

import asyncio
from typing import Any

import pytest

from assistant.api import article_html_cache
from assistant.api.article_html import render_article
from assistant.api.article_html_cache import ArticleRenderer
from assistant.domain.knowledge import Article

LONG = "返品の期限は30日です。[送料](delivery.md) **太字** <b>x</b>\n\n" * 800


def article(text: str) -> Article:
    return Article(id="ja/a.md", title="A", language="ja", text=text)


async def test_a_long_article_is_drawn_in_another_process_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(article_html_cache, "_render_inline", lambda _: pytest.fail("drawn in this process"))
    started, start = 0, asyncio.create_subprocess_exec

    async def counted(*command: str, **how: Any) -> asyncio.subprocess.Process:
        nonlocal started
        started += 1
        return await start(*command, **how)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", counted)
    drawn = ArticleRenderer(seconds=60)
    found = await asyncio.gather(*(drawn.get_html(article(LONG)) for _ in range(5)))
    assert started == 1
    assert len(set(found)) == 1
    assert '<a href="/help/ja/delivery.md"' in found[0]
    assert "<b>" not in found[0]


async def test_what_takes_too_long_is_shown_as_plain_text() -> None:
    html = await ArticleRenderer(seconds=0.01).get_html(article(LONG))
    assert html.startswith("<pre>返品")
    assert "&lt;b&gt;" in html


async def test_hostile_brackets_are_not_drawn_in_this_process() -> None:
    assert not article_html_cache._is_small_article("[" * 4_000)
    assert not article_html_cache._is_small_article(("a|" * 200 + "\n") * 50)
    assert article_html_cache._is_small_article("普通の記事です。[送料](delivery.md)\n" * 100)


@pytest.mark.parametrize(
    ("link", "leads_to"),
    [
        ("../../../v1/agent", "/help/v1/agent"),
        ("../../../secret.md", "/help/secret.md"),
        ("%2e%2e/%2E./%2e%2e/x.md#top", "/help/x.md#top"),
        ("..\\\\..\\\\..\\\\console", "/help/console"),
        ("/help/../console", "/help/console"),
        ("../en/fees.md", "/help/ja/en/fees.md"),
        ("https://shop.example/../x", "https://shop.example/../x"),
        ("#part", "#part"),
    ],
)
def test_no_link_climbs_out_of_the_help(link: str, leads_to: str) -> None:
    assert f'href="{leads_to}"' in render_article("ja/a/b.md", f"[t]({link})")


@pytest.mark.parametrize("text", ["> " * 10_000, "- " * 10_000, "<div>" * 10_000, "*a _b " * 3_000])
def test_nothing_is_nested_too_deeply_to_be_drawn(text: str) -> None:
    assert render_article("ja/a.md", f"{text}x")
