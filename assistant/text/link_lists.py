"""Detects pages that only list links: "articles in this section", a table of contents, related questions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.domain.knowledge import Passage

#: Number of links, and share of the letters inside them, from which a text is a list of links.
MIN_LINKS = 4
MIN_SHARE = 0.8
#: Links that are an answer themselves: a number to call, a form to fill in.
_GOAL = re.compile(
    r"(?:tel|mailto|sms|javascript):|\.(?:pdf|docx?|xlsx?|zip|csv|png|jpe?g)(?:[?#]|$)", re.IGNORECASE
)
_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\(<?([^()\s<>]{1,2000})[^()\n]{0,200}\)")
_HEADING = re.compile(r"^#{1,6} .*$", re.M)
_LETTERS = re.compile(r"[^\W_]")


def rank_link_lists_last(passages: Sequence[Passage]) -> list[Passage]:
    """The passages in the same order, but lists of links last."""
    return sorted(passages, key=lambda passage: is_link_list(passage.text))


@lru_cache(maxsize=2048)
def is_link_list(markdown: str) -> bool:
    """Whether a passage is hardly more than links to other pages."""
    if markdown.count("](") < MIN_LINKS:
        return False
    links = [label for label, target in _LINK.findall(markdown) if not _GOAL.search(target)]
    words = _LINK.sub(lambda link: link[1], _HEADING.sub("", markdown))
    within = sum(len(_LETTERS.findall(label)) for label in links)
    return len(links) >= MIN_LINKS and within >= MIN_SHARE * len(_LETTERS.findall(words))
