"""PDF: text layer with headings detected by size, wrapped lines joined, running heads dropped."""

import io
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from assistant.knowledge.loaders.document import Document, Unreadable
from assistant.knowledge.loaders.front_matter import parse_fields
from assistant.knowledge.loaders.pdf_layout import PdfLine
from assistant.knowledge.loaders.text import clean_text

if TYPE_CHECKING:
    from pdfplumber.pdf import PDF

MAX_PAGES = 500
#: Seconds of CPU time, less than the child's limit; pages read until then are kept.
MAX_SECONDS = 22.0
#: Shares of a page's height at the top and bottom where running heads are.
EDGE = 0.12
#: Footers that are recognized even on a single page: an edition, a copyright notice.
EDITION = re.compile(
    r"^\W*(?:©|\(c\)|copyright)|all rights reserved"
    r"|^[^。]{0,20}\d{4}年\s*\d{1,2}月[^。]{0,6}(?:版|改訂|発行|作成|現在)$"
    r"|^(?:rev(?:ision)?|ver(?:sion)?)\.?\s*[\d.]+$|^(?:社外秘|confidential|取扱注意)$",
    re.IGNORECASE,
)
#: A line larger than the body text by this factor is a heading.
HEADING_SIZE = 1.15
MAX_HEADING_CHARACTERS = 80
#: A line of at least this share of the longest one's length was probably wrapped.
WRAPPED = 0.75

BULLET = re.compile(r"^[ \t　]*[・•●◦▪■□◆◇○*‣–][ \t　]*(?=\S)")
NUMBERED = re.compile(r"^[ \t　]*(?:\d{1,2}[.)．）]|[①-⑳]|[(（]\d{1,2}[)）])[ \t　]*(?=\S)")
SENTENCE_END = re.compile(r"[。．！？.!?:：;」）)]$")
PAGE_NUMBER = re.compile(
    r"^[-–\s]*(?:p(?:age)?\.?\s*)?\d{1,4}(?:\s*(?:/|of|ページ|頁)\s*\d{0,4})?[-–\s]*$", re.IGNORECASE
)
NUMBER_BEHIND = re.compile(r"(?<=\S)\s+[-–]?\s*\d{1,4}\s*[-–]?$")
PROGRAM_TITLE = re.compile(
    r"^(?:Microsoft (?:Word|PowerPoint|Excel)\s*-\s*|untitled|無題|名称未設定)", re.IGNORECASE
)
#: Space between two Japanese characters is an artefact of the layout.
JAPANESE = re.compile("[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")


def load_pdf(data: bytes) -> list[Document]:
    """One article from the text layer of a PDF."""
    from assistant.knowledge.loaders.pdf_layout import extract_lines as lines_of

    document = _open_pdf(data)
    warnings: list[str] = []
    pages: list[list[PdfLine]] = []
    textless: list[int] = []
    began = time.process_time()
    count = len(document.pages)
    for number, page in enumerate(document.pages[:MAX_PAGES], 1):
        pages.append(lines_of(page))
        if not pages[-1] and (page.images or page.rects or page.curves or page.lines):
            textless.append(number)
        page.close()
        if time.process_time() - began > MAX_SECONDS:
            break
    if len(pages) < count:
        warnings.append(f"only the first {len(pages)} of {count} pages are read; split it")
    if textless:
        some = ", ".join(map(str, textless[:10])) + (" …" if len(textless) > 10 else "")
        warnings.append(
            f"{len(textless)} of {count} pages have no text ({some}), a scan? Run OCR on it first"
        )
    return [_build_document(document, list(_drop_running_heads(pages)), tuple(warnings))]


def _build_document(pdf: "PDF", lines: list[PdfLine], warnings: tuple[str, ...]) -> Document:
    if not any(line.text for line in lines):
        raise Unreadable("it has no text layer (a scan?); run text recognition (OCR) on it first")
    body = _compute_body_size(lines)
    title, rest = _select_title(
        _normalize_whitespace(str((pdf.metadata or {}).get("Title") or "")), lines, body
    )
    stated = parse_fields({"language": _parse_language(pdf)})
    text = "\n\n".join(_build_paragraphs(rest, body))
    return Document(title=title, text=text, language_hint=stated.language, warnings=warnings)


def _open_pdf(data: bytes) -> "PDF":
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    if not data:
        raise Unreadable("the file is empty; write something in it or delete it")
    try:
        document = pdfplumber.open(io.BytesIO(data))
        if not document.pages:
            raise Unreadable("it is a broken PDF; open it and save it again as PDF")
    except (PdfminerException, ValueError, KeyError, TypeError, OSError) as exc:
        if exc.args and isinstance(exc.args[0], PDFPasswordIncorrect):
            raise Unreadable("it is locked with a password; save it without") from exc
        raise Unreadable("it is a broken PDF; open it and save it again as PDF") from exc
    return document


def _parse_language(pdf: "PDF") -> str:
    stated = pdf.doc.catalog.get("Lang")
    return stated.decode("latin-1") if isinstance(stated, bytes) else ""


def _normalize_whitespace(text: str) -> str:
    return " ".join(clean_text(text).split())


def _drop_running_heads(pages: Sequence[Sequence[PdfLine]]) -> Iterator[PdfLine]:
    """Drop page numbers, and lines at the top or bottom of most pages."""
    edges = Counter(text for page in pages for text in set(_find_edge_lines(page).values()))
    most = max(1, len(pages) / 2)
    repeated = {text for text, count in edges.items() if count > most}
    for page in pages:
        edge = _find_edge_lines(page)
        ended = False
        for line in page:
            ended = bool(SENTENCE_END.search(line.text))
            at_edge = id(line) in edge
            words = NUMBER_BEHIND.sub("", line.text)
            numbered = at_edge and (PAGE_NUMBER.match(line.text) or EDITION.search(words))
            if not numbered and not (at_edge and edge[id(line)] in repeated):
                yield line
        if ended:
            yield PdfLine("", 0.0)


def _find_edge_lines(page: Sequence[PdfLine]) -> dict[int, str]:
    """The two lines at the top and bottom, and all lines in the margins, with numbers masked."""
    written = [line for line in page if line.text and not line.is_table]
    some = {id(line): line for line in (*written[:2], *written[-2:])}
    some |= {id(line): line for line in written if not EDGE / 2 < line.place < 1 - EDGE / 2}
    inner = {id(line) for line in (*written[1:2], *written[-2:-1]) if EDGE < line.place < 1 - EDGE}
    return {
        place: line.text if place in inner else re.sub(r"\d+", "0", line.text) for place, line in some.items()
    }


def _compute_body_size(lines: Iterable[PdfLine]) -> float:
    sizes = Counter[float]()
    for line in lines:
        sizes[line.size] += 0 if line.is_table else len(line.text)
    return sizes.most_common(1)[0][0]


def _select_title(stated: str, lines: list[PdfLine], body: float) -> tuple[str, list[PdfLine]]:
    """The title property, else the largest line on top."""
    written = [line for line in lines if line.text]
    largest = max(written[:5], key=lambda line: line.size)
    if _is_heading(largest, body) and (not stated or PROGRAM_TITLE.match(stated) or stated == largest.text):
        return largest.text, [line for line in lines if line is not largest]
    return ("" if PROGRAM_TITLE.match(stated) else stated), lines


def _is_heading(line: PdfLine, body: float) -> bool:
    return not line.is_table and line.size >= body * HEADING_SIZE and len(line.text) <= MAX_HEADING_CHARACTERS


def _build_paragraphs(lines: Sequence[PdfLine], body: float) -> Iterator[str]:
    """Markdown blocks: headings by size, lists, and paragraphs with their lines joined."""
    sizes = sorted({line.size for line in lines if line.text and _is_heading(line, body)}, reverse=True)
    levels = {size: min(6, 2 + position) for position, size in enumerate(sizes)}
    longest = max(
        (len(line.text) for line in lines if not line.is_table and not _is_heading(line, body)), default=1
    )
    paragraph: list[str] = []
    for line in lines:
        heading = bool(line.text) and _is_heading(line, body)
        begins = (
            heading or line.is_table or not line.text or BULLET.match(line.text) or NUMBERED.match(line.text)
        )
        if paragraph and (begins or _ends_paragraph(paragraph[-1], longest)):
            yield _join_lines(paragraph)
            paragraph = []
        if line.is_table:
            yield line.text
        elif heading:
            yield f"{'#' * levels[line.size]} {line.text}"
        elif line.text:
            paragraph.append(BULLET.sub("- ", line.text))
    if paragraph:
        yield _join_lines(paragraph)


def _ends_paragraph(line: str, longest: int) -> bool:
    return (bool(SENTENCE_END.search(line)) and len(line) < longest * WRAPPED) or len(
        line
    ) < longest * WRAPPED / 2


def _join_lines(lines: Sequence[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        if text.endswith("-") and text[-2:-1].isalpha() and line[:1].islower():
            text = text[:-1] + line
        else:
            together = JAPANESE.match(text[-1]) or JAPANESE.match(line[0])
            text += line if together else f" {line}"
    return text
