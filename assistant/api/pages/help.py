"""Server-rendered pages: articles of the help, their list, a plain start page, not found."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote

from assistant.domain.knowledge import Article

HERE = Path(__file__).parent
#: Most links on a page.
MAX_LISTED_ARTICLES = 500

ENGLISH = {
    "name": "Help",
    "updated": "Last updated: {}",
    "welcome": "How can we help?",
    "lead": "Ask in the chat at the bottom right: it answers from our help, and you can talk to a person.",
    "articles": "Help articles",
    "none": "There are no articles yet.",
    "console": "For our team: agent console",
    "missing": "We could not find this page",
    "why_missing": "The address may have changed, or there may be a typing mistake in it.",
    "start": "Go to the start page",
}
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": ENGLISH,
    "ja": {
        "name": "ヘルプ",
        "updated": "最終更新: {}",
        "welcome": "お困りのことはありませんか",
        "lead": "右下のチャットからご質問ください。ヘルプからお答えし、担当者ともお話しいただけます。",
        "articles": "ヘルプ記事の一覧",
        "none": "記事はまだありません。",
        "console": "担当者の方はこちら（コンソール）",
        "missing": "ページが見つかりません",
        "why_missing": "アドレスが変わったか、入力に誤りがあるかもしれません。",
        "start": "トップページへ",
    },
}


def select_language(header: str, languages: Sequence[str]) -> str:
    """The first of our *languages* in an Accept-Language *header*, else our first."""
    wanted: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        tag, _, weight = part.partition(";q=")
        share = float(weight) if re.fullmatch(r"[01](\.\d{1,3})?", weight.strip()) else 1.0
        wanted.append((-share, tag.strip().partition("-")[0].lower()))
    spoken = [language for _, language in sorted(wanted, key=lambda each: each[0]) if language in languages]
    return spoken[0] if spoken else languages[0]


def render_article_page(article: Article, drawn: str, names: Mapping[str, str]) -> str:
    """An article page around the body *drawn*, which is HTML."""
    words = _get_texts(article.language)
    updated = words["updated"].format(article.updated) if article.updated else ""
    body = f'<p class="updated">{escape(updated)}</p>\n<article>{drawn}</article>'
    return _render_page(article.language, article.title, body, names)


def render_article_list(
    titles: Sequence[tuple[str, str, str]], language: str, names: Mapping[str, str]
) -> str:
    """Links to the articles of *titles* (id, title, language) in one language; to all if it has none."""
    words = _get_texts(language)
    own = [each for each in titles if each[2] == language] or titles
    links = "\n".join(
        f'<li lang="{escape(spoken)}"><a href="/help/{quote(id_)}">{escape(title)}</a></li>'
        for id_, title, spoken in own[:MAX_LISTED_ARTICLES]
    )
    body = f'<ul class="articles">\n{links}\n</ul>' if links else f"<p>{words['none']}</p>"
    return _render_page(language, words["articles"], body, names)


def render_start_page(language: str, names: Mapping[str, str]) -> str:
    """The page at `/` of an installation without the demo."""
    words = _get_texts(language)
    body = (
        f"<p>{words['lead']}</p>\n"
        f'<p><a href="/help?lang={language}">{words["articles"]}</a></p>\n'
        f'<p class="updated"><a href="/console">{words["console"]}</a></p>'
    )
    return _render_page(language, words["welcome"], body, names)


def render_missing_page(language: str, names: Mapping[str, str]) -> str:
    words = _get_texts(language)
    body = (
        f"<p>{words['why_missing']}</p>\n"
        f'<p><a href="/?lang={language}">{words["start"]}</a></p>\n'
        f'<p><a href="/help?lang={language}">{words["articles"]}</a></p>'
    )
    return _render_page(language, words["missing"], body, names)


def _get_texts(language: str) -> Mapping[str, str]:
    return WORDS.get(language, ENGLISH)


def _render_page(language: str, title: str, body: str, names: Mapping[str, str]) -> str:
    home = names.get(language) or names.get("en") or _get_texts(language)["name"]
    return _load_template().substitute(
        language=escape(language), title=escape(title), home=escape(home), body=body
    )


@lru_cache(maxsize=1)
def _load_template() -> Template:
    return Template((HERE / "page.html").read_text("utf-8"))
