"""Slack's markup: parses what customers write, escapes what we write."""

import re

#: A user mention; the name is after a bar, or missing.
MENTION = re.compile(r"<@[A-Z0-9]+(\|[^>]*)?>\s*")
#: An address, a channel or a date in Slack's markup, and its displayed text.
MARKED = re.compile(r"<([^<>|\s]+)(?:\|([^<>]*))?>(?=(\S?))")


def escape_text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def parse_markup(text: str) -> str:
    """Slack's markup as text: ``<https://a.jp|ここ>`` is 「ここ (https://a.jp)」, a mention of us is dropped.

    Source: https://api.slack.com/reference/surfaces/formatting#retrieving-messages
    """
    text = MARKED.sub(_render_markup, MENTION.sub("", text)).strip()
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _render_markup(marked: re.Match[str]) -> str:
    target, label = marked[1], (marked[2] or "").strip()
    if target[0] in "#!":  # a channel, a group, a date: its label or name
        return label or target[:1].replace("!", "@") + target[1:].partition("^")[0]
    address = target.removeprefix("mailto:").removeprefix("tel:")
    bare = address.removeprefix("https://").removeprefix("http://").rstrip("/")
    if label.rstrip("/") not in ("", bare, address.rstrip("/")):
        return f"{label} ({address})"
    return f"{address} " if marked[3] else address  # a space, or the next word would be part of the address
