"""Server-rendered pages: articles of the help, their list, a plain start page, not found."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote

from assistant.api.pages.sections import find_counterpart, group_by_section
from assistant.domain.knowledge import Article, HelpEntry

HERE = Path(__file__).parent
#: Topics that the help centre offers.
MAX_TOPICS = 24
#: Most links on a page.
MAX_LISTED_ARTICLES = 500

ENGLISH = {
    "name": "Help",
    "updated": "Last updated: {}",
    "welcome": "How can we help?",
    "lead": "Ask in the chat at the bottom right: it answers from our help, and you can talk to a person.",
    "articles": "Help articles",
    "search": "Search the help",
    "do_search": "Search",
    "topics": "Topics",
    "all": "All articles",
    "found": "Articles about “{}”",
    "nothing_found": "Try other words, ask in the chat, or look through all articles.",
    "nothing_for": "No article was found for “{}”.",
    "more": "Other articles",
    "all_articles": "All help articles",
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
        "search": "ヘルプを検索",
        "do_search": "検索",
        "topics": "話題",
        "all": "すべての記事",
        "found": "「{}」の検索結果",
        "nothing_found": "別の言葉でお試しいただくか、チャットでお尋ねください。一覧からも探せます。",
        "nothing_for": "「{}」に当てはまる記事は見つかりませんでした。",
        "more": "そのほかの記事",
        "all_articles": "ヘルプ記事の一覧へ",
        "none": "記事はまだありません。",
        "console": "担当者の方はこちら（コンソール）",
        "missing": "ページが見つかりません",
        "why_missing": "アドレスが変わったか、入力に誤りがあるかもしれません。",
        "start": "トップページへ",
    },
    "ko": {
        "name": "도움말",
        "updated": "마지막 업데이트: {}",
        "welcome": "무엇을 도와드릴까요?",
        "lead": "오른쪽 아래 채팅에서 질문해 주세요. 도움말에서 답변하며 상담원과도 이야기할 수 있습니다.",
        "articles": "도움말 문서 목록",
        "search": "도움말 검색",
        "do_search": "검색",
        "topics": "주제",
        "all": "모든 문서",
        "found": "“{}” 검색 결과",
        "nothing_found": "문서를 찾지 못했습니다. 채팅으로도 물어보실 수 있습니다.",
        "all_articles": "도움말 문서 목록으로",
        "none": "아직 문서가 없습니다.",
        "console": "상담원용(콘솔)",
        "missing": "페이지를 찾을 수 없습니다",
        "why_missing": "주소가 바뀌었거나 잘못 입력되었을 수 있습니다.",
        "start": "첫 페이지로",
    },
}


#: Language -> (what its help is called in it, an article of it).
IN_LANGUAGE: Mapping[str, tuple[str, str]] = {
    "ja": ("日本語のヘルプ", "この記事を日本語で読む"),
    "en": ("Help in English", "Read this article in English"),
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


def render_article_page(
    article: Article, drawn: str, names: Mapping[str, str], entries: Sequence[HelpEntry] = ()
) -> str:
    """An article page around the body *drawn*, which is HTML; *entries*: every article that is valid."""
    words = _get_texts(article.language)
    updated = words["updated"].format(article.updated) if article.updated else ""
    body = (
        f'<p class="updated">{escape(updated)}</p>\n<article>{drawn}</article>\n'
        f'<p><a href="/help?lang={quote(article.language)}">{words["all_articles"]}</a></p>'
        f"{_render_counterparts(article, entries)}"
    )
    return _render_page(article.language, article.title, body, names)


def render_help_centre(
    entries: Sequence[HelpEntry],
    language: str,
    names: Mapping[str, str],
    *,
    asked: str = "",
    found: Sequence[HelpEntry] | None = None,
    tag: str = "",
) -> str:
    """The search, the topics and the articles in one language, in all if it has none.

    *found* is what a search for *asked* found; *tag* names the topic that is shown.
    """
    words = _get_texts(language)
    own = [one for one in entries if one.language == language] or list(entries)
    if found is not None:
        heading = words["found" if found else "nothing_for"].format(asked)
        listed = _render_entries(found, words["nothing_found"])
    elif tag:
        heading = tag
        listed = _render_entries([one for one in own if tag in one.tags], words["nothing_found"])
    else:
        heading, listed = words["articles"], _render_sections(own, words, language)
    parts = [
        _render_search(words, language, asked),
        _render_topics(own, words, language, tag),
        f"<h2>{escape(heading)}</h2>",
        listed,
        _render_other_languages(entries, language, asked),
    ]
    return _render_page(language, words["articles"], "\n".join(filter(None, parts)), names)


def _render_search(words: Mapping[str, str], language: str, asked: str) -> str:
    return (
        f'<form role="search" action="/help" class="search">'
        f'<input type="hidden" name="lang" value="{escape(language)}">'
        f'<label for="q">{words["search"]}</label>'
        f'<input id="q" name="q" type="search" maxlength="200" value="{escape(asked)}">'
        f"<button>{words['do_search']}</button></form>"
    )


def _render_topics(entries: Sequence[HelpEntry], words: Mapping[str, str], language: str, chosen: str) -> str:
    """Links to the tags that several articles share, the most frequent first."""
    counts = Counter(tag for one in entries for tag in one.tags)
    tags = [tag for tag, count in counts.most_common(MAX_TOPICS) if count > 1]
    if not tags:
        return ""
    address = f"/help?lang={quote(language)}"
    links = [f'<li><a href="{address}">{words["all"]}</a></li>']
    for tag in tags:
        here = ' aria-current="page"' if tag == chosen else ""
        link = f'<a href="{address}&amp;tag={quote(tag, safe="")}"{here}>{escape(tag)}</a>'
        links.append(f"<li>{link}</li>")
    listed = "\n".join(links)
    return f'<nav aria-label="{words["topics"]}"><ul class="topics">{listed}</ul></nav>'


def _render_sections(entries: Sequence[HelpEntry], words: Mapping[str, str], language: str) -> str:
    """The articles under the names of their sections; one list where there are none."""
    groups = group_by_section(entries[:MAX_LISTED_ARTICLES], language)
    if len(groups) == 1:
        return _render_entries(groups[0][1], words["none"])
    return "\n".join(
        f"<h3>{escape(name or words['more'])}</h3>\n{_render_entries(listed, '')}" for name, listed in groups
    )


def _render_other_languages(entries: Sequence[HelpEntry], language: str, asked: str) -> str:
    """Links to the help in other languages, which search what was searched for here."""
    there = {one.language for one in entries} - {language}
    query = f"&amp;q={quote(asked, safe='')}" if asked else ""
    links = [
        f'<a lang="{other}" hreflang="{other}" href="/help?lang={other}{query}">{name}</a>'
        for other, (name, _) in IN_LANGUAGE.items()
        if other in there
    ]
    return f'<p class="updated">{" · ".join(links)}</p>' if links else ""


def _render_counterparts(article: Article, entries: Sequence[HelpEntry]) -> str:
    """Links to the article, else to the help, in other languages."""
    links = [
        f'<a lang="{other}" hreflang="{other}" href="/help/{quote(same)}">{name}</a>'
        for other, (_, name) in IN_LANGUAGE.items()
        if other != article.language
        and (same := find_counterpart(article.id, article.language, other, entries))
    ]
    if links:
        return f'\n<p class="updated">{" · ".join(links)}</p>'
    return "\n" + _render_other_languages(entries, article.language, "")


def _render_entries(entries: Sequence[HelpEntry], none: str) -> str:
    links = "\n".join(
        f'<li lang="{escape(one.language)}"><a href="/help/{quote(one.id)}">{escape(one.title)}</a>'
        f"{f'<p>{escape(one.excerpt)} …</p>' if one.excerpt else ''}</li>"
        for one in entries[:MAX_LISTED_ARTICLES]
    )
    return f'<ul class="articles">\n{links}\n</ul>' if links else f"<p>{none}</p>"


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
