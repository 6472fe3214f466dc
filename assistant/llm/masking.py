"""Personal data taken out of what a model is given: mail, phone, cards, addresses, names told, secrets."""

import re
from collections.abc import Callable

_FLAGS = re.IGNORECASE | re.VERBOSE
#: Full-width letters, digits and the many hyphens as ASCII, one for one, so that places stay the same.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_NARROW |= dict.fromkeys(map(ord, "‐‑‒–—―−－"), ord("-"))

#: Typed for a hyphen between digits, a letter everywhere else.
_LONG_VOWEL = re.compile(r"(?<=\d)ー(?=\d)")

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_DIGITS = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){11,18}(?![\w-])", re.ASCII)
_PHONE = re.compile(
    r"""(?<![\w./¥$€-])(?:
      \+\d{1,3}[ .-]?(?:\(0?\d{0,4}\)[ .-]?)?\d{1,5}(?:[ .-]?\d{2,5}){1,4}
    | (?=\(?0(?:[ .()-]{0,2}\d){8,10}(?!\d))\(?0\d{1,4}\)?[ .-]?\d{1,4}[ .-]?\d{3,4}
    | 0\d{9,10}
    | (?:\d{2,3}[ .-])?\(?\d{2,4}\)?[ .-]\d{3,4}[ .-]\d{3,4}
    | \(?\d{2,4}\)[ .-]?\d{3}[ .-]?\d{3,4}
    | (?:\d{2,5}[ .-]){2,4}\d{2,4}
    | \d{2,4}[ ]\d{4,6}
    | 00\d{1,3}(?:-\d{2,4}){3}
    | \d{10,11}
    )(?:\ ?(?:x|ext\.?)\ ?\d{2,5})?(?![\w/%円]|[.-]\d|[ ]\d\d)""",
    _FLAGS | re.ASCII,
)
_DATE_OR_POSTCODE = re.compile(
    r"(?:19|20)\d\d[ .-]\d{1,2}[ .-]\d{1,2}|\d{3}-\d{4}|\d{1,2}[ .-]\d{1,2}[ .-](?:19|20)\d\d"
)
_POSTCODE = re.compile(r"〒\s?\d{3}-?\d{4}|(?<=郵便番号)[はが:：\s]{0,3}\d{3}-?\d{4}")
_ADDRESS = re.compile(
    r"""(?:東京都|北海道|(?:京都|大阪)府|[一-龥]{2,3}県)?[一-龥ぁ-んァ-ヶ]{1,8}[市区郡町村]
    [一-龥ぁ-んァ-ヶー]{1,16}?[0-9一二三四五六七八九十]+
    (?:丁目|番地?|-)(?:[0-9]+(?:番地?|号|-)?){0,3}(?:号室|[0-9]+号?)?
    | \b\d{1,5}\ (?:[A-Z][a-z]+\ ){1,3}
    (?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Way|Court|Ct)\b""",
    re.VERBOSE,
)
_NAME = re.compile(
    r"""(?:(?<=私は)|(?<=名前は)|(?<=氏名は)|(?<=氏名：))
    (?:[一-龥]{4,6}|[一-龥ァ-ヶ]{1,6}[ ][一-龥ァ-ヶ]{1,6})(?=です|と|、|。|\s|$)
    | [一-龥ァ-ヶ]{1,6}[ ]?[一-龥ァ-ヶ]{0,6}(?=と申します|ともうします)
    | (?:(?<=my\ name\ is\ )|(?<=My\ name\ is\ )|(?<=name's\ )|(?<=I\ am\ called\ ))
    [A-Z][\w'-]+(?:\ [A-Z][\w'-]+){0,2}""",
    re.VERBOSE,
)
_SECRET = re.compile(
    r"""\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,} | \bAKIA[0-9A-Z]{16}\b | \bgh[pousr]_[A-Za-z0-9]{20,}
    | \bxox[abprs]-[A-Za-z0-9-]{10,} | \beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{4,} | -----BEGIN[ A-Z]+KEY-----
    | (?<=password:)\s?\S+ | (?<=password\ is)\s(?=\S*\d)\S+
    | (?:(?<=パスワードは)|(?<=パスワード：))\s?[!-~]{4,}""",
    re.VERBOSE | re.ASCII,
)


def masked(text: str) -> str:
    """*text* with [EMAIL], [PHONE], [CARD], [ID], [ADDRESS], [NAME] and [SECRET] where those stood."""
    for label, pattern, holds in _KINDS:
        text = _replaced(text, label, pattern, holds)
    return text


def _replaced(text: str, label: str, pattern: re.Pattern[str], holds: Callable[[str], bool]) -> str:
    narrow = _LONG_VOWEL.sub("-", text.translate(_NARROW))
    for found in reversed(list(pattern.finditer(narrow))):
        if holds(found[0]):
            text = f"{text[: found.start()]}[{label}]{text[found.end() :]}"
    return text


def _always(_found: str) -> bool:
    return True


def _is_card(found: str) -> bool:
    """Luhn's check digit."""
    digits = [int(char) for char in found if char.isdigit()][::-1]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return len(digits) >= 12 and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _is_my_number(found: str) -> bool:
    """The check digit of the Japanese individual number."""
    digits = [int(char) for char in found if char.isdigit()]
    if len(digits) != 12:
        return False
    rest = sum(digit * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(digits[10::-1], 1)) % 11
    return digits[11] == (0 if rest <= 1 else 11 - rest)


def _is_phone(found: str) -> bool:
    return 7 <= sum(char.isdigit() for char in found) <= 15 and not _DATE_OR_POSTCODE.fullmatch(found)


#: In this order: what is certain before what is likely.
_KINDS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("SECRET", _SECRET, _always),
    ("EMAIL", _EMAIL, _always),
    ("CARD", _DIGITS, _is_card),
    ("ID", _DIGITS, _is_my_number),
    ("ADDRESS", _POSTCODE, _always),
    ("PHONE", _PHONE, _is_phone),
    ("ADDRESS", _ADDRESS, _always),
    ("NAME", _NAME, _always),
)
