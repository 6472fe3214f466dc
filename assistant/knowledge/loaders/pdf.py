"""PDF: the text layer with headings told by their size, wrapped lines joined, running heads dropped."""

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.knowledge.loaders.document import Document, Unreadable
from assistant.knowledge.loaders.front_matter import facts
from assistant.knowledge.loaders.text import clean

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

MOST_PAGES = 500
#: Larger than the body text by so much is a heading.
HEADING_SIZE = 1.15
LONGEST_HEADING = 80
#: A line this much of the longest one's length was probably wrapped, not ended.
WRAPPED = 0.75

BULLET = re.compile(r"^[ \t　]*[・•●◦▪■□◆◇○*‣–][ \t　]*(?=\S)")
NUMBERED = re.compile(r"^[ \t　]*(?:\d{1,2}[.)．）]|[①-⑳]|[(（]\d{1,2}[)）])[ \t　]*(?=\S)")
SENTENCE_END = re.compile(r"[。．！？.!?:：;」）)]$")
PAGE_NUMBER = re.compile(
    r"^[-–\s]*(?:p(?:age)?\.?\s*)?\d{1,4}(?:\s*(?:/|of|ページ|頁)\s*\d{0,4})?[-–\s]*$", re.IGNORECASE
)
PROGRAM_TITLE = re.compile(
    r"^(?:Microsoft (?:Word|PowerPoint|Excel)\s*-\s*|untitled|無題|名称未設定)", re.IGNORECASE
)
#: Space between two Japanese characters is an accident of the layout.
JAPANESE = re.compile("[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page and the size of its letters."""

    text: str
    size: float


def load_pdf(data: bytes) -> list[Document]:
    """One article from the text layer of a PDF."""
    reader = _opened(data)
    pages = [_lines(page) for page in reader.pages[:MOST_PAGES]]
    lines = list(_without_running_heads(pages))
    if not any(line.text for line in lines):
        raise Unreadable("it has no text layer (a scan?); run text recognition (OCR) on it first")
    body = _body_size(lines)
    title, rest = _title(reader, lines, body)
    stated = facts({"language": _stated(reader.trailer, "/Root", "/Lang")})
    left_out = f"only the first {MOST_PAGES} pages are read" if len(reader.pages) > MOST_PAGES else ""
    return [
        Document(
            title=title,
            text="\n\n".join(_paragraphs(rest, body)),
            language_hint=stated.language,
            warnings=(left_out,) if left_out else (),
        )
    ]


def _opened(data: bytes) -> "PdfReader":
    from pypdf import PasswordType, PdfReader
    from pypdf.errors import PyPdfError

    if not data:
        raise Unreadable("the file is empty; write something in it or delete it")
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
            raise Unreadable("it is locked with a password; save it without")
        _ = len(reader.pages)
    except (PyPdfError, ValueError, KeyError, OSError) as exc:
        raise Unreadable("it is a broken PDF; open it and save it again as PDF") from exc
    return reader


def _lines(page: "PageObject") -> list[Line]:
    """The lines of a page, each with the size most of its letters have."""
    pieces: list[tuple[str, float]] = []

    def visit(text: str, _matrix: Any, place: Sequence[float], _font: Any, size: float | None) -> None:
        pieces.append((text, abs((size or 0) * (place[3] or place[1] or 1))))

    page.extract_text(visitor_text=visit)
    return list(_split(pieces))


def _split(pieces: Iterable[tuple[str, float]]) -> Iterator[Line]:
    text, sizes = "", Counter[float]()
    for piece, size in pieces:
        for part in re.split(r"(\n)", piece):
            if part == "\n":
                yield Line(_tidy(text), max(sizes, key=sizes.__getitem__, default=0.0))
                text, sizes = "", Counter()
            elif part:
                text += part
                sizes[round(size, 1)] += len(part.strip())
    yield Line(_tidy(text), max(sizes, key=sizes.__getitem__, default=0.0))


def _tidy(text: str) -> str:
    return " ".join(clean(text).split())


def _without_running_heads(pages: Sequence[Sequence[Line]]) -> Iterator[Line]:
    """Page numbers, and lines that stand on top or foot of most pages, say nothing."""
    edges = Counter(text for page in pages for text in set(_edges(page).values()))
    repeated = {text for text, count in edges.items() if len(pages) > 2 and count > len(pages) / 2}
    for page in pages:
        edge = _edges(page)
        for line in page:
            numbered = id(line) in edge and PAGE_NUMBER.match(line.text)
            if not numbered and edge.get(id(line)) not in repeated:
                yield line


def _edges(page: Sequence[Line]) -> dict[int, str]:
    """The two lines on top and on foot; the outermost without their numbers, which may be the page's."""
    written = [line for line in page if line.text]
    inner = {id(line): line.text for line in (*written[1:2], *written[-2:-1])}
    return inner | {id(line): re.sub(r"\d+", "0", line.text) for line in (*written[:1], *written[-1:])}


def _body_size(lines: Iterable[Line]) -> float:
    sizes = Counter[float]()
    for line in lines:
        sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0]


def _title(reader: "PdfReader", lines: list[Line], body: float) -> tuple[str, list[Line]]:
    """The title that the file states, else its largest line on top."""
    written = [line for line in lines if line.text]
    largest = max(written[:5], key=lambda line: line.size)
    stated = _tidy(_stated(reader.trailer, "/Info", "/Title"))
    if _is_heading(largest, body) and (not stated or PROGRAM_TITLE.match(stated) or stated == largest.text):
        return largest.text, [line for line in lines if line is not largest]
    return ("" if PROGRAM_TITLE.match(stated) else stated), lines


def _stated(trailer: Any, section: str, name: str) -> str:
    """A fact from the file's catalogue, which may be anything."""
    from pypdf.generic import DictionaryObject

    found = trailer.get(section)
    found = found.get_object() if found is not None else None
    return str(found.get(name) or "") if isinstance(found, DictionaryObject) else ""


def _is_heading(line: Line, body: float) -> bool:
    return line.size >= body * HEADING_SIZE and len(line.text) <= LONGEST_HEADING


def _paragraphs(lines: Sequence[Line], body: float) -> Iterator[str]:
    """Markdown blocks: headings by their sizes, lists, and paragraphs with their lines joined."""
    sizes = sorted({line.size for line in lines if line.text and _is_heading(line, body)}, reverse=True)
    levels = {size: min(6, 2 + position) for position, size in enumerate(sizes)}
    longest = max((len(line.text) for line in lines if not _is_heading(line, body)), default=1)
    paragraph: list[str] = []
    for line in lines:
        heading = bool(line.text) and _is_heading(line, body)
        begins = heading or not line.text or BULLET.match(line.text) or NUMBERED.match(line.text)
        if paragraph and (begins or _ended(paragraph[-1], longest)):
            yield _joined(paragraph)
            paragraph = []
        if heading:
            yield f"{'#' * levels[line.size]} {line.text}"
        elif line.text:
            paragraph.append(BULLET.sub("- ", line.text))
    if paragraph:
        yield _joined(paragraph)


def _ended(line: str, longest: int) -> bool:
    return (bool(SENTENCE_END.search(line)) and len(line) < longest * WRAPPED) or len(
        line
    ) < longest * WRAPPED / 2


def _joined(lines: Sequence[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        if text.endswith("-") and text[-2:-1].isalpha() and line[:1].islower():
            text = text[:-1] + line
        else:
            together = JAPANESE.match(text[-1]) or JAPANESE.match(line[0])
            text += line if together else f" {line}"
    return text
