"""Sections of the help centre: the folders that articles lie in, by their names in the reader's language."""

from collections.abc import Mapping, Sequence

from assistant.domain.knowledge import HelpEntry

#: Folder -> what it is called in Japanese; in English a folder bears its own name.
JAPANESE_NAMES: Mapping[str, str] = {
    "account": "会員登録・ログイン",
    "business": "法人のお客様",
    "delivery": "配送・お届け",
    "shipping": "配送・お届け",
    "gifts": "ギフト",
    "orders": "ご注文",
    "payment": "お支払い",
    "billing": "お支払い",
    "points": "ポイント・会員ランク",
    "privacy": "個人情報・安全",
    "products": "商品について",
    "recycling": "引き取り・リサイクル",
    "repair": "保証・修理",
    "returns": "返品・交換・返金",
    "support": "お問い合わせ・サポート",
}


def group_by_section(entries: Sequence[HelpEntry], language: str) -> Sequence[tuple[str, list[HelpEntry]]]:
    """(name, articles) of each section by name, what lies in none last with an empty name.

    One group where the articles are not sorted into several folders.
    """
    groups: dict[str, list[HelpEntry]] = {}
    for entry in entries:
        groups.setdefault(_name_section(entry, language), []).append(entry)
    if len([name for name in groups if name]) < 2:
        return [("", list(entries))]
    return sorted(groups.items(), key=lambda group: (not group[0], group[0]))


def find_counterpart(article: str, language: str, other: str, known: Sequence[HelpEntry]) -> str | None:
    """The id of the same article in another language: the same path in that language's folder."""
    folder, slash, rest = article.partition("/")
    wanted = f"{other}{slash}{rest}"
    return wanted if folder == language and any(one.id == wanted for one in known) else None


def _name_section(entry: HelpEntry, language: str) -> str:
    """Empty for what lies in no folder of its own, and for web addresses."""
    folders = entry.id.split("/")[:-1]
    folders = folders[1:] if folders[:1] == [entry.language] else folders
    if not folders or "://" in entry.id:
        return ""
    name = folders[0].replace("-", " ").replace("_", " ")
    return JAPANESE_NAMES.get(name.lower(), name) if language == "ja" else name[:1].upper() + name[1:]
