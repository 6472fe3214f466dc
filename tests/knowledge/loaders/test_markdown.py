"""Markdown as other people write it: front matter of every style, and the marks of blog engines."""

import time
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from assistant.knowledge.loaders import Document, Unreadable
from assistant.knowledge.loaders.authoring import remove_comments, render_plain_markup
from assistant.knowledge.loaders.front_matter import split_front_matter
from assistant.knowledge.loaders.markdown import load_markdown, render_plain_markdown
from assistant.knowledge.loaders.templating import render_templates

FILES = Path(__file__).parent / "files"


def load(text: str) -> Document:
    [document] = load_markdown(text.encode())
    return document


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: 返品の期限\nlanguage: ja\nupdated: 2026-09-01\nvalid_until: 2027-03-31\n"
        "tags: [返品, 期限]\nurl: https://example.com/a\n---\n",
        "---\ntitle: 返品の期限\nlang: ja-JP\ndate: 2026-09-01T10:00:00+09:00\nexpires: 2027/03/31\ntags:\n"
        "  - 返品\n  - 期限\nurl: https://example.com/a\nlayout: post\n...\n",
        '+++\ntitle = "返品の期限"\nlanguage = "ja"\ndate = 2026-09-01\nvalid_until = "2027-03-31"\n'
        'tags = ["返品", "期限"]\nurl = "https://example.com/a"\n+++\n',
        '{"title": "返品の期限", "language": "ja", "updated": "2026-09-01", "valid_until": "2027-03-31",\n'
        ' "tags": ["返品", "期限"], "url": "https://example.com/a"}\n',
        "Title: 返品の期限\nLanguage: Japanese\nDate: 2026年9月1日\nExpires: 2027.03.31\nTags: 返品、期限\n"
        "URL: https://example.com/a\n",
        "タイトル: 返品の期限\n言語: 日本語\n更新日: 2026/9/1\n有効期限: 2027年3月31日\nタグ: 返品, 期限\n"
        "URL: https://example.com/a\n",
    ],
    ids=["yaml", "jekyll", "toml", "json", "key-value", "japanese"],
)
def test_every_style_of_front_matter_says_the_same(front: str) -> None:
    assert load(f"{front}\n本文です。\n") == Document(
        title="返品の期限",
        text="本文です。",
        language="ja",
        url="https://example.com/a",
        updated=date(2026, 9, 1),
        valid_until=date(2027, 3, 31),
        tags=("返品", "期限"),
    )


def test_a_title_with_a_colon_is_read_although_it_is_not_valid_yaml() -> None:
    assert (
        load("---\nTitle: Alerts: who gets them\nDate: 2026-01-02\n---\nText\n").title
        == "Alerts: who gets them"
    )


@pytest.mark.parametrize("day", ["2026-13-45", "soon", "2026-02-30"])
def test_a_wrong_date_is_a_warning_and_the_document_is_kept(day: str) -> None:
    document = load(f"---\ntitle: A\nvalid_until: {day}\n---\nText\n")
    assert document.valid_until is None
    assert document.warnings == (f"valid_until '{day}' is not a date such as 2026-09-30; ignored",)


def test_a_language_that_is_none_is_a_warning() -> None:
    assert (
        load("---\nlanguage: Klingon tongue\n---\nText\n").warnings[0].startswith("language 'Klingon tongue'")
    )


@pytest.mark.parametrize(
    "text", ["---\n\nA rule, then text\n", "{curly} text\n", "Note: not front matter\n", "--- x\n"]
)
def test_text_that_only_looks_like_front_matter_stays(text: str) -> None:
    assert load(text).text.replace("\n", "") == text.strip().replace("\n", "")


def test_aliases_in_front_matter_do_not_multiply() -> None:
    bomb = "a: &a [x, x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in pairwise("abcdefghi"))
    assert load(f"---\ntitle: T\n{bomb}---\nText\n").title == "T"


@pytest.mark.parametrize(
    "flag",
    [
        *(
            "draft: true",
            "Draft: yes",
            "published: false",
            "status: draft",
            "status: dr\u200baft",
            "status: not yet published",
            "status: scheduled to be published",
            "status: draft, no longer live",
            "audience: customer support staff",
            "閲覧範囲: お客様には非公開",
            "対象者: 全員（社内）",
            "公開: 不可",
            "draft: Yes!",
            "draft: ✅",
            "status: In review",
            "unlisted: true",
        ),
        *(
            "visibility: internal",
            "audience: [staff]",
            "下書き: true",
            "公開状態: 非公開",
            "公開範囲: 社内のみ",
        ),
        *("公開: false", "ステータス: 作成中", "archived: true", "private: yes", "社外秘: はい"),
    ],
)
def test_what_customers_are_not_meant_to_read_is_withheld_with_its_reason(flag: str) -> None:
    [document] = load_markdown(f"---\ntitle: A\n{flag}\n---\nText\n".encode())
    assert (document.text, bool(document.withheld)) == ("", True)


@pytest.mark.parametrize(
    "flag",
    [
        *(
            "draft: false",
            "published: true",
            "status: published",
            "status: drafted on 2020, published",
            "対象者: 管理者と一般のお客さま",
            "audience: customers and staff",
            "公開範囲: 全員（社内外）",
            "visibility: public",
            "audience: customers",
        ),
        *(
            "公開状態: 公開",
            "公開: 2026-01-01",
            "status: reviewed",
            "公開範囲: 社内・お客様",
            "state: active",
        ),
        *("下書き: ''", "private: no", "対象者: 全員"),
    ],
)
def test_what_customers_may_read_is_not_withheld(flag: str) -> None:
    [document] = load_markdown(f"---\ntitle: A\n{flag}\n---\nText\n".encode())
    assert (document.text, document.withheld) == ("Text", "")


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("# The title\n\nText", "The title", "Text"),
        ("The title\n=====\n\nText", "The title", "Text"),
        ("---\ntitle: The title\n---\n# The title\n\nText", "The title", "Text"),
        ("---\ntitle: One\n---\n# Another\n\nText", "One", "# Another\n\nText"),
        ("## A section\n\nText", "", "## A section\n\nText"),
        ("Just text", "", "Just text"),
    ],
)
def test_the_title_is_the_stated_one_or_the_first_heading(text: str, title: str, body: str) -> None:
    document = load(text)
    assert (document.title, document.text) == (title, body)


@pytest.mark.parametrize("data", [b"", b"  \n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused_with_the_mend(data: bytes) -> None:
    with pytest.raises(Unreadable, match="empty; write something in it or delete it"):
        load_markdown(data)


@pytest.mark.parametrize("text", ["---\ntitle: A\n---\n", "# Only a title\n"])
def test_a_title_without_text_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="no text"):
        load(text)


def test_a_blog_engines_page_becomes_plain_markdown() -> None:
    [document] = load_markdown((FILES / "hatena.md").read_bytes())
    assert document.title == "アラートの通知先: メールとSlack"
    assert document.url == "https://example.com/ja/docs/alerts"
    assert document.updated == date(2026, 7, 15)
    assert document.text == HATENA


HATENA = """\
通知先は[設定画面](https://example.com/settings)で変更します。

この機能は**β版**です。

## メールで受け取る

## Slackで受け取る

手順は次のとおりです。
権限が必要です。

- 設定を開く
- `<h2>タグ</h2>` はそのまま残る

| 項目 | 値 |
|------|----|
| 間隔 | 1分 ・最短 ・最長 |

| 権限 | 変更 |
| --- | --- |
| Owner | ○ |

```html
<h2>コードの中</h2>
<!-- コードの注釈 -->
```

詳細は<https://example.com/more>にあります。<plugin_name> を指定します。"""


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("a<br>b", "a\nb"),
        ("![screen](x.png)text", "text"),
        ("10<sup>9</sup> bytes", "10^9 bytes"),
        ('<a href="https://e.com/a">Go</a>', "[Go](https://e.com/a)"),
        ("<dl><dt>Term</dt><dd>Meaning</dd></dl>", "**Term**\nMeaning"),
        ("<script>alert(1)</script>text", "text"),
        ("text <iframe src='https://e.com'>x</iframe>", "text"),
        ("- one\n  <p>more</p>", "- one\n\n  more"),
        ("AT&amp;T&nbsp;5 &lt;host&gt;", "AT&T 5 &lt;host&gt;"),
        ("[Toc]\n\ntext", "text"),
        ("<strong>Orders</strong><span>what you bought</span>", "**Orders** what you bought"),
        ("`a` and ``b ` c``", "`a` and ``b ` c``"),
        ("    indented code <host>", "    indented code <host>"),
    ],
)
def test_raw_html_and_marks_are_turned_or_dropped(raw: str, wanted: str) -> None:
    assert render_plain_markdown(raw) == wanted


@pytest.mark.parametrize(
    ("read", "worst"),
    [
        ("templates", "<%" * 50_000),
        ("templates", "<%= " * 25_000),
        ("templates", "{{</*" * 20_000),
        ("templates", "{" + " " * 100_000),
        ("templates", "{{%" + " " * 100_000),
        ("templates", "{% " + "a" * 100_000),
        ("templates", "{{< " + "a" * 100_000),
        ("templates", "<A" + "a" * 100_000),
        ("templates", "export const a=1" + " " * 100_000 + "x"),
        ("comments", "{%comment" * 11_000),
        ("comments", "{% comment %}" + "{%endcomment" * 8_000),
        ("comments", "<span " + "line-through" * 8_000),
        ("marks", "《" + "一" * 100_000),
        ("marks", "!!! " + " " * 100_000 + "x"),
        ("marks", "[!INCLUDE" + " " * 100_000),
    ],
)
def test_the_worst_markup_takes_no_longer_than_another(read: str, worst: str) -> None:
    began = time.process_time()
    if read == "templates":
        render_templates(worst, [])
    elif read == "comments":
        remove_comments(worst)
    else:
        render_plain_markup(worst, [])
    assert time.process_time() - began < 1.0


def test_aliases_that_multiply_are_not_written_out() -> None:
    rows = [f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]" for n in range(9)]
    text = "\n".join(["---", "a: &a [x, x]", *rows, "title: *j", "tags: *j", "status: *j", "---", "Text"])
    began = time.process_time()
    facts, body = split_front_matter(text)
    assert (facts.title, body) == ("", "Text")
    assert time.process_time() - began < 1.0
