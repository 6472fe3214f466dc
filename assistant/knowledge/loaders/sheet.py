"""Question–answer sheets from CSV or a spreadsheet: detects the columns, builds one article per row."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from assistant.knowledge.loaders import audience, front_matter
from assistant.knowledge.loaders.document import Document, Unreadable
from assistant.knowledge.loaders.markdown import render_plain_markdown
from assistant.knowledge.loaders.text import clean_text

MAX_ROWS = 20_000
#: Rows above the header that may be an introduction.
HEADER_WITHIN = 10
#: Columns with the same meaning as a front matter field.
FACTS = ("language", "url", "updated", "valid_from", "valid_until")
#: Our columns -> support teams' names for them, the most specific first.
COLUMNS: dict[str, tuple[str, ...]] = {
    "question": (
        *(
            "question",
            "質問",
            "質問内容",
            "質問文",
            "問い合わせ",
            "問い合わせ内容",
            "お問い合わせ内容",
            "q",
            "問",
        ),
        *("title", "subject", "タイトル", "件名", "見出し", "項目"),
    ),
    "answer": (
        *("answer", "回答", "回答内容", "回答文", "答え", "a", "答", "reply", "response"),
        *("body", "本文", "内容", "text", "content", "description", "説明", "解説"),
    ),
    "id": ("id", "faq_id", "no", "no.", "番号", "管理番号", "faq番号", "faqid", "key", "slug", "code", "#"),
    "category": (
        "category",
        "categories",
        "section",
        "topic",
        "カテゴリ",
        "カテゴリー",
        "分類",
        "大分類",
        "区分",
    ),
    "subcategory": ("subcategory", "サブカテゴリ", "サブカテゴリー", "中分類", "小分類"),
    "tags": ("tags", "tag", "keywords", "keyword", "タグ", "キーワード", "検索キーワード", "label", "labels"),
    **{name: front_matter.NAMES[name] for name in FACTS},
}
PLURALS = {name for names in COLUMNS.values() for name in names if name.isascii() and len(name) > 2}
#: Patterns of column names: "お客様からのご質問", "模範回答", "Your answer".
WORDED = {
    "question": re.compile(
        r"質問(?!者|日|数|番号|id|件|種)|問い合わせ(?!者|日|数|番号|id|件|種|先)|(?:^|_)questions?(?:$|_(?!id|no|number|date|type|count))"
    ),
    "answer": re.compile(
        r"(?:回答|返答|答え|応答|返信)(?!者|日|数|番号|id|件|率|期限)|(?:^|_)answers?(?:$|_(?!id|no|number|date|type|count|by))"
    ),
}
MAX_NAME_CHARACTERS = 24
MAX_WARNINGS = 20
NO_COLUMNS = "it has no question and answer columns; name them 質問 and 回答, or question and answer"

Row = Sequence[str]
#: Row and column of a cell, from 0.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """The columns of a sheet; empty without a header."""

    #: Our column name -> its index.
    known: Mapping[str, int]
    #: The author's name of each column that may state the audience -> its index.
    audience: Mapping[str, int]
    width: int


def build_documents(
    rows: Sequence[Row],
    *,
    delimiter: str = "",
    continued: Collection[Place] = (),
    days: Mapping[Place, str] = MappingProxyType({}),
) -> list[Document]:
    """The articles of a sheet; `part` is the row's own id, or its number as the spreadsheet shows it.

    *continued*: cells covered by a merged cell above; such a question has several answers. *days*: cells that
    hold a date, which the spreadsheet may show in any format.
    """
    if len(rows) > MAX_ROWS:
        raise Unreadable(f"it has {len(rows):,} rows, more than {MAX_ROWS:,}; split it")
    columns, below = _find_header(rows)
    warnings: list[str] = []
    found: dict[str, Document] = {}
    last = ""
    for number, row in enumerate(rows[below:], below + 1):
        row = _fit_row(columns, row, number, delimiter, warnings)
        stored = {
            name: days[number - 1, at] for name, at in columns.known.items() if (number - 1, at) in days
        }
        document = _build_document(columns, row, number, stored, warnings)
        if document is None:
            continue
        if last and (number - 1, columns.known["question"]) in continued:
            apart = (number - 1, columns.known["answer"]) not in continued
            found[last] = _append_answer(found[last], document, more=document.text if apart else "")
            continue
        if document.part in found:
            warnings.append(f"row {number}: id {document.part!r} is used twice; make it unique")
            document = replace(document, part=f"{document.part}-row-{number}")
        found[document.part] = document
        last = document.part
    if not found:
        raise Unreadable("it has no row with a question and an answer; fill them in or delete it")
    first, *others = found.values()
    return [replace(first, warnings=(*_truncate_warnings(warnings), *first.warnings)), *others]


def is_header(row: Row) -> bool:
    """Whether there is a question and an answer column."""
    columns = dict(_match_columns(row))
    return {"question", "answer"} <= columns.keys() and columns["question"] != columns["answer"]


def _append_answer(above: Document, document: Document, *, more: str) -> Document:
    """Append a further answer to a question that spans several rows, unless it is withheld."""
    if document.withheld or not more:
        return above
    return document if above.withheld else replace(above, text=f"{above.text}\n\n{more}")


def _truncate_warnings(warnings: Sequence[str]) -> list[str]:
    more = len(warnings) - MAX_WARNINGS
    return [*warnings[:MAX_WARNINGS], *([f"and {more} more warnings"] if more > 0 else [])]


def _fit_row(columns: SheetColumns, row: Row, number: int, delimiter: str, warnings: list[str]) -> Row:
    """Join surplus cells into the last column if a delimiter probably split it; else drop the row."""
    while len(row) > columns.width and not row[-1].strip():
        row = row[:-1]
    if not columns.width or len(row) <= columns.width:
        return row
    last = columns.width - 1
    why = f"row {number}: it has more cells than the header; put the text into quotation marks"
    if delimiter and columns.known["answer"] == last:
        warnings.append(f"{why} (the last ones were put together)")
        spaced = f"{delimiter} " if delimiter in ",;" and row[last + 1][:1].isascii() else delimiter
        return [*row[:last], spaced.join(row[last:])]
    warnings.append(f"{why}; left out")
    return []


def _find_header(rows: Sequence[Row]) -> tuple[SheetColumns, int]:
    """The columns, and the number of rows up to and including the header."""
    for number, row in enumerate(rows[:HEADER_WITHIN], 1):
        if is_header(row):
            standing = {
                _normalize_name(cell): at
                for at, cell in enumerate(row)
                if _normalize_name(cell) in audience.NAMES
            }
            width = max(at for at, cell in enumerate(row, 1) if cell.strip())
            return SheetColumns(dict(_match_columns(row)), standing, width), number
    if rows and {len([cell for cell in row if cell.strip()]) for row in rows} <= {0, 2}:
        return SheetColumns({"question": 0, "answer": 1}, {}, 0), 0
    raise Unreadable(NO_COLUMNS)


def _match_columns(row: Row) -> Iterator[tuple[str, int]]:
    names = [_normalize_name(cell) for cell in row]
    for column, known in COLUMNS.items():
        at = next((names.index(name) for name in known if name in names), None)
        if at is None and column in WORDED:
            at = next((place for place, name in enumerate(names) if _matches_wording(column, name)), None)
        if at is not None:
            yield column, at


def _matches_wording(column: str, name: str) -> bool:
    """Whether a name matches the column's pattern, and is a name rather than a question or an answer."""
    return (
        len(name) <= MAX_NAME_CHARACTERS
        and bool(WORDED[column].search(name))
        and not re.search(r"[。?か]$", name)
    )


def _normalize_name(cell: str) -> str:
    """A column name in canonical form: without brackets, marks, remarks and plural endings."""
    name = unicodedata.normalize("NFKC", cell).strip().casefold()
    name = re.sub(r"^[【\[<](.+?)[】\]>]", r"\1", name)
    name = re.sub(r"[(\[【,、;:].*$|[*※]", "", name).strip()
    name = re.sub(
        r"[\s_-]+", "_", re.sub(r"(?<=^[qa])\.$|^(?:(?:faq|article)[\s_-]+|記事の)(?=\w)", "", name)
    )
    return name[:-1] if name[:-1] in PLURALS else name


def _build_document(
    columns: SheetColumns, row: Row, number: int, days: Mapping[str, str], warnings: list[str]
) -> Document | None:
    cells = {name: clean_text(row[at]).strip() for name, at in columns.known.items() if at < len(row)}
    question, answer = cells.get("question", ""), render_plain_markdown(cells.get("answer", ""))
    if not question and not answer:
        return None
    if not question or not answer:
        warnings.append(f"row {number}: it has no {'answer' if question else 'question'}; left out")
        return None
    part = _format_part_id(cells.get("id"), number)
    if kept := audience.find_withholding_reason(
        {name: row[at] for name, at in columns.audience.items() if at < len(row)}
    ):
        return Document(part=part, withheld=kept)
    facts = front_matter.parse_fields({name: days.get(name) or cells.get(name, "") for name in FACTS})
    warnings += [f"row {number}: {warning}" for warning in facts.warnings]
    return Document(
        title=" ".join(question.split()),
        text=answer,
        language=facts.language,
        url=facts.url,
        updated=facts.updated,
        valid_from=facts.valid_from,
        valid_until=facts.valid_until,
        tags=front_matter.parse_fields({"tags": _join_cells(cells, "category", "subcategory", "tags")}).tags,
        part=part,
    )


def _join_cells(cells: Mapping[str, str], *names: str) -> str:
    return "、".join(cell for name in names if (cell := cells.get(name)))


def _format_part_id(id: str | None, number: int) -> str:
    """The row's id as a slug; one without usable characters becomes ``row-N``, to be unique."""
    if id is None:
        return str(number)
    return re.sub(r"[^\w.]+", "-", id).strip("-.") or f"row-{number}"
