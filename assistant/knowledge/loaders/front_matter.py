"""Front matter above a document: YAML, TOML, JSON or plain ``Key: value`` lines."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml

from assistant.knowledge.loaders import audience
from assistant.knowledge.loaders.text import clean_text

MAX_CHARACTERS = 64_000
#: Our field -> authors' names for it, the most specific first.
NAMES = {
    "title": ("title", "タイトル", "件名"),
    "language": ("language", "lang", "locale", "言語"),
    "updated": (
        *(
            "updated",
            "updated_at",
            "last_updated",
            "lastmod",
            "last_modified",
            "modified",
            "更新日",
            "最終更新日",
        ),
        *("date", "日付"),
    ),
    "valid_from": (
        *("valid_from", "effective", "effective_date", "effective_from", "publish_date", "publishdate"),
        *("適用開始日", "適用日", "施行日", "有効開始日", "公開日"),
    ),
    "valid_until": (
        *("valid_until", "valid_to", "expires", "expires_at", "expiry", "expirydate", "expiry_date"),
        *("有効期限", "適用終了日", "有効終了日", "公開終了日"),
    ),
    "supersedes": ("supersedes", "replaces", "obsoletes", "旧記事", "置き換える記事"),
    "superseded_by": ("superseded_by", "replaced_by", "obsoleted_by", "新記事", "後継記事"),
    "tags": ("tags", "keywords", "categories", "category", "タグ", "キーワード", "カテゴリ", "カテゴリー"),
    "url": ("url", "canonical_url", "canonical", "permalink", "link"),
}
KNOWN = {name for names in NAMES.values() for name in names} | audience.NAMES
LANGUAGES = {
    **dict.fromkeys(("jp", "japanese", "日本語"), "ja"),
    **dict.fromkeys(("english", "英語"), "en"),
    **dict.fromkeys(("chinese", "中国語"), "zh"),
    **dict.fromkeys(("korean", "韓国語"), "ko"),
}
DATE_FORMATS = (
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y年%m月%d日",
    "%d %B %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%d %b %Y",
    "%Y%m%d",
)

FENCED = re.compile(r"\A(---|\+\+\+|;;;)[ \t]*\n(.*?)^(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
PLAIN = re.compile(r"\A(?:[^\s:#|<>{\[][^:\n]{0,30}:[ \t]*[^\n]*\n|[ \t]+\S[^\n]*\n)+(?=\n|\Z)")
KEY_LINE = re.compile(r"^([^\s:#][^:\n]{0,40}):[ \t]*(.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """The fields of front matter, under our names."""

    title: str = ""
    language: str = ""
    updated: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    #: Articles that this one supersedes, and the one that supersedes it, as their authors name them.
    supersedes: tuple[str, ...] = ()
    superseded_by: str = ""
    tags: tuple[str, ...] = ()
    url: str | None = None
    #: The field that withholds it from customers, such as ``status: draft``; empty: none.
    withheld: str = ""
    warnings: tuple[str, ...] = ()


def split_front_matter(text: str) -> tuple[FrontMatter, str]:
    """The front matter of a text, and the text without it."""
    values, body = _parse_block(text)
    return parse_fields(values), body


def parse_fields(values: Mapping[str, Any]) -> FrontMatter:
    """Known fields under any of their names; unknown ones are ignored, invalid values become warnings."""
    found = {_normalize_key(key): value for key, value in values.items()}
    warnings: list[str] = []
    return FrontMatter(
        title=_format_value(_get_first_value(found, "title")),
        language=_parse_language(_format_value(_get_first_value(found, "language")), warnings),
        updated=_parse_date_field(_format_value(_get_first_value(found, "updated")), "updated", warnings),
        **_parse_period(found, warnings),
        supersedes=_collect_values(found, "supersedes"),
        superseded_by=_format_value(_get_first_value(found, "superseded_by")),
        tags=_collect_values(found, "tags"),
        url=_parse_url(_format_value(_get_first_value(found, "url"))),
        withheld=audience.find_withholding_reason(found),
        warnings=tuple(warnings),
    )


def _parse_block(text: str) -> tuple[Mapping[str, Any], str]:
    text = text.lstrip("\n")
    if (fenced := FENCED.match(text)) and len(fenced[2]) <= MAX_CHARACTERS:
        values = _parse_toml(fenced[2]) if fenced[1] == "+++" else _parse_yaml_or_json(fenced[2])
        return (values, text[fenced.end() :]) if values is not None else ({}, text)
    if text.startswith("{"):
        return _parse_json_block(text)
    if (plain := PLAIN.match(text)) and _normalize_key(text.partition(":")[0]) in KNOWN:
        return _parse_key_lines(plain[0]), text[plain.end() :]
    return {}, text


def _parse_toml(block: str) -> Mapping[str, Any] | None:
    try:
        return tomllib.loads(block)
    except tomllib.TOMLDecodeError:
        return _parse_key_lines(block.replace("=", ":")) or None


def _parse_yaml_or_json(block: str) -> Mapping[str, Any] | None:
    """The fields as strings: an impossible date must become our warning, not an exception of the
    YAML parser.
    """
    try:
        values = yaml.load(block, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except yaml.YAMLError:
        values = _parse_key_lines(block)
    return values if isinstance(values, dict) else None


def _parse_json_block(text: str) -> tuple[Mapping[str, Any], str]:
    try:
        values, end = json.JSONDecoder().raw_decode(text)
    except (json.JSONDecodeError, RecursionError):
        return {}, text
    known = isinstance(values, dict) and any(_normalize_key(key) in KNOWN for key in values)
    return (values, text[end:]) if known else ({}, text)


def _parse_key_lines(block: str) -> dict[str, str]:
    pairs = (KEY_LINE.match(line) for line in block.splitlines())
    return {pair[1].strip(): pair[2].strip().strip("\"'") for pair in pairs if pair}


def _normalize_key(key: object) -> str:
    return str(key).strip().casefold().replace("-", "_").replace(" ", "_")


def _get_first_value(found: Mapping[str, Any], fact: str) -> Any:
    return next((found[name] for name in NAMES[fact] if found.get(name)), None)


def _format_value(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return "" if value is None or isinstance(value, dict | list) else " ".join(clean_text(str(value)).split())


def _collect_values(found: Mapping[str, Any], fact: str) -> tuple[str, ...]:
    """All values of a field under all its names; each may be a list or separated by commas."""
    values: dict[str, None] = {}
    for name in NAMES[fact]:
        value = found.get(name)
        parts = value if isinstance(value, list) else re.split(r"[,、，;；\n]", _format_value(value))
        values.update(dict.fromkeys(text for part in parts if (text := _format_value(part))))
    return tuple(values)


def _parse_period(found: Mapping[str, Any], warnings: list[str]) -> dict[str, date | None]:
    """First and last day of validity; a period that ends before it begins is ignored."""
    names = ("valid_from", "valid_until")
    days = {
        name: _parse_date_field(_format_value(_get_first_value(found, name)), name, warnings)
        for name in names
    }
    if days["valid_from"] and days["valid_until"] and days["valid_from"] > days["valid_until"]:
        warnings.append("valid_from is after valid_until; both ignored")
        return dict.fromkeys(names)
    return days


def _parse_url(text: str) -> str | None:
    return text if re.match(r"https?://[^\s<>\"]+\Z", text) else None


def _parse_language(text: str, warnings: list[str]) -> str:
    if not text:
        return ""
    named = LANGUAGES.get(text.casefold())
    if tag := re.match(r"([a-z]{2,3})(?:[-_][a-z0-9]+)*\Z", text.casefold()):
        return named or tag[1]
    if named is None:
        warnings.append(f"language {text[:40]!r} is not a language tag such as ja or en; ignored")
    return named or ""


def _parse_date_field(text: str, name: str, warnings: list[str]) -> date | None:
    if not text:
        return None
    found = parse_date(text)
    if found is None:
        warnings.append(f"{name} {text[:40]!r} is not a date such as 2026-09-30; ignored")
    return found


def parse_date(text: str) -> date | None:
    """A date in common notations; a time of day is dropped."""
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        pass
    day = re.split(r"[T ](?=\d{1,2}:)", text)[0]
    for form in ("%Y-%m-%d", *DATE_FORMATS):
        try:
            return datetime.strptime(day, form).date()
        except ValueError:
            continue
    return None
