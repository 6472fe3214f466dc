"""Decodes mail texts whose charset label is missing or wrong."""

import codecs
import re

from charset_normalizer import from_bytes

#: Bytes of one text that are decoded.
MAX_TEXT_BYTES = 1_000_000
#: Characters of a header that are decoded.
MAX_HEADER_CHARACTERS = 10_000
#: Share of replacement characters above which a text counts as unreadable.
BROKEN_SHARE = 0.1
#: Fewest bytes from which a charset is guessed statistically.
SAMPLE = 4_000

#: Longest text, in characters, that may be Japanese without any kana.
MAX_SUBJECT_CHARACTERS = 20

#: Charset labels, in lower case without "-", "_" and a leading "x-" -> Python codec.
ALIASES = {
    **dict.fromkeys(("shiftjis", "sjis", "windows31j", "mskanji", "cp932", "csshiftjis", "mscp932"), "cp932"),
    **dict.fromkeys(("eucjp", "ujis", "eucjpms", "eucjpwin", "cp51932", "cseucpkdfmtjapanese"), "euc_jp"),
    **dict.fromkeys(("utf8", "utf8mb4", "unicode11utf8", "cesu8"), "utf-8"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "cp936", "csgb2312", "euccn"), "gb18030"),
    **dict.fromkeys(("ksc56011987", "ksc5601", "euckr", "cp949", "windows949", "uhc"), "cp949"),
    **dict.fromkeys(("big5", "big5hkscs", "cnbig5", "cp950"), "big5hkscs"),
    **dict.fromkeys(("iso2022kr", "csiso2022kr"), "iso2022_kr"),
    **dict.fromkeys(("hzgb2312", "hz"), "hz"),
    "utf7": "utf-7",
    "utf16": "utf-16",
    "utf16le": "utf-16-le",
    "utf16be": "utf-16-be",
    "iso88598i": "iso-8859-8",
    "macintosh": "mac-roman",
}
#: Labels that mailers use by default; evidence in the bytes precedes them.
WEAK = ("ascii", "usascii", "iso88591", "latin1", "windows1252", "cp1252", "unknown8bit", "unknown", "binary")
#: Escape sequences that only ISO-2022-JP has.
JIS = re.compile(rb"\x1b(?:\$[@B]|\$\([DOPQ]|\([BJIH])")
_JIS_PART = re.compile(rb"(\x1b(?:\$[@B]|\$\([DOPQ]|\([BJIH]))")
_KANA = re.compile("[ぁ-ゖァ-ヺー]")
_HALF = re.compile("[\uff61-\uff9f]")
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x80-\x84\x86-\x9f\ue000-\uf8ff]")
#: An encoded word of a header (RFC 2047), its language left out.
_WORD = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*)\?=")


def decode_text(data: bytes, label: str | None) -> tuple[str, bool]:
    """The text, and whether it is readable; else it contains replacement characters."""
    data = data[:MAX_TEXT_BYTES]
    for mark, codec in ((codecs.BOM_UTF8, "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark) and (found := _decode_strictly(data, codec)) is not None:
            return found, True
    if JIS.search(data) and (found := _decode_jis(data)) is not None:
        return found, True
    found = _decode_by_label(data, label)
    return (found, True) if found is not None else _decode_with_replacement(data, find_codec(label))


def find_codec(label: str | None) -> str | None:
    """Python's codec for a label; None when it is unknown or not a text encoding."""
    short = _normalize_label(label)
    if not short or short.startswith(("unknown", "default", "iso2022jp", "cp5022", "csiso2022jp", "jis")):
        return None
    if short in ALIASES:
        return ALIASES[short]
    if re.fullmatch(r"(iso8859\d{1,2}|windows125\d|cp125\d|koi8[ru]|usascii|ascii|latin1|tis620)", short):
        for start, codec in (
            ("iso8859", "iso-8859-"),
            ("windows", "cp"),
            ("koi8", "koi8-"),
            ("usascii", "ascii"),
        ):
            short = codec + short.removeprefix(start) if short.startswith(start) else short
        return short
    return None


def _normalize_label(label: str | None) -> str:
    return re.sub(r"[-_\s\"']", "", (label or "")[:60].lower()).removeprefix("x")


def _decode_by_label(data: bytes, label: str | None) -> str | None:
    """Decoded without errors, by the label or by evidence in the bytes; None when neither works."""
    codec = find_codec(label)
    if codec in ("utf-7", "hz", "utf-16", "utf-16-le", "utf-16-be", "iso2022_kr"):
        return _decode_strictly(data, codec)
    utf8 = _decode_strictly(data, "utf-8")
    if utf8 is not None and (utf8.isascii() or codec in (None, "utf-8") or _has_three_byte_character(data)):
        return utf8
    weak = codec is None or _normalize_label(label) in WEAK
    if (
        not weak
        and codec
        and (found := _decode_strictly(data, codec)) is not None
        and not _NO_TEXT.search(found)
    ):
        return found
    if utf8 is not None:
        return utf8
    return _decode_by_guess(data, codec)


def _has_three_byte_character(data: bytes) -> bool:
    """Whether there is a three-byte UTF-8 character: other encodings do not produce them throughout
    a text.
    """
    return re.search(rb"[\xe1-\xef][\x80-\xbf][\x80-\xbf]", data) is not None


def _decode_by_guess(data: bytes, codec: str | None) -> str | None:
    """Decoded as Japanese, else by the label, else by a statistical guess."""
    readings = [found for name in ("cp932", "euc_jp") if (found := _decode_strictly(data, name)) is not None]
    japanese = [one for one in readings if _is_japanese(one)] or [
        one for one in readings if _is_common_kanji(one)
    ]
    if japanese:
        return max(japanese, key=lambda one: len(_KANA.findall(one)) - 2 * len(_HALF.findall(one)))
    high = sum(byte > 0x7F for byte in data[:SAMPLE])
    latin = codec in ("ascii", "latin1", "iso-8859-1", "cp1252")
    if (latin or codec is None) and high < len(data[:SAMPLE]) / (2 if latin else 4):
        return _decode_strictly(data, "cp1252")
    best = from_bytes(data[:SAMPLE]).best()
    found = _decode_strictly(data, best.encoding) if best else None
    unlikely = found is None or _NO_TEXT.search(found) or len(_HALF.findall(found)) > len(found) / 4
    return None if unlikely else found


def _is_japanese(text: str) -> bool:
    kana, half = len(_KANA.findall(text)), len(_HALF.findall(text))
    return kana > 0 and half <= kana and not _NO_TEXT.search(text)


def _is_common_kanji(text: str) -> bool:
    """Whether a few words, such as a subject, are in common kanji: the first level of JIS X 0208."""
    if len(text) > MAX_SUBJECT_CHARACTERS:
        return False
    leads = [letter.encode("euc_jp", "replace")[0] for letter in text if not letter.isascii()]
    return all(0xB0 <= lead <= 0xCF or lead in (0xA1, 0xA3) for lead in leads)


def _decode_with_replacement(data: bytes, codec: str | None) -> tuple[str, bool]:
    """The decoding with the fewest errors."""
    names = dict.fromkeys(name for name in (codec, "utf-8", "cp932", "euc_jp") if name)
    readings = [data.decode(name, "replace") for name in names if name != "ascii"]
    best = min(readings, key=lambda text: text.count("\ufffd") + len(_NO_TEXT.findall(text)))
    faults = best.count("\ufffd") + len(_NO_TEXT.findall(best))
    return best, faults <= len(best) * BROKEN_SHARE


def _decode_strictly(data: bytes, codec: str) -> str | None:
    if codec == "euc_jp":
        return _decode_euc(data)
    try:
        return data.decode(codec)
    except UnicodeDecodeError as exc:
        # A truncated text may end inside a character.
        return data[: exc.start].decode(codec) if len(data) == MAX_TEXT_BYTES and _is_near_end(exc) else None
    except (LookupError, UnicodeError):
        return None


def _is_near_end(exc: UnicodeDecodeError) -> bool:
    return exc.start > MAX_TEXT_BYTES - 8


# -- JIS X 0208 with NEC and IBM extensions, which Python's own codecs reject


def _decode_jis(data: bytes) -> str | None:
    """ISO-2022-JP as Microsoft's mailers write it (cp50220): with ①, ㈱, 髙 and half-width kana."""
    mode, out = b"\x1b(B", []
    for part in _JIS_PART.split(data):
        if _JIS_PART.fullmatch(part):
            mode = part
        elif mode in (b"\x1b$B", b"\x1b$@"):
            out.append(_decode_jis_pairs(part))
        elif mode == b"\x1b(I":
            out.append(bytes(b | 0x80 if 0x21 <= b <= 0x5F else b for b in part).decode("cp932", "replace"))
        elif mode.startswith(b"\x1b$("):
            three = re.sub(rb"([\x21-\x7e])([\x21-\x7e])", _convert_jis0212, part)
            out.append(three.decode("euc_jp", "replace"))
        else:
            out.append(decode_text(part, None)[0] if max(part, default=0) > 0x7F else part.decode("ascii"))
    text = "".join(out)
    return text if text.count("\ufffd") <= len(text) * BROKEN_SHARE else None


def _convert_jis0212(pair: re.Match[bytes]) -> bytes:
    """JIS X 0212 via EUC-JP."""
    return bytes((0x8F, pair[1][0] | 0x80, pair[2][0] | 0x80))


def _decode_jis_pairs(part: bytes) -> str:
    """Decode pairs of 7-bit bytes; a line end between them means that the escape back to ASCII is missing."""
    return re.sub(rb"([\x21-\x7e])([\x21-\x7e])", _convert_jis_to_sjis, part).decode("cp932", "replace")


def _convert_jis_to_sjis(pair: re.Match[bytes]) -> bytes:
    """A code point of JIS X 0208 in Shift_JIS."""
    row, cell = pair[1][0], pair[2][0]
    lead = ((row - 0x21) >> 1) + (0x81 if row < 0x5F else 0xC1)
    trail = cell + (0x1F if cell < 0x60 else 0x20) if row & 1 else cell + 0x7E
    return bytes((lead, trail))


def _decode_euc(data: bytes) -> str | None:
    """EUC-JP with NEC and IBM extensions."""
    try:
        return data.decode("euc_jp")
    except UnicodeDecodeError:
        pass
    if b"\x8f" in data or re.search(rb"[\x80-\x8d\x90-\xa0\xff]", data):
        return None
    pairs = re.sub(rb"\x8e([\xa1-\xdf])|([\xa1-\xfe])([\xa1-\xfe])", _convert_euc_to_sjis, data)
    try:
        return pairs.decode("cp932")
    except UnicodeDecodeError:
        return None


def _convert_euc_to_sjis(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return found[1]
    row, cell = found[2][0] & 0x7F, found[3][0] & 0x7F
    lead = ((row - 0x21) >> 1) + (0x81 if row < 0x5F else 0xC1)
    trail = cell + (0x1F if cell < 0x60 else 0x20) if row & 1 else cell + 0x7E
    return bytes((lead, trail))


# -- headers


def decode_header_text(value: str) -> str:
    """A header's text: encoded words (RFC 2047), or raw bytes in any charset."""
    value = value[:MAX_HEADER_CHARACTERS]
    out: list[tuple[bytes, str | None]] = []
    last = 0
    for found in _WORD.finditer(value):
        between = value[last : found.start()]
        # White space between encoded words is not part of the text.
        if between.strip() or not out or out[-1][1] is None:
            out.append((_encode_raw(between), None))
        data = _decode_word(found[2], found[3])
        if out and out[-1][1] == found[1].lower():
            out[-1] = (out[-1][0] + data, out[-1][1])  # a character may be split between two words
        else:
            out.append((data, found[1].lower()))
        last = found.end()
    out.append((_encode_raw(value[last:]), None))
    text = "".join(decode_text(data, label or "utf-8")[0] for data, label in out if data)
    return " ".join(text.replace("\x00", "").split())


def _encode_raw(value: str) -> bytes:
    return value.encode("utf-8", "surrogateescape")


def _decode_word(kind: str, content: str) -> bytes:
    if kind in "bB":
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", content.encode("ascii", "ignore"))
        letters = letters[: len(letters) - (len(letters) % 4 == 1)]
        return codecs.decode(letters + b"=" * (-len(letters) % 4), "base64") if letters else b""
    quoted = content.replace("_", " ").encode("utf-8", "surrogateescape")
    return re.sub(rb"=([0-9A-Fa-f]{2})", lambda one: bytes((int(one[1], 16),)), quoted)
