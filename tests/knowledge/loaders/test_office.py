"""Word and PDF: headings, lists and tables survive; broken files are refused in one line."""

import io
from collections.abc import Callable

import pytest

from assistant.knowledge.loaders import Unreadable
from assistant.knowledge.loaders.docx import load_docx
from assistant.knowledge.loaders.pdf import load_pdf
from tests.knowledge.office import docx, paragraph, table, zipped


def test_a_word_document_becomes_markdown() -> None:
    body = (
        paragraph("返品のしおり", style="H1")
        + paragraph("30日以内です。")
        + paragraph("手順", style="H2")
        + paragraph("申し込む", number=1)
        + paragraph("送る", number=1)
        + paragraph("開封していない", number=2)
        + table([["地域", "送料"], ["北海道", "1,200円"]])
        + "<w:p><w:del><w:r><w:delText>古い</w:delText></w:r></w:del>"
        + "<w:ins><w:r><w:t>新しい</w:t></w:r></w:ins></w:p>"
    )
    [document] = load_docx(docx(body, title="返品のしおり"))
    assert document.title == "返品のしおり"
    assert document.text == WORD


WORD = """\
30日以内です。

## 手順

1. 申し込む
2. 送る

- 開封していない

| 地域 | 送料 |
| --- | --- |
| 北海道 | 1,200円 |

新しい"""


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty; write something"),
        (b"PK\x03\x04 not really", "damaged; open it and save it again"),
        (zipped({"a.txt": "a"}), "not a sound Word document; open it and save it again as .docx"),
        (docx(""), "no text; pictures of text cannot be read"),
        (zipped({"word/document.xml": b" " * 30_000_000}), "unpacks to 30 MB"),
    ],
    ids=["empty", "damaged", "other zip", "no text", "bomb"],
)
def test_a_word_document_that_is_none_is_refused_with_the_mend(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        load_docx(data)


#: x, y from the foot, size, words
Words = tuple[int, int, float, str]


def pdf(*pages: list[Words], title: str = "", password: str | None = None) -> bytes:
    """A PDF in a font that every Japanese office has."""
    from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    file = io.BytesIO()
    canvas = Canvas(file, encrypt=password)
    canvas.setTitle(title)
    for page in pages:
        for x, y, size, words in page:
            canvas.setFont("HeiseiMin-W3", size)
            canvas.drawString(x, y, words)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def test_a_pdf_becomes_markdown() -> None:
    first: list[Words] = [
        (60, 780, 20, "返品のご案内"),
        (60, 740, 14, "返品できる期限"),
        (60, 715, 10, "お届け日の翌日から30日以内に限り、未開封の商品を返品できます。期限内に必要なの"),
        (60, 700, 10, "は申し込みで、到着日ではありません。"),
        (60, 685, 10, "・送料はお客様の負担です。"),
        (60, 670, 10, "・不良品は当社が負担します。"),
    ]
    second: list[Words] = [(60, 780, 14, "How refunds work"), (60, 750, 10, "Refunds take seven days.")]
    [document] = load_pdf(pdf(first, second, title="Microsoft Word - 返品.docx"))
    assert document.title == "返品のご案内"
    assert document.text == PAPER


PAPER = """\
## 返品できる期限

お届け日の翌日から30日以内に限り、未開封の商品を返品できます。期限内に必要なのは申し込みで、到着日ではありません。

- 送料はお客様の負担です。

- 不良品は当社が負担します。

## How refunds work

Refunds take seven days."""


def test_running_heads_and_page_numbers_of_a_pdf_are_dropped() -> None:
    pages: list[list[Words]] = [
        [
            (60, 800, 9, "ヨリソイ商店 返品規約"),
            (60, 700, 10, f"第{n}条は次のとおりです。"),
            (300, 30, 9, f"- {n} -"),
        ]
        for n in range(1, 5)
    ]
    [document] = load_pdf(pdf(*pages, title="返品規約"))
    assert document.title == "返品規約"
    assert document.text.split() == [f"第{n}条は次のとおりです。" for n in range(1, 5)]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (lambda: b"", "empty; write something"),
        (lambda: b"%PDF-1.7 broken", "broken PDF; open it and save it again as PDF"),
        (lambda: pdf([(60, 700, 10, "秘密")])[:700], "broken PDF"),
        (lambda: pdf([]), "no text layer .a scan..; run text recognition"),
        (lambda: pdf([(60, 700, 10, "秘密")], password="geheim"), "locked with a password; save it without"),
    ],
    ids=["empty", "broken", "cut off", "scan", "locked"],
)
def test_a_pdf_that_cannot_be_read_is_refused_with_the_mend(data: Callable[[], bytes], why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        load_pdf(data())
