"""Extracts the new text of a mail by removing quotes and signatures.

Every line is examined a fixed number of times, so the time is linear.
"""

import re

from assistant.channels import email_quote_patterns as forms
from assistant.channels.email_quote_patterns import (
    DATE,
    FORWARD,
    FROM,
    MAX_LINE_CHARACTERS,
    QUOTED,
    SUBJECT,
    TO,
)

#: Most lines read.
MAX_LINES = 5_000
#: Lines at the end that may be a signature, and lines between two lines of a header block.
SIGNATURE_LINES = 14
BLOCK_LINES = 8


def extract_newest_words(text: str, subject: str = "", *, reply: bool = False) -> str:
    """The new text of a mail; "" when there are only quotes and signatures.

    A forwarded mail keeps the forwarded text; *reply*: the mail is a reply.
    """
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:MAX_LINES]]
    start = next((n for n, line in enumerate(lines) if _is_forward_announcement(line)), None)
    if forms.FORWARDED.match(subject[:80]) and start is None:
        start = next((n for n in range(len(lines)) if _is_header_block(lines, n)), 0)
    own = _remove_quotes(lines if start is None else lines[:start])
    if start is not None:
        passed_on = [re.sub(r"^\s{0,3}(?:[>＞] ?){1,5}", "", line) for line in lines[start:]]
        return "\n".join([*own, "", *passed_on]).strip()
    found = "\n".join(own).strip()
    if not found and not (reply or forms.REPLY.match(subject[:80])):
        return text.strip()  # the text begins with something like a quote: keep everything
    return found


def _remove_quotes(lines: list[str]) -> list[str]:
    """Remove quotes, then programs' footers."""
    kept: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        if _is_announcement(forms.ORIGINAL, line) or _is_header_block(lines, number):
            break
        size = _count_attribution_lines(lines, number)
        if size:
            number += size
            if not _is_quote_next(lines, number):
                break
            continue
        if not QUOTED.match(line):
            kept.append(line)
        number += 1
    return _remove_signature(_cut_footer(kept))


def _matches_line(pattern: re.Pattern[str], line: str) -> bool:
    return len(line) <= MAX_LINE_CHARACTERS and pattern.search(line) is not None


def _is_announcement(pattern: re.Pattern[str], line: str, *, ruled: bool = True) -> bool:
    """Whether the line holds nothing but *pattern*, between separator characters if it must be *ruled*."""
    words = line.strip(forms.SIGNS) if len(line) <= MAX_LINE_CHARACTERS else ""
    lined = line.lstrip(" \t　>＞|")[:1] in tuple(forms.SIGNS) and line.rstrip()[-1:] in tuple(forms.SIGNS)
    return bool(words) and pattern.fullmatch(words) is not None and (lined or not ruled)


def _is_forward_announcement(line: str) -> bool:
    return _is_announcement(FORWARD, line, ruled=not line.endswith((":", "：")))


def _is_header_block(lines: list[str], number: int) -> bool:
    """Whether a quoted mail's header begins here: sender, then two of date, recipient, subject."""
    if not _matches_line(FROM, lines[number]) or QUOTED.match(lines[number]):
        return False
    rest = lines[number + 1 : number + 1 + BLOCK_LINES]
    found = [any(_matches_line(kind, line) for line in rest) for kind in (DATE, TO, SUBJECT)]
    return sum(found) >= 2 or ((found[0] or found[2]) and "@" in lines[number])


def _count_attribution_lines(lines: list[str], number: int) -> int:
    """Number of attribution lines here, at most three; 0: none."""
    if not any(
        kind.search(lines[number][:MAX_LINE_CHARACTERS]) for kind in (forms.DAY, forms.WHO, forms.TITLE)
    ):
        return 0
    for size in (1, 2, 3):
        some = lines[number : number + size]
        if len(some) < size or not some[-1].strip() or sum(map(len, some)) > MAX_LINE_CHARACTERS:
            return 0
        if _is_attribution(some) or (
            _is_quote_next(lines, number + size) and _is_attribution_above_quote(some)
        ):
            # If it is complete without its first line, it begins below it.
            begins = size == 1 or forms.BEGINS.match(some[0]) or some[0].count("<") > some[0].count(">")
            return size if begins or not _is_attribution(some[1:]) else 0
    return 0


def _is_quote_next(lines: list[str], number: int) -> bool:
    return bool(QUOTED.match(next((one for one in lines[number : number + 3] if one.strip()), "")))


def _is_attribution(some: list[str]) -> bool:
    """Whether this is an attribution such as "On 30 Nov, Mori <mori@shop.example> wrote:" in any language."""
    # Notes draws lines around it.
    line = " ".join(map(str.strip, some)).strip(forms.SIGNS)
    if forms.WROTE.search(line[-100:]):
        return any(kind.search(line) for kind in (forms.DAY, forms.WHO, forms.TITLE))
    return line.endswith((":", "：")) and bool(forms.DAY.search(line)) and bool(forms.WHO.search(line))


def _is_attribution_above_quote(some: list[str]) -> bool:
    line = " ".join(map(str.strip, some))
    return forms.WROTE_ABOVE_QUOTE.search(line[-40:]) is not None


def _cut_footer(lines: list[str]) -> list[str]:
    """Cut at the first footer line of a program."""
    for number, line in enumerate(lines):
        short = len(line) <= MAX_LINE_CHARACTERS
        if (
            line in ("--", "-- ", "--\xa0")
            or (short and forms.PHONE.match(line))
            or forms.DISCLAIMER.match(line[:MAX_LINE_CHARACTERS])
        ):
            return lines[:number]
    return lines


def _remove_signature(lines: list[str]) -> list[str]:
    """Remove a block at the end that begins with a separator line and contains contact details."""
    while lines and not lines[-1].strip(forms.SIGNS):
        lines = lines[:-1]
    first = max(len(lines) - SIGNATURE_LINES, 0)
    for number in range(first, len(lines)):
        block = lines[number + 1 :]
        if forms.LINE_OF_SIGNS.match(lines[number][:MAX_LINE_CHARACTERS]) and any(
            forms.REACHABLE.search(line[:MAX_LINE_CHARACTERS]) for line in block
        ):
            return lines[:number]
    return lines
