"""Mails that are written in HTML only: their lines as they look, without what their mailers mark as quoted."""

import re

from bs4 import BeautifulSoup, Tag

from assistant.channels.mail_quotes import FORWARD, FORWARDED, FROM, newest_words

#: How mailers mark what they quote: Gmail, Apple, Thunderbird, Outlook, Yahoo, Proton, Zoho and others.
QUOTES = (
    "blockquote",
    ".gmail_quote",
    ".gmail_quote_container",
    ".gmail_extra",
    ".gmail_attr",
    ".yahoo_quoted",
    ".protonmail_quote",
    ".moz-cite-prefix",
    ".zmail_extra",
    ".tutanota_quote",
    "#isReplyContent",
    "#mail-editor-reference-message-container",
)
#: Everything from here on is quoted.
BELOW = ("div[style*='border-top:solid']", "div[style*='border-top: solid']", "#divRplyFwdMsg", "#appendonsend", "#OLK_SRC_BODY_SECTION", "#reply-intro", "#x_divRplyFwdMsg")
SIGNATURES = (
    ".gmail_signature",
    ".moz-signature",
    "#Signature",
    "#ms-outlook-mobile-signature",
    ".protonmail_signature_block",
)
NO_WORDS = ("script", "style", "head", "title", "template", "noscript")
#: Elements that begin a line of their own.
LINES = (
    "p",
    "div",
    "li",
    "tr",
    "table",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "pre",
    "hr",
    "ul",
    "ol",
)
#: Stands at the end of such an element; no HTML has it.
END = "\x00"


def newest_words_of_html(html: str, subject: str = "", *, reply: bool = False) -> str:
    """What the writer says; as `newest_words`, after the mailer's own marks of quotes."""
    if not html.strip():
        return ""
    soup = BeautifulSoup(html.replace(END, ""), "lxml")
    _remove(soup, NO_WORDS)
    whole = _lines(soup)
    if FORWARDED.match(subject[:80]) or FORWARD.search(whole[:20_000]):
        return newest_words(whole, subject, reply=reply)
    _remove(soup, SIGNATURES)
    _remove_quotes(soup)
    own = newest_words(_lines(soup), subject, reply=reply)
    return own if own or reply else newest_words(whole, subject, reply=reply)


def _remove(soup: BeautifulSoup, selectors: tuple[str, ...]) -> None:
    for element in soup.select(", ".join(selectors)):
        element.extract()


def _remove_quotes(soup: BeautifulSoup) -> None:
    for element in soup.select(", ".join(BELOW)):
        if element.get("style") and not FROM.search(element.get_text()[:300].strip()):
            continue  # only a line above something else
        for later in [*element.find_all_next(), *element.find_all_next(string=True), element]:
            later.extract()
    _remove(soup, QUOTES)


def _lines(soup: BeautifulSoup) -> str:
    """The text, one line for each that a reader sees."""
    out = []
    for element in soup.find_all(LINES):
        element.append(END)
    for node in soup.descendants:
        if isinstance(node, Tag):
            out.append("\n" if node.name in LINES or node.name == "br" else "")
        else:
            out.append("\n" if str(node) == END else re.sub(r"\s+", " ", str(node)))
    for end in soup.find_all(string=END):
        end.extract()
    text = "".join(out).replace("\xa0", " ")
    lines = [line.strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
