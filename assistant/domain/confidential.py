"""Card numbers and secret keys that customers paste: nobody needs to read them to help."""

import re
from collections.abc import Iterator

#: Full-width letters, digits and the many hyphens as ASCII, one for one, so that places stay the same.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_NARROW |= dict.fromkeys(map(ord, "‐‑‒–—―−－"), ord("-"))
#: Typed for a hyphen between digits, a letter everywhere else.
_LONG_VOWEL = re.compile(r"(?<=\d)ー(?=\d)")

DIGITS = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){11,18}(?![\w-])", re.ASCII)
#: A card as it is usually written, whatever stands between its groups, also right after other digits; cards
#: begin with 3 to 6, or 22 to 27. A lookahead, so that places may overlap.
_GAP = r"[\W_]{1,3}"
CARD_GROUPS = re.compile(
    rf"(?<!\d)(?=[3-6]|2[2-7])(?=(\d{{4}}(?:{_GAP}\d{{4}}){{3}}|\d{{4}}{_GAP}\d{{6}}{_GAP}\d{{4,5}}|\d{{14,16}})(?!\d))"
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

#: Without any of these a text holds neither: most of what is written, and quickly seen.
_MAY_HIDE = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ\d]|パスワード|暗証番号")

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
    """Spans of card numbers in *text* of usual width, in order: groups of digits as cards have them, whole
    runs of digits; what overlaps is one span."""
    groups = [match.span(1) for match in CARD_GROUPS.finditer(text) if is_card_number(match[1])]
    runs = [match.span() for match in DIGITS.finditer(text) if is_card_number(match[0])]
    found: list[tuple[int, int]] = []
    for start, end in sorted(groups + runs):
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def mask_secrets(text: str) -> str:
    """*text* with its card numbers and secrets hidden; the same text where there are none."""
    if _MAY_HIDE.search(text) is None:
        return text
    parts, at = [], 0
    for start, end, shown in sorted(_find_secrets(normalize_width(text))):
        if end > at:  # what overlaps is hidden as a whole
            parts += [text[at:start], HIDDEN, shown]
            at = end
    return "".join((*parts, text[at:]))


def _find_secrets(text: str) -> Iterator[tuple[int, int, str]]:
    for match in SECRET.finditer(text):
        yield match.start(), match.end(), ""
    for start, end in find_card_numbers(text):
        yield start, end, re.sub(r"\D", "", text[start:end])[-4:]
