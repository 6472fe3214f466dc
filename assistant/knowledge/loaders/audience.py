"""Whether a document is meant for customers, by its metadata; drafts and internal documents are not."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

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
    "never",
    "-",
}
NOT_FOR_CUSTOMERS = re.compile(
    r"\b(?:draft(?:s|ed)?|wip|work[ _-]in[ _-]progress|in[ _-]progress|in[ _-]review|review|under[ _-]review|"
    r"needs[ _-]review|for[ _-]review|"
    r"pending|awaiting|to[ _-]?do|planned|scheduled|unpublished|not[ _-]published|"
    r"unlisted|private|internal(?:[ _-]only)?|hidden|confidential|secret|restricted|staff|agents?|employees?|"
    r"team|admins?|archived?|retired|deprecated|obsolete|deleted|trash(?:ed)?|rejected|disabled|inactive)\b"
    r"|下書|草稿|ドラフト|非公開|未公開|限定公開|社内|社外秘|部外秘|極秘|機密|スタッフ|従業員|社員|管理者"
    r"|作成中|作業中|編集中|執筆中|準備中|確認中|確認待|レビュー|校正|承認待|承認前|未承認|差戻|差し戻|却下"
    r"|公開前|公開待|公開停止|公開終了|取り下げ|公開しない|アーカイブ|廃止|削除|無効|ゴミ箱|ごみ箱|保留|未決定|検討中"
)
#: Values that make a document public, whatever else they name: "public, internal", "社内・お客様".
FOR_CUSTOMERS = re.compile(
    r"\b(?:public|everyone|anyone|customers?(?![ _-]*(?:support|service|care|success)\b)|all users|external|"
    r"published|live)\b|お客(?:様|さま)(?!に?は?(?:非公開|サポート))|一般公開|全体公開|(?<!社内)全員(?!.?社内(?!外))|社外\b|公開済"
)
NEGATED = re.compile(
    r"\b(?:not?|non|un|never|no[ _-]longer)[ _-]*(?:yet[ _-]*)?(?:be[ _-]*)?"
    r"(?:public|published|live|for customers)\b"
    r"|\b(?:to be|will be) published\b"
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufe0f\ufeff]")


def find_withholding_reason(values: Mapping[str, Any]) -> str:
    """The field that withholds a document from customers, as ``name: value``; empty when none does."""
    for key, value in values.items():
        for said in _flatten_values(value):
            if _is_withheld(str(key), said):
                return f"{key}: {said[:40]}"
    return ""


def _is_withheld(name: str, value: str) -> bool:
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", value)).strip().casefold()
    name = name.strip("*?？").strip("_")
    if not plain:
        return False
    if name in WITHHELD_BY_YES:
        # Unparsed YAML values: "Yes!", "true # until June".
        return plain == name or plain.partition("#")[0].strip(" .!。") in YES
    if name in WITHHELD_BY_NO and plain in NO:
        return True
    return name in STANDING and _is_status_withheld(plain)


def _is_status_withheld(plain: str) -> bool:
    if plain in NO and plain not in {"-", "0"}:
        return False
    open_to_all = bool(FOR_CUSTOMERS.search(plain)) and not NEGATED.search(plain)
    return bool(NEGATED.search(plain) or NOT_FOR_CUSTOMERS.search(plain)) and not open_to_all


def _flatten_values(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else [value]
    return [str(part).strip() for part in parts if part is not None and not isinstance(part, dict | list)]
