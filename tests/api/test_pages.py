"""What a person's browser is shown: a start, the list of articles, and a page where there is nothing."""

import re
from pathlib import Path

import httpx2
import pytest

from assistant.api.pages.help import render_article_page, render_help_centre, select_language
from assistant.domain.knowledge import Article, HelpEntry
from tests.api.conftest import ApiClient, application
from tests.harness import Harness

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "ja"),
        ("en-US,en;q=0.9", "en"),
        ("en;q=0.5,ja;q=0.8", "ja"),
        ("de-DE,de;q=0.9,en;q=0.7", "en"),
        ("fr", "ja"),
        ("en;q=high,;;q=,", "en"),
    ],
)
def test_the_browser_says_which_language(header: str, language: str) -> None:
    assert select_language(header, ("ja", "en")) == language


@pytest.mark.parametrize(
    ("headers", "query", "words"),
    [
        ({"Accept-Language": "en"}, "", "How can we help?"),
        ({"Accept-Language": "ja"}, "", "お困りのことはありませんか"),
        ({"Accept-Language": "ja"}, "?lang=en", "How can we help?"),
    ],
)
async def test_the_start_is_nobodys_shop(
    client: ApiClient, headers: dict[str, str], query: str, words: str
) -> None:
    page = (await client.http.get(f"/{query}", headers=headers)).text
    assert words in page
    assert "/widget.js" in page
    assert "Komorebi" not in page
    assert "こもれび" not in page


@pytest.mark.parametrize(
    ("names", "shown"),
    [({}, "ヘルプ"), ({"ja": "森 & 商店", "en": "Mori"}, "森 &amp; 商店")],
)
async def test_pages_bear_the_operators_name(
    rig: Harness, tmp_path: Path, names: dict[str, str], shown: str
) -> None:
    app = application(rig, {}, tmp_path, names=names)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as http:
        for path in ("/help/ja/returns.md", "/", "/help"):
            assert f'<a href="/?lang=ja">{shown}</a>' in (await http.get(path)).text


@pytest.mark.parametrize(
    ("language", "listed", "unlisted"),
    [
        ("ja", '<a href="/help/ja/returns.md">', "en/returns.md"),
        ("en", '<a href="/help/en/returns.md">&lt;Returns&gt;</a>', "ja/returns.md"),
    ],
)
async def test_articles_are_listed(client: ApiClient, language: str, listed: str, unlisted: str) -> None:
    page = (await client.http.get(f"/help?lang={language}")).text
    assert listed in page
    assert unlisted not in page


async def test_the_help_centre_is_searched_and_only_what_holds_is_found(client: ApiClient) -> None:
    page = (await client.http.get("/help?lang=ja&q=<i>期限")).text
    assert "「&lt;i&gt;期限」の検索結果" in page
    assert '<a href="/help/ja/returns.md">' in page
    assert "<p>&lt;b&gt;&lt;i&gt;期限 …</p>" in page
    assert "終わったキャンペーン" not in page
    assert 'value="&lt;i&gt;期限"' in page


async def test_titles_are_searched_while_the_assistant_is_away(client: ApiClient) -> None:
    client.article_desk.away = True
    assert "/help/en/returns.md" in (await client.http.get("/help?lang=en&q=RETURNS")).text
    nothing = (await client.http.get("/help?lang=en&q=space")).text
    assert "<h2>No article was found for “space”.</h2>" in nothing


async def test_topics_that_articles_share_are_browsed(client: ApiClient) -> None:
    page = (await client.http.get("/help?lang=ja")).text
    assert '/help?lang=ja&amp;tag=%3C%E9%80%81%E6%96%99%3E">&lt;送料&gt;</a>' in page
    assert ">返品</a>" not in page
    of_one = (await client.http.get("/help", params={"lang": "ja", "tag": "返品"})).text
    assert "/help/ja/returns.md" in of_one
    assert "/help/ja/fee.md" not in of_one


def entry(article: str) -> HelpEntry:
    return HelpEntry(id=article, title=article.upper(), language=article[:2])


SHOP = [entry("ja/returns/a.md"), entry("ja/<b>/c.md"), entry("ja/top.md"), entry("en/returns/a.md")]


def test_articles_are_listed_by_section() -> None:
    page = render_help_centre(SHOP, "ja", {})
    sections = re.findall(r"<h3>(.+?)</h3>\n<ul class=\"articles\">\n(.+?)</ul>", page, re.DOTALL)
    assert [name for name, _ in sections] == ["&lt;b&gt;", "返品・交換・返金", "そのほかの記事"]
    assert "/help/ja/returns/a.md" in sections[1][1]
    assert "/help/ja/top.md" in sections[2][1]


def test_articles_of_one_folder_are_one_list() -> None:
    assert "<h3>" not in render_help_centre(SHOP, "en", {})


def test_a_section_in_english_bears_the_name_of_its_folder() -> None:
    page = render_help_centre([entry("en/getting-started/a.md"), entry("en/returns/a.md")], "en", {})
    assert "<h3>Getting started</h3>" in page


def test_the_help_in_the_other_language_is_one_tap_away_and_searches_the_same() -> None:
    link = '<a lang="en" hreflang="en" href="/help?lang=en{}">Help in English</a>'
    assert link.format("") in render_help_centre(SHOP, "ja", {})
    assert link.format("&amp;q=%22x%26") in render_help_centre(SHOP, "ja", {}, asked='"x&', found=[])
    assert "hreflang" not in render_help_centre(SHOP[:3], "ja", {})


@pytest.mark.parametrize(
    ("article", "link"),
    [
        ("ja/returns/a.md", '<a lang="en" hreflang="en" href="/help/en/returns/a.md">'),
        ("ja/top.md", '<a lang="en" hreflang="en" href="/help?lang=en">'),
    ],
)
def test_an_article_leads_to_the_same_article_in_the_other_language(article: str, link: str) -> None:
    shown = Article(id=article, title="x", language="ja", text="x")
    assert link in render_article_page(shown, "<p>x</p>", {}, SHOP)


@pytest.mark.parametrize("path", ["/help/ja/unknown.md", "/nothing", "/elsewhere/page.html"])
async def test_a_wrong_address_is_a_page_for_people_and_json_for_programs(
    client: ApiClient, path: str
) -> None:
    page = await client.http.get(path, headers=BROWSER | {"Accept-Language": "en"})
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "We could not find this page" in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    answer = await client.http.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


async def test_calls_are_answered_in_json_even_to_a_browser(client: ApiClient) -> None:
    answer = await client.http.get(
        "/v1/conversations/unknown", headers=BROWSER | {"Authorization": "Bearer x"}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("name", ["widget.js", "widget-panel.js"])
async def test_the_widgets_files_come_compressed_and_once(client: ApiClient, name: str) -> None:
    file = client.app.state.context.static / name
    file.write_text("start();" * 100)
    first = await client.http.get(f"/{name}", headers={"Accept-Encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    assert int(first.headers["content-length"]) < 100
    assert first.text == "start();" * 100
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    again = await client.http.get(f"/{name}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    file.write_text("begin();")
    changed = await client.http.get(
        f"/{name}", headers={"If-None-Match": first.headers["etag"], "Accept-Encoding": "identity"}
    )
    assert (changed.status_code, changed.text) == (200, "begin();")
    assert "content-encoding" not in changed.headers


async def test_a_page_that_may_embed_the_widget_may_load_its_second_file(client: ApiClient) -> None:
    (client.app.state.context.static / "widget-panel.js").write_text("panel();")
    page = await client.http.get("/widget-panel.js", headers={"Origin": "https://shop.example"})
    assert page.headers["access-control-allow-origin"] == "*"
