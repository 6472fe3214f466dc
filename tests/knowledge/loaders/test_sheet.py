"""Question–answer sheets: CSV and Excel, Japanese and English headers."""

import io
from datetime import date

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]

from assistant.knowledge.loaders import Document, Unreadable, excel
from assistant.knowledge.loaders.cell_formats import format_cell
from assistant.knowledge.loaders.csv_file import load_csv
from assistant.knowledge.loaders.excel import load_excel
from assistant.knowledge.loaders.sheet import MAX_ROWS
from tests.knowledge.office import xlsx, zipped


@pytest.mark.parametrize(
    "header",
    [
        "質問,回答",
        "Question,Answer",
        "Q,A",
        "question , ANSWER",
        "title,body",
        "お問い合わせ内容,回答内容",
        "【質問】,回答※",
    ],
)
def test_the_header_is_known_in_both_languages(header: str) -> None:
    assert load_csv(f"{header}\n返品できますか,はい。\n".encode()) == [
        Document(title="返品できますか", text="はい。", part="2")
    ]


def test_every_column_that_we_know_is_used() -> None:
    sheet = (
        "管理番号\tカテゴリー\t中分類\t質問\t回答\t言語\t更新日\t有効期限\tURL\tキーワード\t備考\n"
        "RET-001\t返品\t期限\t返品できますか\tはい。<br>30日以内です。\tja\t2026/9/1\t2027-03-31\thttps://e.com/1\t開封、未開封\t社内\n"
    )
    assert load_csv(sheet.encode("cp932")) == [
        Document(
            title="返品できますか",
            text="はい。\n30日以内です。",
            language="ja",
            url="https://e.com/1",
            updated=date(2026, 9, 1),
            valid_until=date(2027, 3, 31),
            tags=("返品", "期限", "開封", "未開封"),
            part="RET-001",
        )
    ]


def test_rows_are_numbered_as_the_spreadsheet_shows_them() -> None:
    sheet = 'FAQ 2026年版,\n,\n質問,回答\nA,"one\ntwo"\n,\nB,three\n'
    assert [(row.part, row.title, row.text) for row in load_csv(sheet.encode())] == [
        ("4", "A", "one\ntwo"),
        ("6", "B", "three"),
    ]


def test_two_columns_without_a_header_are_question_and_answer() -> None:
    assert [row.part for row in load_csv("返品できますか;はい\n送料は;500円\n".encode())] == ["1", "2"]


def test_a_half_filled_row_a_wrong_date_and_a_repeated_id_are_warnings() -> None:
    sheet = "id,質問,回答,更新日\n1,A,,\n2,B,b,いつか\n2,C,c,\n,D,d,\n"
    documents = load_csv(sheet.encode())
    assert [document.part for document in documents] == ["2", "2-row-4", "row-5"]
    assert documents[0].warnings == (
        "row 2: it has no answer; left out",
        "row 3: updated 'いつか' is not a date such as 2026-09-30; ignored",
        "row 4: id '2' is used twice; make it unique",
    )


@pytest.mark.parametrize(
    ("sheet", "why"),
    [
        ("", "empty; write something"),
        ("品番,価格,在庫\nA,100,3\n", "no question and answer columns; name them 質問 and 回答"),
        ("質問,回答\n,\n", "no row with a question and an answer"),
        ("質問,回答\n" + "a,b\n" * MAX_ROWS, "20,001 rows, more than 20,000; split it"),
        ('質問,回答\na,"' + "x" * 140_000 + '"\n', "not valid CSV"),
    ],
    ids=["empty", "no columns", "no rows", "too many", "huge cell"],
)
def test_a_sheet_that_is_none_is_refused_with_the_mend(sheet: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        load_csv(sheet.encode())


def test_a_workbook_gives_the_rows_of_its_visible_sheets() -> None:
    rows = [["質問", "回答"], ["返品できますか", "はい。"]]
    book = xlsx({"返品": rows, "社内": rows, "配送": rows, "価格": [["品番", "価格", "在庫"]]}, hidden="社内")
    documents = load_excel(book)
    assert [document.part for document in documents] == ["2", "配送-2"]
    assert (
        documents[0].warnings[-1].startswith("sheet '価格' left out: it has no question and answer columns")
    )


OPEN_DOCUMENT = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="FAQ">{}</table:table></office:spreadsheet></office:body>'
    "</office:document-content>"
)
OPEN_CELL = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
OPEN_NUMBER = (
    '<table:table-cell office:value-type="percentage" office:value="0.1"><text:p>10%</text:p>'
    "</table:table-cell>"
)


def test_a_workbook_whose_formats_are_not_read_says_so() -> None:
    rows = [
        OPEN_CELL.format("質問") + OPEN_CELL.format("回答"),
        OPEN_CELL.format("税率は？") + OPEN_NUMBER,
    ]
    table = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    parts = {
        "mimetype": kind,
        "META-INF/manifest.xml": manifest,
        "content.xml": OPEN_DOCUMENT.format(table),
    }
    [document] = load_excel(zipped(parts))
    assert document.text == "0.1"
    assert "as they are stored" in document.warnings[0]
    assert "save it as .xlsx" in document.warnings[0]


def test_a_workbook_too_large_for_its_formats_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    written, book = Workbook(), io.BytesIO()
    written.active.append(["質問", "回答"])
    written.active.append(["返品できますか", "はい。"])
    written.save(book)
    assert load_excel(book.getvalue())[0].warnings == ()
    monkeypatch.setattr(excel, "MAX_FORMATTED_CELLS", 3)
    assert "as they are stored" in load_excel(book.getvalue())[0].warnings[0]


@pytest.mark.parametrize(
    ("book", "why"),
    [
        (b"", "empty; write something"),
        (b"PK\x03\x04 not really", "damaged; open it and save it again"),
        (b"text", "not a sound workbook; open it and save it again"),
        (xlsx({"A": []}), "the workbook is empty"),
        (xlsx({"A": [["品番", "価格", "在庫"]]}), "no question and answer columns"),
        (zipped({"xl/a.xml": b"\0" * 50_000_000}), "unpacks to 50 MB in 1 parts, which is too much"),
        (zipped({"xl/a.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a/>'}), "defines XML entities"),
    ],
    ids=["empty", "damaged", "text", "no cells", "no columns", "bomb", "entities"],
)
def test_a_workbook_that_is_none_is_refused_with_the_mend(book: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        load_excel(book)


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [(0.1, "0%", "10%"), (550, '"¥"#,##0', "¥550"), (1234.5, "0.00", "1234.50"), (12, '0"か月"', "12か月")],
)
def test_a_number_is_read_as_the_spreadsheet_shows_it(value: float, code: str, shown: str) -> None:
    assert format_cell(value, code) == shown
