"""Articles of the knowledge base and the passages that answer questions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an article was read, so that the next run knows its own."""

    #: What the operator named: a folder, a file, a sitemap or a web address.
    source: str
    #: The file (absolute, with ``#row`` for a row of a sheet) or the web address itself.
    location: str
    #: The web server's own name for this version (ETag or Last-Modified); empty for files.
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A document of the knowledge base, whatever file it came from."""

    #: Its path relative to the ingested folder, or its address.
    id: str
    title: str
    language: str
    #: Markdown, without front matter.
    text: str
    #: Where the customer can open it; None: the product shows it itself.
    url: str | None = None
    updated: date | None = None
    #: First and last day on which it holds; None: since ever, for ever.
    valid_from: date | None = None
    valid_until: date | None = None
    #: Articles that it replaces, and the one that replaces it, as their authors name them.
    supersedes: tuple[str, ...] = ()
    superseded_by: str = ""
    tags: tuple[str, ...] = ()
    #: Hash of everything that an index entry depends on; unchanged means nothing to do.
    content_hash: str = ""
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of an article, small enough to be one vector."""

    #: Order within the article, from 0.
    position: int
    #: Headings above it, outermost first, without the title.
    headings: tuple[str, ...]
    #: Markdown of the piece: whole paragraphs, lists and tables, never half of one.
    text: str
    #: Length in model tokens.
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A chunk's words as keyword search sees them: normalised and separated by spaces."""

    title: str
    headings: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkWords:
    """What ranking needs to know of a stored chunk besides its vectors."""

    chunk: int
    article: str
    language: str
    valid_until: date | None
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A chunk that a search returned."""

    #: Id of the chunk in the index, stable while its article is unchanged.
    chunk: int
    article: str
    title: str
    url: str
    language: str
    headings: tuple[str, ...]
    text: str
    #: 0–1: how probable it is that this passage answers the question; means the same on every knowledge base.
    score: float
    #: Sentences of it that another article contradicts, with nothing to tell which is right.
    disputes: tuple[Dispute, ...] = ()
    #: Log-odds of each of its quotable parts, in order, as the reader scored them: it answers the question,
    #: it is needed beside the answer; None where the reader did not see it. Empty: nobody read it.
    parts: tuple[tuple[float, float] | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A sentence and what another article says instead."""

    text: str
    article: str
    title: str
    url: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpEntry:
    """An article as the help centre lists it."""

    id: str
    title: str
    language: str
    tags: tuple[str, ...] = ()
    #: Where a search found it, in plain words; empty: it is listed only.
    excerpt: str = ""
