"""Whether a document is meant for customers, by its metadata; drafts and internal documents are not."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

from assistant.knowledge.loaders import audience_values as known
from assistant.text.characters import strip_every_invisible

#: Fields whose "yes" withholds a document from customers.
WITHHELD_BY_YES = {
    *("draft", "is_draft", "wip", "unlisted", "private", "is_private", "internal", "internal_only", "hidden"),
    *("is_hidden", "unpublished", "archived", "is_archived", "deprecated", "noindex", "confidential"),
    *("下書き", "下書", "草稿", "非公開", "未公開", "社内", "社内用", "社内限定", "社外秘", "機密", "廃止"),
}
#: Fields whose "no" does.
WITHHELD_BY_NO = {
    *("published", "is_published", "publish", "public", "is_public", "visible", "is_visible", "active"),
    *("is_active", "enabled", "公開", "公開中", "公開済み", "公開可", "公開フラグ", "有効", "表示"),
}
#: Fields whose value states the publication status or the audience.
STANDING = {
    *("status", "state", "stage", "workflow", "workflow_status", "publication_status", "publish_status"),
    *("article_status", "visibility", "access", "access_level", "audience", "readers", "scope", "permission"),
    *(
        "user_segment",
        "classification",
        "状態",
        "ステータス",
        "状況",
        "公開状態",
        "公開状況",
        "公開ステータス",
    ),
    *("公開範囲", "公開設定", "公開区分", "閲覧範囲", "閲覧権限", "対象者", "記事の状態", "公開"),
}
NAMES = WITHHELD_BY_YES | WITHHELD_BY_NO | STANDING
YES = {"true", "yes", "y", "1", "on", "t", "○", "〇", "◯", "✓", "✔", "☑", "✅", "はい", "有", "有り", "あり"}
NO = {
    "false",
    "no",
    "n",
    "0",
    "off",
    "f",
    "×",
    "✕",
    "✗",
    "x",
    "いいえ",
    "無",
    "無し",
    "なし",
    "否",
    "不可",
    "しない",
    "未",
    "未定",
    "まだ",
    "never",
    "not yet",
    "-",
}
#: Characters of a value that are read.
MAX_VALUE_CHARACTERS = 400
#: Values of a list, and words around a value, that are read.
MAX_VALUES = 50
MAX_MODIFIERS = 8


class ClauseMeaning(StrEnum):
    """What one clause of a value says."""

    CLOSED = "closed"  # not for customers, whoever else is named
    HOUSE = "house"  # for people of the house
    OPEN = "open"  # for customers
    OUT = "out"  # published, for whoever may read it
    NOTHING = "nothing"


def find_withholding_reason(values: Mapping[str, Any]) -> str:
    """The field that withholds a document from customers, as ``name: value``; empty when none does."""
    for key, value in values.items():
        said = _flatten_values(value)
        if _is_withheld(str(key), [_normalize_value(one) for one in said]):
            return f"{key}: {', '.join(said)[:40]}"
    return ""


def _is_withheld(name: str, values: Sequence[str]) -> bool:
    values = [value for value in values if value]
    name = name.strip("*?？").strip("_")
    if name in WITHHELD_BY_YES:
        # "Yes!", "true # until June" where nothing parsed it.
        return any(one == name or one.partition("#")[0].strip(" .!。") in YES for one in values)
    if name in WITHHELD_BY_NO and any(one.strip(" .!。") in NO for one in values):
        return True
    return name in STANDING | WITHHELD_BY_NO and _is_status_withheld(", ".join(values))


def _is_status_withheld(value: str) -> bool:
    """Whether a clause closes it, or it is for people of the house and no clause opens it for customers."""
    if known.NOT_ONLY.search(value):
        return ClauseMeaning.CLOSED in _read_clauses(known.NOT_ONLY.sub(",", value))
    asides = known.BRACKETS.findall(value)
    found = _read_clauses(known.BRACKETS.sub(",", value))
    for aside in asides:
        inner = _read_clauses(aside)
        # "everyone (staff)" narrows what stands before it.
        found |= (
            {ClauseMeaning.CLOSED}
            if ClauseMeaning.HOUSE in inner and ClauseMeaning.OPEN not in inner
            else inner
        )
    return ClauseMeaning.CLOSED in found or (ClauseMeaning.HOUSE in found and ClauseMeaning.OPEN not in found)


def _read_clauses(value: str) -> set[ClauseMeaning]:
    return {read_clause(clause) for clause in known.SEPARATOR.split(value) if clause}


@lru_cache(maxsize=1024)
def read_clause(clause: str) -> ClauseMeaning:
    """What a clause says: a known value, negated or not, of now or of another time."""
    words = " ".join(re.sub(r"[_\-\s]+", " ", clause).strip(" .!*\"'").split())
    words, negated, past, future = _strip_modifiers(words)
    said = _match_value(words)
    if negated:
        said = _negate_clause(said)
    if past or future:
        # What was public or will be is not public now; what was a draft says nothing of now.
        said = _negate_clause(said)
    return ClauseMeaning.CLOSED if said is ClauseMeaning.HOUSE and known.EXCLUSIVE.search(clause) else said


def _negate_clause(said: ClauseMeaning) -> ClauseMeaning:
    return ClauseMeaning.CLOSED if said in (ClauseMeaning.OPEN, ClauseMeaning.OUT) else ClauseMeaning.NOTHING


def _strip_modifiers(words: str) -> tuple[str, bool, bool, bool]:
    """The value within a clause; whether it is negated, of the past, of the future."""
    negated = past = future = False
    for _ in range(MAX_MODIFIERS):
        if _find_whole_value(words) is not None:
            break
        if known.NEGATION.match(words) or known.NEGATION_JA.search(words):
            negated = not negated
            words = known.NEGATION_JA.sub("", known.NEGATION.sub("", words, count=1))
        elif known.PAST.match(words) or known.PAST_JA.search(words):
            past, words = True, known.PAST_JA.sub("", known.PAST.sub("", words, count=1))
        elif known.FUTURE.match(words) or known.FUTURE_JA.search(words):
            future, words = True, known.FUTURE_JA.sub("", known.FUTURE.sub("", words, count=1))
        elif known.BEFORE.match(words):
            words = known.BEFORE.sub("", words, count=1)
        elif known.BEHIND.search(words):
            words = known.BEHIND.sub("", words)
        else:
            break
        words = words.strip()
    return words, negated, past, future


def _match_value(words: str) -> ClauseMeaning:
    """The known value that *words* are, or begin with; in Japanese also the one that they end with."""
    whole = _find_whole_value(words)
    if whole is not None:
        return whole
    parts = (_find_longest_value(words, str.startswith), _find_longest_value(words, str.endswith))
    return next((kind for kind in ClauseMeaning if kind in parts), ClauseMeaning.NOTHING)


def _find_whole_value(words: str) -> ClauseMeaning | None:
    if known.STAFF.fullmatch(words):
        return ClauseMeaning.HOUSE
    return VALUES.get(words)


def _find_longest_value(words: str, matches: Callable[[str, str], bool]) -> ClauseMeaning | None:
    found = [
        value
        for value in VALUES.keys() - known.WHOLE_ONLY
        if matches(words, value) and (not value.isascii() or words.startswith(f"{value} "))
    ]
    return VALUES[max(found, key=len)] if found else None


def _normalize_value(value: str) -> str:
    plain = unicodedata.normalize("NFKC", value[:MAX_VALUE_CHARACTERS])
    return strip_every_invisible(plain).strip().casefold()


def _flatten_values(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else [value]
    return [
        str(part).strip()
        for part in parts[:MAX_VALUES]
        if part is not None and not isinstance(part, dict | list)
    ]


#: Every known value and what it says.
VALUES: Mapping[str, ClauseMeaning] = {
    **dict.fromkeys(known.OPEN_STATUS, ClauseMeaning.OUT),
    **dict.fromkeys(known.OPEN_AUDIENCE, ClauseMeaning.OPEN),
    **dict.fromkeys(known.CLOSED_AUDIENCE, ClauseMeaning.HOUSE),
    **dict.fromkeys(known.CLOSED_STATUS, ClauseMeaning.CLOSED),
}
