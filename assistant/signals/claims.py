"""Extracts claims by kind from a customer's words: numbers, dates, amounts, products, addresses."""

import re
from collections.abc import Iterator

from assistant.domain.confidential import HIDDEN
from assistant.signals import cues

#: What our previous message asked for, where the customer answers with a number alone.
ASKED_KINDS = (
    ("postcode", re.compile(r"郵便番号|post ?code|postal code|zip")),
    ("tracking number", re.compile(r"追跡番号|伝票番号|送り状|tracking")),
    ("booking number", re.compile(r"予約番号|booking (?:number|ref)|reservation number")),
    ("customer number", re.compile(r"会員番号|お客様番号|契約番号|account number|customer number|member")),
    ("phone", re.compile(r"電話番号|phone number|telephone")),
    ("serial number", re.compile(r"製造番号|シリアル|serial")),
)
#: A number without context.
BARE_NUMBER = re.compile(r"^\W*+(?:はい|yes|ok)?+\W*+(\d[\d -]{3,18}\d)\W*+(?:です|になります|だよ)?+\W*+$")
#: "Last month" without an event says nothing.
VAGUE_DAY = re.compile(r"^\D+$")
#: Clauses; a date belongs to the words of its clause.
PIECES = re.compile(r"[、,;。!?\n]|\bbut\b|\band\b|(?<!\d)\.(?!\d)")
#: Characters between a date and the words that give its meaning.
MAX_DATE_GAP = 48
MAX_VALUE_CHARACTERS = 80


def extract_claims(raw: str, comparable: str, reply: str = "") -> list[str]:
    """``kind: value`` for every claim in a line; text matched by one kind is not matched by another.

    *reply*: our previous message, which tells what a number alone is.
    """
    bare = BARE_NUMBER.match(comparable)
    if bare and (kind := _find_asked_kind(reply)):
        return [f"{kind}: {bare[1]}"]
    return list(_iterate_claims(raw, comparable))


def _iterate_claims(raw: str, comparable: str) -> Iterator[str]:
    rest = comparable
    for cue in cues.load_cues("facts"):
        for match in cue.pattern.finditer(rest):
            group = next((at for at in range(1, (match.re.groups or 0) + 1) if match[at]), 0)
            value = match[group].strip()[:MAX_VALUE_CHARACTERS]
            kind = cue.kind
            if kind == "date":
                kind = _find_date_meaning(comparable, value)
                if kind == "date" and VAGUE_DAY.match(value):
                    continue
            if kind == "card":
                yield f"card: {HIDDEN}{value[-4:]}"
            else:
                yield f"{kind}: {_restore_case(value, raw)}"
        rest = cue.pattern.sub(" ", rest)


def _find_asked_kind(reply: str) -> str | None:
    """The kind of number that a reply asked for; None if none or several."""
    found = [kind for kind, pattern in ASKED_KINDS if pattern.search(reply)]
    return found[0] if len(found) == 1 else None


def _find_date_meaning(comparable: str, day: str) -> str:
    """``ordered on``, ``wanted by`` … if the words beside a date say so, else ``date``."""
    at = comparable.find(day)
    start = max((match.end() for match in PIECES.finditer(comparable, 0, max(at, 0))), default=0)
    after = PIECES.search(comparable, at + len(day))
    piece = comparable[start : after.start() if after else None]
    here = piece.find(day)
    before, behind = piece[:here][-MAX_DATE_GAP:], piece[here + len(day) :][:MAX_DATE_GAP]
    if behind.startswith("まで"):
        return "wanted by"
    distances = []
    for cue in cues.load_cues("dates"):
        if found := cue.pattern.search(behind):
            distances.append((found.end(), cue.kind))
        for found in cue.pattern.finditer(before):
            distances.append((len(before) - found.start(), cue.kind))
    return min(distances)[1] if distances else "date"


def _restore_case(value: str, raw: str) -> str:
    """The value in its original capitalisation."""
    at = raw.casefold().find(value)
    return raw[at : at + len(value)] if at >= 0 else value
