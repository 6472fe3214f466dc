"""Finds PII in text: mail, phone, cards, My Number, postal addresses, person names, secrets.

Built for customers' messages in Japanese and English. Names are found where somebody introduces one, or where
the dictionary knows family and given name together; other rare names are missed.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from assistant.domain.confidential import DIGITS, SECRET, find_card_numbers, normalize_width
from assistant.text.tagging import find_person_names

_FLAGS = re.IGNORECASE | re.VERBOSE

_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,254}@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?\b")
_MY_NUMBER = re.compile(r"(?:マイナンバー|個人番号)[^\d\n]{0,8}(\d{4}[ -]?\d{4}[ -]?\d{4})(?!\d)")
_PHONE = re.compile(
    r"""(?<![\w./¥$€-])(?:
      \+\d{1,3}[ .-]?(?:\(0?\d{0,4}\)[ .-]?)?\d{1,5}(?:[ .-]?\d{1,5}){1,6}
    | (?=\(?0(?:[ .()-]{0,2}\d){8,10}(?!\d))\(?0\d{1,4}\)?[ .-]?\d{1,4}\)?[ .-]?\d{3,4}
    | 0\d{9,10}
    | 0\d{1,4}\(\d{1,4}\)\d{3,4}
    | (?:\d{1,3}[ .-])?\(?\d{2,4}\)?[ .-]\d{3,4}[ .-]\d{3,4}
    | \(\d{1,4}\)[ .-]?\d{2,4}[ .-]?\d{2,4}(?:[ .-]?\d{2,4})?
    | (?:\d{2,5}[ .-]){2,4}\d{2,4}
    | \d{2,4}[ ]\d{4,6}
    | 00\d{1,3}(?:-\d{2,4}){3}
    | \d{10,11}
    )(?:\ ?(?:x|ext\.?)\ ?\d{2,5})?(?![\w/%円]|[.-]\d|[ ]\d\d(?!\d{0,2}-\d))""",
    _FLAGS | re.ASCII,
)
_DATE_OR_POSTCODE = re.compile(
    r"(?:19|20)\d\d[ .-]\d{1,2}[ .-]\d{1,2}|\d{3}-\d{4}|\d{1,2}[ .-]\d{1,2}[ .-](?:19|20)\d\d"
)
_POSTCODE = re.compile(r"〒\s?\d{3}-?\d{4}|(?<=郵便番号)[はが:：\s]{0,3}\d{3}-?\d{4}")
_NUMERALS = "[0-9一二三四五六七八九十]+"
_NUMBERED = rf"{_NUMERALS}(?:丁目|番地?|号|-|の)?(?:{_NUMERALS}(?:丁目|番地?|号室?|-)?){{0,4}}"
_PREFECTURE = "(?:東京都|北海道|(?:京都|大阪)府|[一-龥]{2,3}県)"
_ROOM = r"(?:[ 　]?[ァ-ヶーA-Za-z一-龥]{2,16}[ 　]?[0-9]{1,5}号?室?)?"
_ADDRESS = re.compile(
    rf"""(?:{_PREFECTURE}[ 　]?)?[一-龥ぁ-んァ-ヶ]{{1,8}}[市区郡町村]
    [一-龥ぁ-んァ-ヶー]{{1,16}}?{_NUMBERED}{_ROOM}
    | {_PREFECTURE}[一-龥ぁ-んァ-ヶ]{{1,8}}[市区郡町村][一-龥ァ-ヶ]{{0,10}}
    | \b\d{{1,5}}\ (?:[A-Z][\w.'-]+\ ){{1,4}}
    (?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Way|Court|Ct|Place|Pl|Terrace)\b""",
    re.VERBOSE,
)
#: Introductions: 名前は…です, …と申します, My name is ….
_KANJI_NAME = r"[一-龥々ァ-ヶー]{1,6}[ 　]?[一-龥々ァ-ヶーぁ-ん]{0,6}"
_SAID_NAME = re.compile(
    rf"""(?:氏名|名前|名義(?:人)?|契約者|受取人)(?:は|が|：|:)[ 　]?
      (?P<is>{_KANJI_NAME}|[A-Z][a-zA-Z]+(?:[ ][A-Z][a-zA-Z]+)+)
      (?=です|と|で|、|。|,|\s|$)
    | (?P<called>{_KANJI_NAME}|(?<![a-zA-Z])[A-Z][a-zA-Z]{{1,40}}(?:[ ][A-Z][a-zA-Z]{{1,40}}){{0,5}})
      (?=と申し|ともうし|といいます|と言います)
    | (?:[Mm]y\ (?:full\ )?name\ is|[Nn]ame's|I\ am\ called|[Tt]his\ is|[Nn]ame:)\ (?:(?:Mr|Mrs|Ms|Dr)\.?\ )?
      (?P<name>[A-Z][\w'’-]+(?:\ [A-Z](?:[\w'’-]+|\.)){{0,3}})(?!\w)
    | \b(?:Mr|Mrs|Ms|Miss|Dr)\.?\ (?P<titled>[A-Z][\w'’-]+(?:\ [A-Z][\w'’-]+){{0,2}})""",
    re.VERBOSE,
)
#: What follows a name; a given name unknown to the dictionary may be between.
_HONORIFIC = re.compile(
    r"(?P<given>[ 　][一-龥々ぁ-んァ-ヶ]{1,4}?)?(?=さん|様|さま|氏|と申|ともう|です(?:。|が|けど|$))"
)


class PiiSpan(NamedTuple):
    start: int
    end: int
    kind: str


def find_pii(text: str) -> list[PiiSpan]:
    """Spans of PII in *text*, in order, without overlaps."""
    narrow = normalize_width(text)
    taken: list[PiiSpan] = []
    covered = bytearray(len(text))
    for kind, places in _KINDS:
        for start, end in places(narrow):
            if end > start and not any(covered[start:end]):
                taken.append(PiiSpan(start, end, kind))
                covered[start:end] = b"\1" * (end - start)
                if kind == "CARD":  # its digits would hide a phone number before it
                    narrow = narrow[:start] + "\0" * (end - start) + narrow[end:]
    return sorted(taken)


Places = Callable[[str], Iterable[tuple[int, int]]]


def _build_matcher(pattern: re.Pattern[str], holds: Callable[[str], bool] = bool) -> Places:
    def find_places(text: str) -> Iterator[tuple[int, int]]:
        for found in pattern.finditer(text):
            # The pattern's group where it has one, else the whole match.
            group = found.lastindex or 0
            if holds(found[group]):
                yield found.span(group)

    return find_places


def _find_names(text: str) -> Iterator[tuple[int, int]]:
    """Introduced names; family and given name together; a family name that is addressed or introduced."""
    known = find_person_names(text)
    for found in _SAID_NAME.finditer(text):
        start, end = found.span(found.lastindex or 0)
        if found["is"] and not any(start <= a < end for a, *_ in known) and not found["is"].isascii():
            continue  # 名前が必要です
        if _is_name(text[start:end]):
            yield start, end
    for place, (start, end, sort) in enumerate(known):
        following = known[place + 1] if place + 1 < len(known) else None
        gap = text[end : following[0]] if following else "-"
        if sort == "姓" and following and following[2] == "名" and gap in ("", " "):
            yield start, following[1]
        elif sort == "姓" and not _is_inside_word(text, start) and (named := _HONORIFIC.match(text, end)):
            yield start, named.end()


def _is_inside_word(text: str, start: int) -> bool:
    return start > 0 and "一" <= text[start - 1] <= "龥"


_NO_NAMES = re.compile(r"お?客|会員|担当|利用|注文|商品|無|何|未|本人|自分|家族|同じ|こちら|以下")


def _is_name(found: str) -> bool:
    return len(found) > 1 and not _NO_NAMES.search(found)


def _is_my_number(found: str) -> bool:
    """Whether the check digit of a Japanese individual number is correct."""
    digits = [int(char) for char in found if char.isdigit()]
    if len(digits) != 12:
        return False
    rest = sum(digit * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(digits[10::-1], 1)) % 11
    return digits[11] == (0 if rest <= 1 else 11 - rest)


def _is_phone(found: str) -> bool:
    return 7 <= sum(char.isdigit() for char in found) <= 15 and not _DATE_OR_POSTCODE.fullmatch(found)


#: In order of precedence: certain kinds before likely ones.
_KINDS: tuple[tuple[str, Places], ...] = (
    ("SECRET", _build_matcher(SECRET)),
    ("EMAIL", _build_matcher(_EMAIL)),
    ("CARD", find_card_numbers),
    ("ID", _build_matcher(DIGITS, _is_my_number)),
    ("ID", _build_matcher(_MY_NUMBER)),
    ("IBAN", _build_matcher(_IBAN)),
    ("ADDRESS", _build_matcher(_POSTCODE)),
    ("PHONE", _build_matcher(_PHONE, _is_phone)),
    ("ADDRESS", _build_matcher(_ADDRESS)),
    ("NAME", _find_names),
)
