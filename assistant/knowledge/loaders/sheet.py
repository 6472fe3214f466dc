"""Question–answer sheets: which column is what, one article per row; and the CSV reader."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.knowledge.loaders import front_matter
from assistant.knowledge.loaders.document import Document, Unreadable
from assistant.knowledge.loaders.markdown import plain
from assistant.knowledge.loaders.text import clean, decoded

MOST_ROWS = 20_000
#: A header may stand below a few lines of introduction.
HEADER_WITHIN = 10
#: What a row may say of itself as front matter does.
FACTS = ("language", "url", "updated", "valid_from", "valid_until")
#: Our columns under the names that support teams give them, the most telling first.
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
    "id": ("id", "faq_id", "no", "no.", "番号", "管理番号", "faq番号", "key", "slug", "code", "#"),
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
    "tags": ("tags", "tag", "keywords", "keyword", "タグ", "キーワード", "検索キーワード"),
    **{name: front_matter.NAMES[name] for name in FACTS},
}
NO_COLUMNS = "it has no question and answer columns; name them 質問 and 回答, or question and answer"

Row = Sequence[str]


def load_csv(data: bytes) -> list[Document]:
    """One article per row, separated by commas, tabs or semicolons."""
    text = decoded(data)
    if not text.strip():
        raise Unreadable("the file is empty; write something in it or delete it")
    first = text.lstrip("\n").partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as exc:
        raise Unreadable(f"it is not valid CSV ({exc}); save it again from the spreadsheet") from exc
    return documents(rows)


def documents(rows: Sequence[Row]) -> list[Document]:
    """The articles of a sheet; `part` is the row's own id, or its number as the spreadsheet shows it."""
    if len(rows) > MOST_ROWS:
        raise Unreadable(f"it has {len(rows):,} rows, more than {MOST_ROWS:,}; split it")
    columns, below = _header(rows)
    warnings: list[str] = []
    found: dict[str, Document] = {}
    for number, row in enumerate(rows[below:], below + 1):
        document = _document(columns, row, number, warnings)
        if document is None:
            continue
        if document.part in found:
            warnings.append(f"row {number}: id {document.part!r} is used twice; make it unique")
            document = replace(document, part=f"{document.part}-row-{number}")
        found[document.part] = document
    if not found:
        raise Unreadable("it has no row with a question and an answer; fill them in or delete it")
    first, *others = found.values()
    return [replace(first, warnings=(*warnings[:20], *first.warnings)), *others]


def _header(rows: Sequence[Row]) -> tuple[Mapping[str, int], int]:
    """Which column is what, and the number of rows down to there."""
    for number, row in enumerate(rows[:HEADER_WITHIN], 1):
        columns = dict(_columns(row))
        if "question" in columns and "answer" in columns:
            return columns, number
    if rows and {len([cell for cell in row if cell.strip()]) for row in rows} <= {0, 2}:
        return {"question": 0, "answer": 1}, 0
    raise Unreadable(NO_COLUMNS)


def _columns(row: Row) -> Iterator[tuple[str, int]]:
    names = [_plain(cell) for cell in row]
    for column, known in COLUMNS.items():
        at = next((names.index(name) for name in known if name in names), None)
        if at is not None:
            yield column, at


def _plain(cell: str) -> str:
    name = unicodedata.normalize("NFKC", cell).strip().casefold()
    name = re.sub(r"^[【\[<](.+?)[】\]>]", r"\1", name)
    return re.sub(r"[\s_-]+", "_", re.sub(r"[(\[【].*$|[*※:]", "", name).strip())


def _document(columns: Mapping[str, int], row: Row, number: int, warnings: list[str]) -> Document | None:
    cells = {name: clean(row[at]).strip() for name, at in columns.items() if at < len(row)}
    question, answer = cells.get("question", ""), plain(cells.get("answer", ""))
    if not question and not answer:
        return None
    if not question or not answer:
        warnings.append(f"row {number}: it has no {'answer' if question else 'question'}; left out")
        return None
    facts = front_matter.facts({name: cells.get(name, "") for name in FACTS})
    warnings += [f"row {number}: {warning}" for warning in facts.warnings]
    return Document(
        title=" ".join(question.split()),
        text=answer,
        language=facts.language,
        url=facts.url,
        updated=facts.updated,
        valid_from=facts.valid_from,
        valid_until=facts.valid_until,
        tags=front_matter.facts({"tags": _joined(cells, "category", "subcategory", "tags")}).tags,
        part=_part(cells.get("id"), number),
    )


def _joined(cells: Mapping[str, str], *names: str) -> str:
    return "、".join(cell for name in names if (cell := cells.get(name)))


def _part(id: str | None, number: int) -> str:
    """The row's own id as a slug; a row without one in a sheet of ids must not look like another's."""
    if id is None:
        return str(number)
    return re.sub(r"[^\w.]+", "-", id).strip("-.") or f"row-{number}"
