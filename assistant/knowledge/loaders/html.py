"""HTML to Markdown: the main content of a page, or a fragment inside a Markdown file."""

import re
from typing import Any

from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

from assistant.knowledge.loaders import front_matter
from assistant.knowledge.loaders.document import Document, Unreadable
from assistant.knowledge.loaders.text import clean, decoded

#: Never content, whatever page it is.
FURNITURE = (
    "script, style, noscript, template, iframe, object, embed, svg, canvas, form, button, input, select,"
    "textarea,"
    "nav, header, footer, aside, dialog, [hidden], [aria-hidden=true], [role=navigation], [role=banner],"
    "[role=contentinfo], [role=search], [role=complementary], [role=dialog],"
    ".breadcrumb, .breadcrumbs, .sidebar,"
    ".cookie, .cookie-banner, .share, .related-articles, .pagination, .toc, .table-of-contents"
)
#: Where help centres keep the article, the surest place first.
MAIN = (
    "[itemprop=articleBody]",
    ".article-body, .article__body, .entry-content, .post-content, .markdown-body",
    "article",
    "main, [role=main], #main-content, #main, #content",
    "body",
)
DECLARED = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{3,20})", re.IGNORECASE)
HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.IGNORECASE
)
LEAST_MAIN = 80


def load_html(data: bytes) -> list[Document]:
    """The main content of a page with its title, language and dates."""
    soup = BeautifulSoup(_text(data), "lxml")
    title, language, known = _title(soup), _language(soup), _meta(soup)
    for hidden in soup.find_all(style=HIDDEN_STYLE):
        hidden.decompose()
    main = _main(soup)
    if main is None:
        raise Unreadable("the page has no text; it may be drawn by a script, save the finished page instead")
    heading = main.find("h1")
    if isinstance(heading, Tag):
        title = " ".join(heading.get_text().split()) or title
        heading.decompose()
    return [
        Document(
            title=clean(title),
            text=_markdown(main),
            language_hint=language,
            url=known.url,
            updated=known.updated,
            warnings=known.warnings,
        )
    ]


def markdown(fragment: str) -> str:
    """A piece of HTML as Markdown; text that already is Markdown passes through."""
    return _markdown(BeautifulSoup(fragment, "lxml"))


def _markdown(element: Tag) -> str:
    """Cleaned once more: character references were still references when the page was read."""
    return clean(Markdown().convert_soup(element)).strip()


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


def _main(soup: BeautifulSoup) -> Tag | None:
    """The first usual place that holds text; furniture is dropped only outside of it, header and all."""
    for place in MAIN:
        found = [element for element in soup.select(place) if _length(element) >= LEAST_MAIN]
        if place != "body" and len(found) != 1:
            continue
        if found:
            return _unfurnished(found[0])
    body = soup.body
    return _unfurnished(body) if body is not None and _length(_unfurnished(body)) else None


def _unfurnished(element: Tag) -> Tag:
    heading = element.find("h1")
    for furniture in element.select(FURNITURE):
        # Some sites wrap the article's own heading in <header>.
        if heading is not None and furniture.name == "header" and heading in furniture.find_all("h1"):
            continue
        furniture.decompose()
    return element


def _length(element: Tag) -> int:
    return len(element.get_text().strip())


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
