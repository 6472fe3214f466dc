"""HTML to Markdown: the main content of a page, or a fragment inside a Markdown file."""

import re
from functools import cache
from typing import Any

from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

from assistant.knowledge.loaders import front_matter, page, tables, templating
from assistant.knowledge.loaders.code import extract_code, restore_code
from assistant.knowledge.loaders.document import Document, Unreadable
from assistant.knowledge.loaders.text import clean_text, decode_text

DECLARED = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{3,20})", re.IGNORECASE)
#: Elements whose other attributes decide whether they are removed.
UNREAD = re.compile(r"<(?:r[tp]c?|del|s|strike)\b|line-through", re.IGNORECASE)
#: Plain text that Markdown would read as markup.
TAG_START = re.compile(r"<(?=[A-Za-z/!?])")
MARKDOWN_LINK = re.compile(r"\[(?=[^\[\]\n]*\][(\[])|\\(?=[!-/:-@\[-`{-~])")
CHARACTER_REFERENCE = re.compile(r"&(?=#?\w{1,40};)")
#: Texts of error pages that servers send with status 200.
NOT_FOUND = re.compile(
    r"^\W*(?:error\s*)?404\b|(?:page|article) (?:was |is |could )?not (?:be )?found"
    r"|page (?:doesn.t|does not) exist"
    r"|ページ[はがを]?(?:見つかりません|存在しません|ございません|表示できません)|お探しのページ|記事が見つかりません",
    re.IGNORECASE,
)
LOGIN = re.compile(r"\b(?:log[ -]?in|sign[ -]?in)\b|ログイン|サインイン", re.IGNORECASE)
#: Longest text, in characters, of a page that only asks for a password.
MAX_STUB_CHARACTERS = 600


def load_html(data: bytes) -> list[Document]:
    """The main content of a page, with its title, language and dates."""
    soup = BeautifulSoup(_decode_html(data), "lxml")
    title, language, known = _parse_title(soup), _parse_language(soup), _parse_metadata(soup)
    if _is_noindex(soup):
        return [Document(withheld="robots: noindex")]
    asks_password = soup.select_one("input[type=password]") is not None
    page.remove_unread_parts(soup)
    main = page.extract_main_part(soup)
    if main is None:
        raise Unreadable("the page has no text; it may be drawn by a script, save the finished page instead")
    heading = main.find("h1")
    if isinstance(heading, Tag):
        title = " ".join(heading.get_text().split()) or title
        heading.decompose()
    warnings = list(known.warnings)
    text = fill_templates(_convert_element(main), warnings)
    _refuse_stub(f"{title}\n{text}", asks_password=asks_password)
    return [
        Document(
            title=clean_text(title),
            text=text,
            language_hint=language,
            url=known.url,
            updated=known.updated,
            warnings=tuple(warnings),
        )
    ]


def _refuse_stub(text: str, *, asks_password: bool) -> None:
    if len(text) > MAX_STUB_CHARACTERS:
        return
    if NOT_FOUND.search(text):
        raise Unreadable("the page says that it was not found; check the address")
    if asks_password and LOGIN.search(text):
        raise Unreadable("it is a login page; give a public page")


def _is_noindex(soup: BeautifulSoup) -> bool:
    """Whether the page asks search engines not to index it."""
    stated = soup.find_all(
        "meta", attrs={"name": re.compile(r"^(?:robots|googlebot|bingbot)$", re.IGNORECASE)}
    )
    return any(re.search(r"\b(?:noindex|none)\b", str(tag.get("content")), re.IGNORECASE) for tag in stated)


def fill_templates(text: str, warnings: list[str]) -> str:
    """Remove unrendered template expressions."""
    if "{" not in text and "<%" not in text:
        return text
    kept: list[str] = []
    return restore_code(templating.render_templates(extract_code(text, kept), warnings), kept).strip()


def convert_to_markdown(fragment: str, *, holds_markdown: bool = False) -> str:
    """A piece of HTML as Markdown; with *holds_markdown*, text that is Markdown stays unchanged."""
    soup = BeautifulSoup(fragment, "lxml")
    if UNREAD.search(fragment):
        page.remove_unread_parts(soup)
    tabled = "<table" in fragment.casefold()
    return _convert_element(soup, tabled=tabled, holds_markdown=holds_markdown)


def _convert_element(element: Tag, *, tabled: bool = True, holds_markdown: bool = False) -> str:
    """Convert, and clean again: character references are decoded only now."""
    if tabled:
        tables.flatten_tables(element)
    return clean_text(_get_converter(holds_markdown).convert_soup(element)).strip()


@cache
def _get_converter(holds_markdown: bool) -> "HtmlToMarkdown":
    return HtmlToMarkdown(holds_markdown=holds_markdown)


class HtmlToMarkdown(MarkdownConverter):
    """Markdown without images and decoration; tables always have a header."""

    def __init__(self, *, holds_markdown: bool = False) -> None:
        """*holds_markdown*: words between the tags are Markdown already."""
        self._holds_markdown = holds_markdown
        super().__init__(
            heading_style="ATX",
            bullets="-",
            table_infer_header=True,
            escape_asterisks=False,
            escape_underscores=False,
            sup_symbol="^",
            strip_pre=None,
            code_language_callback=_find_code_language,
        )

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """Words that would be read as a tag or as a reference to a character stay words."""
        text = CHARACTER_REFERENCE.sub("&amp;", super().escape(text, parent_tags))  # type: ignore[misc]
        text = TAG_START.sub("&lt;", text)
        return text if self._holds_markdown else MARKDOWN_LINK.sub(r"\\\g<0>", text)

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


def _find_code_language(element: Tag) -> str:
    marked = element.find("code") or element
    classes = marked.get("class") if isinstance(marked, Tag) else None
    names = [str(name) for name in classes or [] if str(name).startswith(("language-", "lang-"))]
    return names[0].partition("-")[2] if names else ""


def _decode_html(data: bytes) -> str:
    declared = DECLARED.search(data[:2048])
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return clean_text(data.decode(declared[1].decode("ascii")))
        except (LookupError, UnicodeDecodeError):
            return decode_text(data)
    return decode_text(data)


def _parse_title(soup: BeautifulSoup) -> str:
    named = soup.find("meta", property="og:title")
    if isinstance(named, Tag) and named.get("content"):
        return " ".join(str(named["content"]).split())
    return " ".join(soup.title.get_text().split()) if soup.title else ""


def _parse_language(soup: BeautifulSoup) -> str:
    page = soup.find("html")
    stated = str(page.get("lang") or "") if isinstance(page, Tag) else ""
    return front_matter.parse_fields({"language": stated}).language


def _parse_metadata(soup: BeautifulSoup) -> front_matter.FrontMatter:
    """The page's canonical address and modification date, if stated."""
    link = soup.find("link", rel="canonical")
    changed = soup.find("meta", property="article:modified_time") or soup.find("meta", attrs={"name": "date"})
    return front_matter.parse_fields(
        {
            "url": link.get("href") if isinstance(link, Tag) else "",
            "updated": changed.get("content") if isinstance(changed, Tag) else "",
        }
    )
