"""Small documents that expand without bound when opened; for `evals/faults/stalls.py` and tests."""

import io
import zipfile
import zlib
from collections.abc import Callable

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def build_pdf(contents: bytes, *, pages: int = 1, forms: dict[str, bytes] | None = None) -> bytes:
    """A PDF whose pages all have the same compressed *contents*; *forms* can be drawn by name."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, b" ".join(b"5 0 R" for _ in range(pages))),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        _build_stream(contents),
    ]
    first = 6
    names = b"".join(b"/%s %d 0 R" % (name.encode(), first + n) for n, name in enumerate(forms or {}))
    resources = b"<</Font<</F 3 0 R>>/XObject<<%s>>>>" % names
    objects.append(
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources %s>>" % resources
    )
    for content in (forms or {}).values():
        form = b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources %s" % resources
        objects.append(_build_stream(content, form))
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))
    return out.getvalue()


def _build_stream(content: bytes, about: bytes = b"") -> bytes:
    packed = zlib.compress(content, 9)
    return b"<<%s/Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (about, len(packed), packed)


def build_pdf_of_spaces() -> bytes:
    """100 MB of spaces."""
    return build_pdf(b"BT /F 12 Tf 50 700 Td (x) Tj ET" + b" " * 100_000_000)


def build_pdf_of_letters() -> bytes:
    return build_pdf(b"BT /F 1 Tf 50 700 Td " + b"(aaaaaaaaaaaaaaaaaaaa) Tj " * 200_000 + b"ET")


def build_pdf_of_lines() -> bytes:
    return build_pdf(b"BT /F 9 Tf (x) Tj ET " + b"0 0 m 600 800 l S 10 10 50 50 re S " * 300_000)


def build_pdf_of_pages() -> bytes:
    return build_pdf(b"BT /F 9 Tf 50 700 Td (page) Tj ET", pages=100_000)


def build_pdf_of_forms() -> bytes:
    """Forms that draw the next one ten times each, nine levels deep."""
    forms = {f"X{n}": b"/X%d Do " % (n + 1) * 10 for n in range(9)}
    return build_pdf(b"/X0 Do", forms=forms | {"X9": b"BT /F 9 Tf 50 700 Td (x) Tj ET"})


def build_pdf_that_draws_itself() -> bytes:
    return build_pdf(b"/X0 Do", forms={"X0": b"BT /F 9 Tf 50 700 Td (x) Tj ET /X0 Do /X0 Do"})


def build_workbook(rows: str, more: str = "", shared: str = "") -> bytes:
    """A workbook of one sheet with those rows as XML."""
    sheet = f'{XML}<worksheet xmlns="{SHEETS}"><sheetData>{rows}</sheetData>{more}</worksheet>'
    strings = f'{XML}<sst xmlns="{SHEETS}">{shared}</sst>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return _build_archive(
        {
            "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/></Types>',
            "_rels/.rels": _build_relations(("officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'{XML}<workbook xmlns="{SHEETS}" xmlns:r="{RELATIONS}"><sheets>'
            f'<sheet name="FAQ" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": _build_relations(
                ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
            ),
            "xl/sharedStrings.xml": strings,
            "xl/worksheets/sheet1.xml": sheet,
        }
    )


def _build_relations(*targets: tuple[str, str]) -> str:
    lines = (
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{"".join(lines)}</Relationships>'


def _build_archive(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _build_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


HEADER = f'<row r="1">{_build_cell("A1", "質問")}{_build_cell("B1", "回答")}</row>'


def build_wide_workbook() -> bytes:
    """Three thousand rows with one cell each, at the right edge of the sheet."""
    rows = "".join(f'<row r="{n}">{_build_cell(f"XFD{n}", "x")}</row>' for n in range(2, 3_000))
    return build_workbook(HEADER + rows)


def build_tall_workbook() -> bytes:
    return build_workbook(f'{HEADER}<row r="1048576">{_build_cell("XFD1048576", "x")}</row>')


def build_merged_workbook() -> bytes:
    """Each row is merged with all below it."""
    rows = "".join(
        f'<row r="{n}">{_build_cell(f"A{n}", "q")}{_build_cell(f"B{n}", "a")}</row>' for n in range(2, 9_000)
    )
    spans = "".join(f'<mergeCell ref="A{n}:XFD1048576"/>' for n in range(2, 9_000))
    return build_workbook(HEADER + rows, f"<mergeCells>{spans}</mergeCells>")


def build_workbook_of_one_string() -> bytes:
    """One text of a megabyte, in every cell."""
    row = '<row r="{0}"><c r="A{0}" t="s"><v>0</v></c><c r="B{0}" t="s"><v>0</v></c></row>'
    rows = "".join(row.format(n) for n in range(2, 5_000))
    noise = "".join(chr(0x4E00 + n * 7 % 20_000) for n in range(300_000))
    return build_workbook(HEADER + rows, shared=f"<si><t>{noise}</t></si>")


def build_word_document(body: str) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return _build_archive(
        {
            "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
            "_rels/.rels": _build_relations(("officeDocument", "word/document.xml")),
            "word/document.xml": f'{XML}<w:document xmlns:w="{WORDS}"><w:body>{body}</w:body></w:document>',
        }
    )


PARAGRAPH = "<w:p><w:r><w:t>x</w:t></w:r></w:p>"


def build_nested_word_document() -> bytes:
    """Deeply nested tables."""
    return build_word_document("<w:tbl><w:tr><w:tc>" * 20_000 + PARAGRAPH + "</w:tc></w:tr></w:tbl>" * 20_000)


def build_long_word_document() -> bytes:
    return build_word_document(
        "".join(f"<w:p><w:r><w:t>{n * 7919 % 99991}</w:t></w:r></w:p>" for n in range(600_000))
    )


def build_word_table() -> bytes:
    """A table of one row whose cells each span a million columns."""
    cell = (
        f'<w:tc><w:tcPr><w:gridSpan w:val="1000000"/><w:vMerge w:val="restart"/></w:tcPr>{PARAGRAPH}</w:tc>'
    )
    return build_word_document(f"<w:tbl>{f'<w:tr>{cell * 20}</w:tr>' * 20}</w:tbl>")


def build_bomb() -> bytes:
    """A Word document of 200 MB of spaces."""
    return _build_archive({"word/document.xml": " " * 200_000_000})


#: File name -> builder.
BOMBS: dict[str, Callable[[], bytes]] = {
    "spaces.pdf": build_pdf_of_spaces,
    "letters.pdf": build_pdf_of_letters,
    "lines.pdf": build_pdf_of_lines,
    "pages.pdf": build_pdf_of_pages,
    "forms.pdf": build_pdf_of_forms,
    "itself.pdf": build_pdf_that_draws_itself,
    "wide.xlsx": build_wide_workbook,
    "tall.xlsx": build_tall_workbook,
    "merged.xlsx": build_merged_workbook,
    "string.xlsx": build_workbook_of_one_string,
    "nested.docx": build_nested_word_document,
    "long.docx": build_long_word_document,
    "table.docx": build_word_table,
    "bomb.docx": build_bomb,
}
