"""Bytes to clean text: encoding detection, removal of invisible characters; and the plain text loader."""

import re
import unicodedata

from assistant.knowledge.loaders.document import Document, Unreadable
from assistant.text.characters import strip_invisible

#: Characters of UTF-8 Japanese that was misread as CP932: 縺 繧 繝.
MISREAD = re.compile("[縺繧繝]")
KANA = re.compile("[\u3041-\u309f\u30a1-\u30fa\u30fc]")
HALF_WIDTH = re.compile("[\uff61-\uff9f]")
USUAL = re.compile("[\t\n\r -~\u2010-\u2030\u3000-\u30ff\u4e00-\u9fff\uff01-\uff5e]")
HAN = re.compile("[\u4e00-\u9fff]")

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
UNKNOWN_ENCODING = "its text encoding is not recognised; save it as UTF-8"


def load_text(data: bytes) -> list[Document]:
    """Plain text; the first line is the title if it looks like one."""
    text = decode_text(data).strip()
    if not text:
        raise Unreadable("the file is empty; write something in it or delete it")
    first, _, rest = text.partition("\n")
    if rest.startswith("\n") and len(first) <= 80 and rest.strip():
        return [Document(title=first.strip(), text=rest.strip())]
    return [Document(text=text)]


def decode_text(data: bytes) -> str:
    """The text of a file in any encoding of Japanese and English offices, cleaned by `clean_text`."""
    return clean_text(_decode_bytes(data))


def clean_text(text: str) -> str:
    """Text without characters that hide or reorder text, with newlines as line ends, in NFC."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    return unicodedata.normalize("NFC", CONTROL.sub("", strip_invisible(text)))


def _decode_bytes(data: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return _decode_strictly(data, encoding)
    if b"\x00" in data[:4096]:
        return _decode_utf16(data)
    if b"\x1b$" in data or b"\x1b(" in data:
        return _decode_strictly(data, "iso2022_jp_ext")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as exc:
        return _decode_legacy(data, exc)


def _decode_strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as exc:
        raise Unreadable(f"it is not valid {encoding.upper()} (byte {exc.start}); save it as UTF-8") from exc


def _decode_utf16(data: bytes) -> str:
    """UTF-16 without BOM, in the byte order that gives plausible text; other data with zeros is not text."""
    readings = [reading for name in ("utf-16-le", "utf-16-be") if (reading := _try_decode(data, name))]
    likeliest = max(readings, key=_compute_usual_share, default="")
    if _compute_usual_share(likeliest) < 0.9:
        raise Unreadable("it is not a text file; give Markdown, HTML, CSV, Excel, PDF or Word")
    return likeliest


def _compute_usual_share(text: str) -> float:
    """Share of characters that occur in Japanese and English prose."""
    return len(USUAL.findall(text)) / max(1, len(text))


def _decode_legacy(data: bytes, utf8: UnicodeDecodeError) -> str:
    """The most plausible of the legacy encodings."""
    readings = {name: reading for name in ("cp932", "euc_jp") if (reading := _try_decode(data, name))}
    likeliest = max(readings.values(), key=_compute_japanese_share, default="")
    if len(MISREAD.findall(likeliest)) > len(likeliest) / 20 or (utf8.start > 0 and _is_mostly_utf8(data)):
        raise Unreadable(f"it is damaged UTF-8 (byte {utf8.start}); save it again as UTF-8")
    if _compute_japanese_share(likeliest) > 0.1:
        return likeliest
    return _decode_western(data)


def _try_decode(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether all but a few characters are valid UTF-8 beyond ASCII."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(character > "\x7f" for character in text) - broken > 4 * broken


def _compute_japanese_share(text: str) -> float:
    """How Japanese a decoded text looks: kana count for it, half-width katakana mostly against."""
    signs = len(KANA.findall(text)) + len(HAN.findall(text)) / 4 - len(HALF_WIDTH.findall(text))
    return signs / max(1, sum(character > "\x7f" for character in text))


def _decode_western(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=["cp1252", "cp1250", "cp1251", "big5", "gb18030", "cp949"]).best()
    if best is None:
        raise Unreadable(UNKNOWN_ENCODING)
    return str(best)
