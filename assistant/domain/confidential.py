"""Card numbers and secret keys that customers paste: nobody needs to read them to help."""

import re
from collections.abc import Iterator

#: Full-width letters, digits and the many hyphens as ASCII, one for one, so that places stay the same.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_NARROW |= dict.fromkeys(map(ord, "‐‑‒–—―−－"), ord("-"))
#: Typed for a hyphen between digits, a letter everywhere else.
_LONG_VOWEL = re.compile(r"(?<=\d)ー(?=\d)")

DIGITS = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){11,18}(?![\w-])", re.ASCII)
#: A card as it is usually written, also right after other digits; a lookahead, so that places may overlap.
CARD_GROUPS = re.compile(
    r"(?<!\d)(?=(\d{4}([ -])\d{4}\2\d{4}\2\d{4}|\d{4}([ -])\d{6}\3\d{5}|\d{14,16})(?!\d))", re.ASCII
)
SECRET = re.compile(
    r"""\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,} | \bAKIA[0-9A-Z]{16}\b | \bgh[pousr]_[A-Za-z0-9]{20,}
    | \bgithub_pat_\w{20,} | \bAIza[\w-]{30,} | \bglpat-[\w-]{16,} | \bhf_[A-Za-z0-9]{20,}
    | \bxox[abprs]-[A-Za-z0-9-]{10,} | \beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{4,}
    | -----BEGIN[ A-Z]+KEY-----(?:[\s\S]{0,4000}?-----END[ A-Z]+KEY-----)?
    | (?<=password:)\s?\S+ | (?<=password\ is)\s(?=\S*\d)\S+ | (?<=passcode\ is)\s\S*\d\S*
    | (?:(?<=パスワードは)|(?<=パスワード：)|(?<=パスワード:)|(?<=暗証番号は)|(?<=PINは))\s?[!-~]{4,}
    | (?<=[?&](?:key|sig)=)[\w%-]{8,} | (?<=Bearer\ )[\w.~+/-]{16,}""",
    re.VERBOSE | re.ASCII,
)

#: What stands in the place of something hidden; of a card the last four digits stay, to tell it from others.
HIDDEN = "••••"


def normalize_width(text: str) -> str:
    """*text* in ASCII where it has full-width twins, every character in its place."""
    return _LONG_VOWEL.sub("-", text.translate(_NARROW))


def is_card_number(found: str) -> bool:
    """Luhn's check digit."""
    digits = [int(char) for char in found if char.isdigit()][::-1]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return len(digits) >= 12 and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def find_card_numbers(text: str) -> list[tuple[int, int]]:
    """Spans of card numbers in *text* of usual width: whole runs of digits, and groups inside longer ones."""
    found = [match.span() for match in DIGITS.finditer(text) if is_card_number(match[0])]
    for match in CARD_GROUPS.finditer(text):
        start, end = match.span(1)
        if is_card_number(match[1]) and not any(start < b and a < end for a, b in found):
            found.append((start, end))
    return found


def mask_secrets(text: str) -> str:
    """*text* with its card numbers and secrets hidden; the same text where there are none."""
    parts, at = [], 0
    for start, end, shown in sorted(_find_secrets(normalize_width(text))):
        if start >= at:
            parts += [text[at:start], HIDDEN, shown]
            at = end
    return "".join((*parts, text[at:]))


def _find_secrets(text: str) -> Iterator[tuple[int, int, str]]:
    for match in SECRET.finditer(text):
        yield match.start(), match.end(), ""
    for start, end in find_card_numbers(text):
        yield start, end, re.sub(r"\D", "", text[start:end])[-4:]
