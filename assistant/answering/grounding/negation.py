"""Negation: words that reverse a rule, and whether a sentence and its source differ in one."""

import re

from assistant.text.terms import normalize_text

_FLAGS = re.IGNORECASE | re.VERBOSE

_PAIRS = (
    (
        r"無料 | 送料込 | \bfree\b | \bno\ (extra\ )?(charge|fee|cost)s?\b | at\ no\ cost",
        r"有料 | 円 | 料金が | [¥$€£]\s?\d | \bcharged?\b | \bfees?\b | \bpay\b",
    ),
    (
        r"不要 | 必要(は)?(ありません|ない) | \boptional\b | (\bno|n.?t)\ (need|have\ to|required|necessary)",
        r"必要(です|な|が|と) | 必須 | しなければ | \b(must|required|needs?\ to|ha(ve|s)\ to)\b",
    ),
    (
        r"以内 | まで(に|は|の|。|$) | \b(within | by | until | before)\b",
        r"以降 | を過ぎ | 経過(後|し) | (?<!day\ )\bafter\b",
    ),
    (
        r"以上 | より(多|大き|長) | 超え | \b(at\ least|or\ more|over|more\ than)\b",
        r"以下 | 未満 | より(少な|小さ|短) | \b(at\ most|up\ to|or\ less|under|less\ than|maximum)\b",
    ),
    (r"未開封 | \bunopened\b", r"(?<!未)開封(済|した|後) | (?<!un)\bopened\b"),
    (r"未使用 | \bunused\b", r"(?<!未)使用(済|した|後) | (?<!un)\bused\b"),
    (
        r"(発送|出荷)前 | before\ (it\ is\ |we\ )?(ship|dispatch)",
        r"(発送|出荷)後 | after\ (it\ is\ |we\ )?(ship|dispatch)",
    ),
    (
        r"お客様(の)?(ご)?負担 | at\ your\ (own\ )?(cost|expense) | you\ pay",
        r"(当社|弊社|当店)(が|の)?(ご)?負担 | we\ (pay|cover) | our\ (cost|expense)",
    ),
)
_OPPOSITES = tuple((re.compile(one, _FLAGS), re.compile(other, _FLAGS)) for one, other in _PAIRS)

_NEGATION = re.compile(
    r"""ません | ない(?!よう) | ず(に|、|。) | 不可 | できかね | いたしかね | 対象外 | 禁止 | 無効
    | なく(?=、|なり|て) | お断り | 受け付けておりません | (売り|品|在庫)切れ
    | \b(out\ of\ stock | sold\ out)\b
    | \b(not | no | never | none | neither | nor | cannot | without | unable | impossible | excluded
      | except)\b | n't\b""",
    _FLAGS,
)
#: Looks negative and is not: obligation (なければなりません), conjecture (かもしれません), "not only".
_NO_NEGATION = re.compile(
    r"""な(ければ|くては|いと)(なり|いけ)ません | かもしれ(ません|ない) | ほかなりません | だけで(は)?なく
    | のみ(なら|で(は)?な)[くず] | 限りません | すみません | 申し訳(ござい|あり)ません
    | ご?心配(は)?(あり|い)(ません|りません)
    | \b(not\ only | (no|not)\ (later|more|less|fewer|longer)\ than | no\.\ ?\d | whether\ or\ not
      | no\ problem)\b""",
    _FLAGS,
)


#: "Free of charge", with or without a negation.
_FREE = re.compile(
    r"""無料 | かかりません | いただきません | 負担(は)?(ありません|不要) | \bfree(\ of\ charge)?\b
    | \b(no|without)\ (extra\ )?(charge|cost|fee)s? | n't\ (charge|cost) | not\ (charged?|cost)""",
    _FLAGS,
)
_CLAUSES = re.compile(
    r"(?<!\d)[、，,;；。]|[、，;；。]|(?<=が)、|\s(?=(?:but|so|if|when|unless|until|because|while|although)\s)"
)


def count_negations(text: str) -> int:
    return len(_NEGATION.findall(_NO_NEGATION.sub(" ", normalize_text(text))))


def are_opposite(one: str, other: str) -> bool:
    """Whether one text is negative and the other positive."""
    one, other = normalize_text(one), normalize_text(other)
    if _FREE.search(one) and _FREE.search(other):
        one, other = _FREE.sub(" ", one), _FREE.sub(" ", other)
    return is_negated(one) != is_negated(other)


def is_negated(text: str) -> bool:
    return count_negations(text) > 0


def split_clauses(text: str) -> list[str]:
    """Clauses, which are negated independently."""
    return [part for part in _CLAUSES.split(text) if part and part.strip()]


def find_opposite_word(said: str, source: str) -> str | None:
    """A word of *said* of which the source has only the opposite."""
    said, source = normalize_text(said), normalize_text(source)
    for pair in _OPPOSITES:
        for one, other in (pair, pair[::-1]):
            found = one.search(said)
            if found and not other.search(said) and other.search(source) and not one.search(source):
                return found[0]
    return None
