"""Articles that are written in the console: their fields, and every saved text of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

#: The source of articles that are written in the console, as stored with each of them.
CONSOLE = "console://articles"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFields:
    """What a lead writes: the text, and what files have as front matter."""

    title: str
    language: str
    #: Markdown, without front matter.
    text: str
    valid_from: date | None = None
    valid_until: date | None = None
    #: Articles that are no longer answered from once this one is published.
    supersedes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRevision:
    """One saved text of an article."""

    article: str
    #: From 1 up.
    revision: int
    #: The revision that its author saw before writing; 0: none.
    base: int
    fields: ArticleFields
    agent: str
    agent_name: str
    created_at: datetime
    #: Saved while somebody else had saved too: kept, but not what the next one goes on from.
    beside: bool = False
    published_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        """Whether customers get this revision."""
        return self.published_at is not None and self.withdrawn_at is None


def find_translation_id(article: str, language: str, other: str) -> str | None:
    """The id that the same article has in the language *other*: its path with that language's folder."""
    parts = article.split("/")
    if language not in parts[:-1]:
        return None
    place = parts.index(language)
    return "/".join((*parts[:place], other, *parts[place + 1 :]))
