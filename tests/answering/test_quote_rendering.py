"""Whatever an article escapes is shown as its author wrote it, in the widget and in every app."""

import re
from html import unescape

import pytest

from assistant.answering.quotes.rendering import render_quotes
from assistant.answering.quotes.selection import Quote
from assistant.api.reply_html import render_reply
from assistant.channels.formatting import render_plain_text
from assistant.domain.markdown import escape_markdown
from assistant.knowledge.loaders.html import load_html
from assistant.knowledge.loaders.markdown import load_markdown
from assistant.ports.answering import AnswerRequest, Draft
from assistant.text.quotable import extract_units
from tests.answering.passages import passage

#: What an article's Markdown says -> what a reader of it sees.
LITERAL = [
    (r"押すと\[x\](https://evil.example)です。", "押すと[x](https://evil.example)です。"),
    (r"Type \<b\>bold\</b\> now.", "Type <b>bold</b> now."),
    (r"Type \<b>bold\</b> now.", "Type <b>bold</b> now."),
    ("Press &lt;Enter&gt; now.", "Press <Enter> now."),
    ("Write &amp;lt; for it.", "Write &lt; for it."),
    (r"Write \&lt; for it.", "Write &lt; for it."),
    (r"\`code\` は\*強調\*と\_これ\_と\~\~線\~\~です。", "`code` は*強調*と_これ_と~~線~~です。"),
    (r"1\. 番目です。", "1. 番目です。"),
    (r"\# 見出しではありません。", "# 見出しではありません。"),
    (r"\> 引用ではありません。", "> 引用ではありません。"),
    (r"- \[x\](javascript:alert) です。", "[x](javascript:alert) です。"),
    (r"C:\\Users\\\*です。", r"C:\Users\*です。"),
    (r"\{\{name\}\} と \[:contents\] です。", "{{name}} と [:contents] です。"),
    (r"\[x\]: https://evil.example です。", "[x]: https://evil.example です。"),
    (r"\![x\](https://evil.example) です。", "![x](https://evil.example) です。"),
    (r"\[2\](https://evil.example) です。", "(2)(https://evil.example) です。"),
    ("<div>Press &lt;Enter&gt; &amp; go.</div>", "Press <Enter> & go."),
]


def quote_article(markdown: str) -> Draft:
    """A reply that quotes all of an article."""
    article = passage(markdown)
    units = tuple(extract_units(article, 0))
    request = AnswerRequest(question="?", language="ja", passages=(article,))
    return render_quotes(request, [Quote(units=units, score=1.0)])


def read_html(html: str) -> str:
    """The words of a reply in the widget, without its numbers."""
    return unescape(re.sub(r"<[^>]*>", "", re.sub(r"<sup>.*?</sup>", "", html))).strip()


@pytest.mark.parametrize(("markdown", "words"), LITERAL)
def test_what_an_author_escaped_is_quoted_as_plain_words(markdown: str, words: str) -> None:
    draft = quote_article(markdown)
    html = render_reply(draft.text, draft.citations)
    assert read_html(html) == words
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "sup", "a"}
    assert re.findall(r'href="([^"]*)"', html) == ["#cite-1"] * html.count("<sup>")
    assert re.sub(r" ?\[1\] ?", "", render_plain_text(draft.text)) == words
    assert words in draft.citations[0].quote or "[2]" in draft.citations[0].quote


@pytest.mark.parametrize(("markdown", "words"), [case for case in LITERAL if "<div>" not in case[0]])
def test_what_an_author_escaped_is_still_escaped_after_ingest(markdown: str, words: str) -> None:
    [document] = load_markdown(markdown.encode())
    assert read_html(render_reply(quote_article(document.text).text, ())).replace("[1]", "").strip() == words


@pytest.mark.parametrize(
    "words",
    [
        "Press <Enter> to go on with the next page of it.",
        "Write [x](https://evil.example) where a link is to stand.",
        "Write &lt; for a bracket and C:\\[x] for a folder of it.",
    ],
)
def test_words_of_a_page_that_look_like_markup_are_quoted_as_words(words: str) -> None:
    page = words.replace("&", "&amp;").replace("<", "&lt;")
    [document] = load_html(f"<html><body><main><p>{page}</p></main></body></html>".encode())
    draft = quote_article(document.text)
    assert read_html(render_reply(draft.text, draft.citations)) == words


def test_cells_of_a_table_keep_their_signs() -> None:
    draft = quote_article("| a | b |\n|--|--|\n| \\<b\\> | \\[x\\](https://evil.example) `p\\|q` |")
    html = render_reply(draft.text, draft.citations)
    assert "<td>&lt;b&gt;</td>" in html
    assert "<td>[x](https://evil.example) <code>p|q</code>" in html


def test_code_keeps_what_would_be_markup_elsewhere() -> None:
    draft = quote_article("`{{name}}` と `<b>` と `a*b*c` と ``x`y`` です。")
    html = render_reply(draft.text, draft.citations)
    assert re.findall("<code>(.*?)</code>", html) == ["{{name}}", "&lt;b&gt;", "a*b*c", "x`y"]


def test_code_with_a_fence_in_it_stays_one_block() -> None:
    draft = quote_article("~~~\na\n```\n[x](https://evil.example)\n```\n~~~")
    html = render_reply(draft.text, draft.citations)
    assert html.count("<pre>") == 1
    assert "[x](https://evil.example)" in html


def test_a_bracket_behind_a_number_makes_no_link_of_it() -> None:
    draft = quote_article("送料は330円です。(税込)です。")
    assert read_html(render_reply(draft.text, draft.citations)) == "送料は330円です。(税込)です。"
    assert render_plain_text(draft.text) == "送料は330円です。[1](税込)です。[1]"


@pytest.mark.parametrize(
    "words",
    ["30日以内です。", "3 * 4 = 12", "snake_case", "5 < 6 & 7 > 2", "12. March", "~100円", "A [note] here"],
)
def test_words_that_mean_nothing_in_markdown_stay_as_they_are(words: str) -> None:
    assert escape_markdown(words).replace("12\\.", "12.") == words
