"""Text of HTML mails as displayed, without what mailers mark as quoted.

The document is walked once, in linear time even for nested quotes.
"""

import re
from collections.abc import Iterator

from lxml import etree, html  # type: ignore[import-untyped]

from assistant.channels.email_quote_patterns import FORWARD, FORWARDED, FROM
from assistant.channels.email_quotes import extract_newest_words

#: Quote containers of Gmail, Yahoo, Proton, Thunderbird, Zoho, Tutanota, Outlook …
QUOTES = {
    *("gmail_quote", "gmail_quote_container", "gmail_extra", "gmail_attr", "yahoo_quoted"),
    *("protonmail_quote", "moz-cite-prefix", "zmail_extra", "tutanota_quote", "isReplyContent"),
    "mail-editor-reference-message-container",
}
#: Markers after which everything is quoted.
BELOW = {"divRplyFwdMsg", "x_divRplyFwdMsg", "appendonsend", "OLK_SRC_BODY_SECTION", "reply-intro"}
SIGNATURES = {
    *("gmail_signature", "moz-signature", "Signature", "ms-outlook-mobile-signature"),
    "protonmail_signature_block",
}
#: The line that Outlook draws above a quoted mail's header.
LINE_ABOVE = re.compile(r"border-top:\s?solid")
NO_WORDS = {"script", "style", "head", "title", "template", "noscript"}
#: Block elements.
LINES = {
    *("p", "div", "li", "tr", "table", "blockquote", "pre", "hr", "ul", "ol"),
    *("h1", "h2", "h3", "h4", "h5", "h6"),
}


def extract_newest_words_from_html(page: str, subject: str = "", *, reply: bool = False) -> str:
    """The new text of an HTML mail: mailers' quote markup first, then as `extract_newest_words`."""
    root = _parse_page(page)
    if root is None:
        return ""
    whole = _normalize_lines(_iterate_words(root, whole=True))
    if FORWARDED.match(subject[:80]) or FORWARD.search(whole[:20_000]):
        return extract_newest_words(whole, subject, reply=reply)
    own = extract_newest_words(_normalize_lines(_iterate_words(root, whole=False)), subject, reply=reply)
    return own if own or reply else extract_newest_words(whole, subject, reply=reply)


def _parse_page(page: str) -> html.HtmlElement | None:
    text = page.replace("\x00", "").encode("utf-8", "replace")
    if not text.strip():
        return None
    try:
        return html.document_fromstring(text, parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _iterate_words(root: html.HtmlElement, *, whole: bool) -> Iterator[str]:
    """The words in document order, line ends included; without *whole* only those not marked as quoted."""
    hidden = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            yield "" if hidden else _collapse_whitespace(element.tail)
            continue
        skipped = element.tag in NO_WORDS or (not whole and _is_quote(element))
        if event == "start":
            if not whole and not hidden and _is_quote_start(element):
                return
            hidden += skipped
            if not hidden:
                yield ("\n" if element.tag in LINES or element.tag == "br" else "") + _collapse_whitespace(
                    element.text
                )
        else:
            hidden -= skipped
            if not hidden:
                yield ("\n" if element.tag in LINES else "") + _collapse_whitespace(element.tail)


def _is_quote(element: html.HtmlElement) -> bool:
    named = {*element.get("class", "").split(), element.get("id", "")}
    return element.tag == "blockquote" or bool(named & (QUOTES | SIGNATURES))


def _is_quote_start(element: html.HtmlElement) -> bool:
    if element.get("id", "") in BELOW:
        return True
    if not LINE_ABOVE.search(element.get("style", "")):
        return False
    first = "".join(text for text, _ in zip(element.itertext(), range(5), strict=False))
    return FROM.search(first.strip()[:100]) is not None


def _collapse_whitespace(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _normalize_lines(words: Iterator[str]) -> str:
    text = "".join(words).replace("\xa0", " ")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in text.split("\n"))).strip()
