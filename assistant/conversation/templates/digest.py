"""The weekly digest in words: one page of plain text, in Japanese or English."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from string import Template
from typing import Any

from assistant.conversation.templates.report_names import FIGURE_NAMES

WORDS: Mapping[str, Mapping[str, str]] = {
    "title": {"ja": "週次ダイジェスト $start – $end", "en": "Weekly digest $start – $end"},
    "counted": {
        "ja": "会話 $now件（前の週 $before件）",
        "en": "Conversations: $now (the week before: $before)",
    },
    "rate": {
        "ja": "$name $rate（$total件中$count件、95%区間 $low–$high）$change",
        "en": "$name: $rate ($count of $total, 95% interval $low–$high)$change",
    },
    "change": {
        "ja": "、前の週から$by（$low〜$high）",
        "en": ", $by since the week before ($low to $high)",
    },
    "themes": {"ja": "増えたテーマ", "en": "Themes that grew"},
    "theme": {
        "ja": "$name $before件 → $now件（$ratio倍、95%区間 $low–$high）",
        "en": "$name: $before → $now conversations ($ratio times, 95% interval $low–$high)",
    },
    "done": {"ja": "行ったこと", "en": "What was done"},
    "improvement": {"ja": "改善：$title", "en": "Improvement: $title"},
    "article": {"ja": "記事を公開：$title", "en": "Article published: $title"},
    "effects": {"ja": "その効果", "en": "What it changed"},
    "effect": {
        "ja": "$title：$verdict（ほかと比べて$ratio倍、95%区間 $low–$high）",
        "en": "$title: $verdict ($ratio times, beside everything else; 95% interval $low–$high)",
    },
    "worked": {"ja": "減った", "en": "became less"},
    "no_effect": {"ja": "変わったとは言えない", "en": "no change that can be told"},
    "worse": {"ja": "増えた", "en": "became more"},
    "unkept": {"ja": "守れていない約束", "en": "Promises not kept"},
    "cases": {"ja": "期限を過ぎたお客様への連絡 $n件", "en": "Customers whose follow-up is overdue: $n"},
    "gaps": {"ja": "期限を過ぎた記事の準備 $n件", "en": "Articles that are overdue: $n"},
    "callbacks": {"ja": "かけられなかった電話 $n件", "en": "Calls that were not made: $n"},
    "deadlines": {"ja": "応答期限を過ぎた会話 $n件", "en": "Conversations whose deadline is over: $n"},
    "quotes": {"ja": "お客様の声", "en": "What customers said"},
    "quote": {"ja": "「$text」", "en": "“$text”"},
    "none": {"ja": "ありません。", "en": "None."},
    "link": {"ja": "詳しくは $link", "en": "More: $link"},
}


def _say(key: str, language: str, **values: object) -> str:
    return Template(WORDS[key][language]).substitute({name: str(value) for name, value in values.items()})


def render_digest_title(digest: Mapping[str, Any], language: str) -> str:
    start, end = (datetime.fromisoformat(digest[name]).date() for name in ("start", "end"))
    return _say("title", language, start=start, end=end - timedelta(days=1))


def render_digest(digest: Mapping[str, Any], language: str, link: str) -> str:
    """The whole page; *link* leads to the console's figures."""
    parts = [render_digest_title(digest, language), "", *_render_figures(digest, language)]
    for key, lines in _list_sections(digest, language):
        parts += ["", f"■ {WORDS[key][language]}", *(lines or [WORDS["none"][language]])]
    return "\n".join([*parts, "", _say("link", language, link=link)])


def _render_figures(digest: Mapping[str, Any], language: str) -> Iterator[str]:
    yield "・" + _say("counted", language, now=digest["counted"], before=digest["counted_before"])
    for name, rate in digest["figures"].items():
        if rate["total"]:
            yield "・" + _render_rate(name, rate, language)


def _render_rate(name: str, rate: Mapping[str, Any], language: str) -> str:
    change = rate["change"]
    moved = change and {key: f"{change[key] * 100:+.1f}" for key in ("difference", "low", "high")}
    return _say(
        "rate",
        language,
        name=FIGURE_NAMES[name][language],
        count=rate["count"],
        total=rate["total"],
        change=_say("change", language, by=moved["difference"], low=moved["low"], high=moved["high"])
        if moved
        else "",
        **{key: f"{rate[key] * 100:.1f}%" for key in ("rate", "low", "high")},
    )


def _list_sections(digest: Mapping[str, Any], language: str) -> Iterator[tuple[str, list[str]]]:
    """(title, lines) of what stands below the figures."""
    yield (
        "themes",
        [
            "・"
            + _say(
                "theme",
                language,
                now=one["conversations"],
                **_select(one, "name", "before"),
                **_select_ratio(one),
            )
            for one in digest["themes"]
        ],
    )
    yield "done", ["・" + _say(one["kind"], language, title=one["title"]) for one in digest["done"]]
    yield (
        "effects",
        [
            "・"
            + _say(
                "effect",
                language,
                title=one["title"],
                verdict=WORDS[one["verdict"]][language],
                **_select_ratio(one),
            )
            for one in digest["effects"]
        ],
    )
    yield "unkept", ["・" + _say(key, language, n=n) for key, n in digest["unkept"].items() if n]
    yield "quotes", ["・" + _say("quote", language, text=one["text"]) for one in digest["quotes"]]


def _select(one: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: one[name] for name in names}


def _select_ratio(one: Mapping[str, Any]) -> dict[str, Any]:
    return _select(one, "ratio", "low", "high")
