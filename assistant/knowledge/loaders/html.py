"""HTML to Markdown: the main content of a page, or a fragment inside a Markdown file."""

import re
from functools import cache
from typing import Any

from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

from assistant.knowledge.loaders import front_matter, page, tables, templating
from assistant.knowledge.loaders.code import put_back, set_aside
from assistant.knowledge.loaders.document import Document, Unreadable
from assistant.knowledge.loaders.text import clean, decoded

DECLARED = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{3,20})", re.IGNORECASE)
#: What only a look at the tags tells whether it is to be read.
UNREAD = re.compile(r"<(?:r[tp]c?|del|s|strike)\b|line-through", re.IGNORECASE)
#: What servers send instead of an article, and call it found.
NOT_FOUND = re.compile(
    r"^\W*(?:error\s*)?404\b|(?:page|article) (?:was |is |could )?not (?:be )?found"
    r"|page (?:doesn.t|does not) exist"
    r"|ページ[はがを]?(?:見つかりません|存在しません|ございません|表示できません)|お探しのページ|記事が見つかりません",
    re.IGNORECASE,
)
LOGIN = re.compile(r"\b(?:log[ -]?in|sign[ -]?in)\b|ログイン|サインイン", re.IGNORECASE)
#: A page about passwords says more than a page that asks for one.
LONGEST_STUB = 600


def load_html(data: bytes) -> list[Document]:
    """The main content of a page with its title, language and dates."""
    soup = BeautifulSoup(_text(data), "lxml")
    title, language, known = _title(soup), _language(soup), _meta(soup)
    if _unlisted(soup):
        return [Document(withheld="robots: noindex")]
    asks_password = soup.select_one("input[type=password]") is not None
    page.cleaned(soup)
    main = page.main_part(soup)
    if main is None:
        raise Unreadable("the page has no text; it may be drawn by a script, save the finished page instead")
    heading = main.find("h1")
    if isinstance(heading, Tag):
        title = " ".join(heading.get_text().split()) or title
        heading.decompose()
    warnings = list(known.warnings)
    text = filled(_markdown(main), warnings)
    _refuse_stub(f"{title}\n{text}", asks_password=asks_password)
    return [
        Document(
            title=clean(title),
            text=text,
            language_hint=language,
            url=known.url,
            updated=known.updated,
            warnings=tuple(warnings),
        )
    ]


def _refuse_stub(text: str, *, asks_password: bool) -> None:
    if len(text) > LONGEST_STUB:
        return
    if NOT_FOUND.search(text):
        raise Unreadable("the page says that it was not found; check the address")
    if asks_password and LOGIN.search(text):
        raise Unreadable("it is a login page; give a public page")


def _unlisted(soup: BeautifulSoup) -> bool:
    """Whether the page asks search engines to leave it out."""
    stated = soup.find_all(
        "meta", attrs={"name": re.compile(r"^(?:robots|googlebot|bingbot)$", re.IGNORECASE)}
    )
    return any(re.search(r"\b(?:noindex|none)\b", str(tag.get("content")), re.IGNORECASE) for tag in stated)


def filled(text: str, warnings: list[str]) -> str:
    """Without what a template was to fill in."""
    if "{" not in text and "<%" not in text:
        return text
    kept: list[str] = []
    return put_back(templating.rendered(set_aside(text, kept), warnings), kept).strip()


def markdown(fragment: str) -> str:
    """A piece of HTML as Markdown; text that already is Markdown passes through."""
    soup = BeautifulSoup(fragment, "lxml")
    if UNREAD.search(fragment):
        page.cleaned(soup)
    return _markdown(soup, tabled="<table" in fragment.casefold())


def _markdown(element: Tag, *, tabled: bool = True) -> str:
    """Cleaned once more: character references were still references when the page was read."""
    if tabled:
        tables.plain_tables(element)
    return clean(_converter().convert_soup(element)).strip()


@cache
def _converter() -> "Markdown":
    return Markdown()


class Markdown(MarkdownConverter):
    """Markdown without images and without ornaments, tables always with a header."""

    def __init__(self) -> None:
        super().__init__(
            heading_style="ATX",
            bullets="-",
            table_infer_header=True,
            escape_asterisks=False,
            escape_underscores=False,
            sup_symbol="^",
            strip_pre=None,
            code_language_callback=_code_language,
        )

    def convert_img(self, _element: Any, _text: str, parent_tags: set[str]) -> str:
        alt = str(_element.attrs.get("alt") or "")
        return alt if "td" in parent_tags or "th" in parent_tags else ""

    def convert_figcaption(self, _element: Any, _text: str, parent_tags: set[str]) -> str:
        return ""

    def convert_dt(self, _element: Any, text: str, parent_tags: set[str]) -> str:
        return f"\n\n**{text.strip()}**\n" if text.strip() else ""

    def convert_dd(self, _element: Any, text: str, parent_tags: set[str]) -> str:
        return f"\n{text.strip()}\n\n"

    def convert_summary(self, _element: Any, text: str, parent_tags: set[str]) -> str:
        return f"\n\n**{text.strip()}**\n\n" if text.strip() else ""


def _code_language(element: Tag) -> str:
    marked = element.find("code") or element
    classes = marked.get("class") if isinstance(marked, Tag) else None
    names = [str(name) for name in classes or [] if str(name).startswith(("language-", "lang-"))]
    return names[0].partition("-")[2] if names else ""


def _text(data: bytes) -> str:
    declared = DECLARED.search(data[:2048])
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return clean(data.decode(declared[1].decode("ascii")))
        except (LookupError, UnicodeDecodeError):
            return decoded(data)
    return decoded(data)


def _title(soup: BeautifulSoup) -> str:
    named = soup.find("meta", property="og:title")
    if isinstance(named, Tag) and named.get("content"):
        return " ".join(str(named["content"]).split())
    return " ".join(soup.title.get_text().split()) if soup.title else ""


def _language(soup: BeautifulSoup) -> str:
    page = soup.find("html")
    stated = str(page.get("lang") or "") if isinstance(page, Tag) else ""
    return front_matter.facts({"language": stated}).language


def _meta(soup: BeautifulSoup) -> front_matter.Facts:
    """The page's own address and day of change, when it states them."""
    link = soup.find("link", rel="canonical")
    changed = soup.find("meta", property="article:modified_time") or soup.find("meta", attrs={"name": "date"})
    return front_matter.facts(
        {
            "url": link.get("href") if isinstance(link, Tag) else "",
            "updated": changed.get("content") if isinstance(changed, Tag) else "",
        }
    )
