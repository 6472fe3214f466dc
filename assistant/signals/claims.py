"""Extracts claims by kind from a customer's words: numbers, dates, amounts, products, addresses."""

import re
from collections.abc import Iterator

from assistant.domain.confidential import HIDDEN
from assistant.signals import cues
from assistant.signals.customer_lines import has_cue

#: What our previous message asked for, where the customer answers with a number alone.
ASKED_KINDS = (
    ("postcode", re.compile(r"郵便番号|post ?code|postal code|zip")),
    ("tracking number", re.compile(r"追跡番号|伝票番号|送り状|tracking")),
    ("booking number", re.compile(r"予約番号|booking (?:number|ref)|reservation number")),
    ("customer number", re.compile(r"会員番号|お客様番号|契約番号|account number|customer number|member")),
    ("phone", re.compile(r"電話番号|phone number|telephone")),
    ("serial number", re.compile(r"製造番号|シリアル|serial")),
    (
        "order number",
        re.compile(
            r"(?:注文|受注)(?:の)?番号|\border (?:number|no\.?|id)\b|\bnumber of (?:the|your) order\b"
        ),
    ),
)
#: What our previous message asked for, in words of its own: "your candidate number", 「受験番号」.
ASKED_NUMBER = re.compile(r"([一-龠々ァ-ヴー]{1,8}番号)|\b([a-z]{3,15} (?:number|code|reference|id))\b")
#: Names and addresses that our previous message asked for, which are answered in words.
ASKED_WORDS = (
    (
        "name",
        re.compile(
            r"お?名前を|氏名を|[一-龠ァ-ヴー]名(?:を|は|が)|\b(?:your|full|which|the) (?:full )?name\b"
        ),
    ),
    (
        "address",
        re.compile(
            r"ご?住所を|住所(?:は|が)|\b(?:what(?:'s| is)|your|new|full|delivery) (?:new )?address\b(?! form)"
        ),
    ),
)
#: An answer in words: a few of them, and no sentence.
BARE_WORDS = re.compile(
    r"^\W*+(?:はい、?|it'?s |yes,? )?+([^。!?\n]{2,60}?)"
    r"(?:です|になります|と申します|だよ|,? please)?+(?:$|[。.!\n])"
)
NO_BARE_WORDS = re.compile(
    r"[?？]|ない|ません|ます|ました|たい|って|のに|けど|これ|それ|なんで"
    r"|\b(?:i|you|it|why|what|where|how|no|not|don'?t|is|was|are|already|please)\b"
)
#: A code in an answer to the question for one.
ASKED_CODE = re.compile(r"(?<![a-z0-9-])((?=[a-z-]{0,8}\d)[a-z0-9][a-z0-9-]{3,24})(?![a-z0-9-])")
#: A thing that is only mentioned is not what it is about: it is bought, theirs, or went wrong.
BOUGHT = re.compile(
    r"買|購入|注文|頼|届|使って|\b(?:my|our|new|bought|order(?:ed)?|purchas\w+|received|got|deliver\w*|arrived|return)\b"
)
#: Kinds whose value stands with its name.
NAMED_VALUES = frozenset({"number", "time"})
ARTICLES = ("the ", "a ", "an ", "this ")
#: A number without context.
BARE_NUMBER = re.compile(r"^\W*+(?:はい|yes|ok)?+\W*+(\d[\d -]{3,18}\d)\W*+(?:です|になります|だよ)?+\W*+$")
#: "Last month" without an event says nothing.
VAGUE_DAY = re.compile(r"^\D+$")
#: Clauses; a date belongs to the words of its clause.
PIECES = re.compile(r"[、,;。!?\n]|\bbut\b|\band\b|(?<!\d)\.(?!\d)")
#: Characters between a date and the words that give its meaning.
MAX_DATE_GAP = 48
MAX_VALUE_CHARACTERS = 80


#: The customer says what number it is.
NAMED_NUMBER = re.compile(r"番号(?:は|が|:)|\bnumber (?:is|was)\b")


def extract_claims(raw: str, comparable: str, reply: str = "") -> list[str]:
    """``kind: value`` for every claim in a line; text matched by one kind is not matched by another.

    *reply*: our previous message, which tells what a number alone is.
    """
    asked = _find_asked_kind(reply)
    bare = BARE_NUMBER.match(comparable)
    if bare and asked:
        return [_label_value(asked, bare[1])]
    claims = list(_iterate_claims(raw, comparable))
    # A number that the customer names is what they call it, whatever we asked for.
    is_named = NAMED_NUMBER.search(comparable) is not None
    if asked and not is_named and (code := ASKED_CODE.search(comparable)):
        return [
            _label_value(asked, _restore_case(code[1], raw)),
            *(one for one in claims if not _is_value(one, code[1])),
        ]
    if words := _find_asked_words(raw, comparable, reply):
        inside = words.partition(": ")[2]
        return [
            words,
            *(one for one in claims if one.startswith("postcode") or one.partition(": ")[2] not in inside),
        ]
    return claims


def _label_value(kind: str, value: str) -> str:
    """``kind: value``; a number that has only a name of its own is ``number: its name value``."""
    return f"{kind} {value}" if ": " in kind else f"{kind}: {value}"


def _is_value(claim: str, value: str) -> bool:
    return claim.partition(": ")[2].casefold() == value


def _find_asked_words(raw: str, comparable: str, reply: str) -> str | None:
    """The name or the address that a reply asked for, where the customer answers with it alone."""
    kind = next((kind for kind, pattern in ASKED_WORDS if pattern.search(reply)), None)
    found = BARE_WORDS.match(comparable) if kind else None
    if found is None or NO_BARE_WORDS.search(found[1]):
        return None
    if kind == "address" and not re.search(r"\d|[市区町村]", found[1]):
        return None
    return f"{kind}: {_restore_case(found[1].strip(), raw)}"


def _iterate_claims(raw: str, comparable: str) -> Iterator[str]:
    rest = comparable
    for cue in (*cues.load_cues("facts"), *cues.load_cues("details")):
        for match in cue.pattern.finditer(rest):
            if cue.kind == "product" and match[0].startswith(ARTICLES) and not _is_owned(comparable):
                continue
            groups = [group.strip() for group in match.groups() if group]
            value = (groups[0] if groups else match[0].strip())[:MAX_VALUE_CHARACTERS]
            kind = cue.kind
            if kind in NAMED_VALUES:
                named = " ".join(_restore_case(group, raw) for group in groups)
                yield f"{kind}: {named[:MAX_VALUE_CHARACTERS]}"
                continue
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
    if not found:
        named = {match[0] for match in ASKED_NUMBER.finditer(reply)}
        return f"number: {named.pop()}" if len(named) == 1 else None
    return found[0] if len(found) == 1 else None


def _is_owned(comparable: str) -> bool:
    return BOUGHT.search(comparable) is not None or has_cue("trouble", comparable)


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
