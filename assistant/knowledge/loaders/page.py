"""Extracts the main content of a web page: opens collapsed answers, drops navigation and banners."""

import re

from bs4 import BeautifulSoup, Tag

#: Elements that are never content.
FURNITURE = (
    "script, style, noscript, template, iframe, object, embed, svg, canvas, input, select, textarea,"
    "nav, header, footer, dialog, [role=navigation], [role=banner], [role=contentinfo], [role=search],"
    "[role=complementary], [role=dialog], "
    "aside:not([class*=note], [class*=warn], [class*=tip], [class*=callout],"
    "[class*=admonition], [class*=important], [class*=info], [class*=alert])"
)
#: Class and id names of navigation and the like; a name alone is no proof, so the article itself is never
#: dropped for it.
NAMED = ",".join(
    [
        *(
            f'[{where}*="{name}" i]'
            for name in (
                "breadcrumb",
                "cookie",
                "consent",
                "gdpr",
                "sidebar",
                "footer",
                "pagination",
                "copyright",
            )
            for where in ("class", "id")
        ),
        '[id*="onetrust" i], [id*="cybot" i], [id*="usercentrics" i], [id*="didomi" i], [id*="truste" i]',
        '[aria-label*="cookie" i], [aria-label*="breadcrumb" i], [aria-label*="パンくず"]',
        ".cc-window, .cc-banner",
        '[class*="banner" i], [class*="promo" i], [class*="popup" i], [class*="modal" i]',
        '[class*="newsletter" i]',
        '[class*="sale-" i], [class~="sale" i], [class~="ad" i], [class~="ads" i], [class*="advert" i]',
        '[class*="privacy-notice" i], [class*="related" i], [class~="share" i], [class*="social" i], .toc',
        ".table-of-contents, .page-metadata, .pageSection:has(#attachments), .topankuzu",
        ".topicpath, .pankuzu",
        '[class*="internal-only" i], [class*="staff-only" i], [class*="agent-only" i]',
        '[data-audience="internal"]',
        "form",
    ]
)
#: Selectors of the article in help centres, the most reliable first.
MAIN = (
    "[itemprop=articleBody]",
    ".article-body, .article__body, .entry-content, .post-content, .markdown-body",
    "article",
    "main, [role=main], #main-content, #main, #content",
)
#: With fewer characters it is a stub that a script would fill.
MIN_MAIN_CHARACTERS = 5
#: Share of link text from which a block counts as a teaser.
LINKED = 0.5

NOT_DISPLAYED = re.compile(r"display\s*:\s*none", re.I)
INVISIBLE = re.compile(r"visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])", re.I)
STRUCK = re.compile(r"text-decoration[\w-]*\s*:[^;]*line-through", re.I)
COLLAPSIBLE = re.compile(
    r"accordion|collaps|toggle|expand|panel|faq|answer|question|tab-?(?:pane|content|body)|details|spoiler|"
    r"disclosure|dropdown-?content|(?:^|[\s_-])[qa](?:$|[\s_-])|content-?body",
    re.I,
)
FOR_STAFF = re.compile(r"internal|staff|admin|draft|memo|editor|author-?note|todo", re.I)
QUESTION = re.compile(r"[?？]\s*$|(?:ますか|ですか|ませんか|でしょうか|たい|には|とは|方法|場合)\s*$")
NOTICE = re.compile(r"^\W*(?:©|&copy;|\(c\)\s*\d{4}|copyright\b)|all rights reserved", re.I)
MAX_NOTICE_CHARACTERS = 200


def extract_main_part(soup: BeautifulSoup) -> Tag | None:
    """The element with the article, cleaned; None when the page has no text."""
    _open_collapsed(soup)
    found = _find_main_element(soup)
    if found is None:
        return None
    cleaned = _remove_furniture(found)
    return cleaned if _count_characters(cleaned) else None


def remove_unread_parts(soup: Tag) -> None:
    """Remove what readers do not read: ruby readings of kanji, struck-out text."""
    for tag in soup.find_all(["rt", "rp", "rtc", "del", "s", "strike"]):
        tag.decompose()
    for tag in soup.select('[style*="line-through"], [class*="line-through"], [class*="strikethrough"]'):
        if not tag.decomposed and (STRUCK.search(str(tag.get("style") or "")) or tag.get("class")):
            tag.decompose()


def _find_main_element(soup: BeautifulSoup) -> Tag | None:
    for place in MAIN:
        found = [
            part
            for part in _select_outermost(soup.select(place))
            if _count_characters(part) >= MIN_MAIN_CHARACTERS
        ]
        if len(found) > 1:
            found = [part for part in found if not _is_teaser(part)] or []
        if len(found) == 1:
            return found[0]
        if found:
            return _wrap_articles(soup, found)
    return soup.body


def _wrap_articles(soup: BeautifulSoup, parts: list[Tag]) -> Tag:
    """A page with several articles: its main element with all of them, or a new parent of the articles."""
    main = soup.select_one("main, [role=main]")
    if main is not None and all(main in part.parents for part in parts):
        return main
    together = soup.new_tag("div")
    for part in parts:
        together.append(part.extract())
    return together


def _select_outermost(parts: list[Tag]) -> list[Tag]:
    ids = {id(part) for part in parts}
    return [part for part in parts if not any(id(above) in ids for above in part.parents)]


def _is_teaser(part: Tag) -> bool:
    linked = sum(len(link.get_text().strip()) for link in part.find_all("a", href=True))
    return linked > _count_characters(part) * LINKED


# -- collapsed answers ----------------------------------------------------------------------------------


def _open_collapsed(soup: BeautifulSoup) -> None:
    controlled = _find_controlled_ids(soup)
    _name_panels(soup)
    buttons = soup.find_all("button")
    for button in buttons:
        if not _is_question_button(button):
            button.decompose()
    for hidden in [tag for tag in soup.find_all(_is_hidden)]:
        if hidden.decomposed:
            continue
        if INVISIBLE.search(str(hidden.get("style") or "")) or not _is_answer(hidden, controlled):
            hidden.decompose()
    for button in soup.find_all("button"):
        if button.find_parent(["h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary"]) is None:
            button.name = "h3"
        else:
            button.unwrap()


def _is_hidden(tag: Tag) -> bool:
    style = str(tag.get("style") or "")
    return (
        tag.has_attr("hidden")
        or tag.get("aria-hidden") == "true"
        or bool(style and (NOT_DISPLAYED.search(style) or INVISIBLE.search(style)))
    )


def _find_controlled_ids(soup: BeautifulSoup) -> set[str]:
    """Ids of elements that a button controls."""
    names = ("aria-controls", "data-target", "data-bs-target", "data-toggle-target", "for")
    found = {str(tag[name]).lstrip("#") for name in names for tag in soup.select(f"[{name}]")}
    return found | {str(tag["href"])[1:] for tag in soup.select('a[href^="#"]') if len(str(tag["href"])) > 1}


def _is_answer(hidden: Tag, controlled: set[str]) -> bool:
    """Whether an element is a collapsible answer: by its name, or because a button before it opens it."""
    names = f"{' '.join(hidden.get('class') or [])} {hidden.get('id') or ''}"
    if FOR_STAFF.search(names) or hidden.name in ("input", "i", "svg", "img", "span"):
        return False
    if str(hidden.get("id") or "\0") in controlled or hidden.get("hidden") == "until-found":
        return True
    if hidden.get("role") in ("region", "tabpanel") or hidden.name == "dd" or COLLAPSIBLE.search(names):
        return True
    before = hidden.find_previous_sibling()
    return isinstance(before, Tag) and _is_switch(before)


def _is_switch(tag: Tag) -> bool:
    switch = (
        "[aria-expanded], [role=button], [data-toggle], [data-bs-toggle], button, summary, [type=checkbox]"
    )
    named = " ".join(tag.get("class") or [])
    return bool(
        tag.name in ("button", "summary", "dt", "label")
        or tag.has_attr("aria-expanded")
        or tag.select_one(switch)
        or COLLAPSIBLE.search(named)
        or (len(text := tag.get_text().strip()) < 200 and QUESTION.search(text))
    )


def _is_question_button(button: Tag) -> bool:
    """Whether a button is a question that opens an answer, rather than an action."""
    if any(
        button.has_attr(name) for name in ("aria-expanded", "aria-controls", "data-toggle", "data-bs-toggle")
    ):
        return True
    if QUESTION.search(button.get_text()) or button.find_parent(["dt", "h2", "h3", "h4", "h5"]) is not None:
        return True
    parts = (button, button.parent) if isinstance(button.parent, Tag) else (button,)
    following = (part.find_next_sibling() for part in parts)
    return any(isinstance(next, Tag) and _is_hidden(next) for next in following)


def _name_panels(soup: BeautifulSoup) -> None:
    """Put the labels of tabs above their panels."""
    tabs = soup.select("[role=tab]")
    panels = soup.select("[role=tabpanel]") or soup.select(".tab-pane, .tab-panel, .tabs-panel")
    by_id = {str(panel.get("id")): panel for panel in panels if panel.get("id")}
    for tab, panel in zip(tabs, panels, strict=len(tabs) == len(panels)) if len(tabs) == len(panels) else []:
        opened = by_id.get(str(tab.get("aria-controls") or "").lstrip("#"), panel)
        name = soup.new_tag("p")
        name.append(soup.new_tag("strong"))
        name.strong.string = tab.get_text(" ", strip=True)  # type: ignore[union-attr]
        opened.insert(0, name)
    for tab in tabs:
        tab.decompose()


# -- navigation -----------------------------------------------------------------------------------------


def _remove_furniture(element: Tag) -> Tag:
    heading = element.find("h1")
    for furniture in element.select(FURNITURE):
        # Some sites wrap the article's own heading in <header>.
        if heading is not None and furniture.name == "header" and heading in furniture.find_all("h1"):
            continue
        furniture.decompose()
    for named in element.select(NAMED):
        if not named.decomposed and _is_aside(named, element, heading):
            named.decompose()
    for short in element.find_all(["p", "div", "small", "span", "li", "address", "td", "center"]):
        if (
            not short.decomposed
            and len(text := short.get_text()) < MAX_NOTICE_CHARACTERS
            and NOTICE.search(text)
        ):
            short.decompose()
    return element


def _is_aside(named: Tag, element: Tag, heading: object) -> bool:
    holds_heading = isinstance(heading, Tag) and named in heading.parents
    return not holds_heading and _count_characters(named) * 2 < max(1, _count_characters(element))


def _count_characters(element: Tag) -> int:
    return len(element.get_text().strip())
