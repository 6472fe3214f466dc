"""The result of a loader: the types between the formats and the ingest run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from assistant.domain.errors import BadInput


class Unreadable(BadInput):
    """The document cannot be read."""

    code = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The content of one article, before it has an id."""

    #: Markdown, without front matter.
    text: str = ""
    #: Empty: derived from the file's name.
    title: str = ""
    #: As stated by the document itself; empty: not stated.
    language: str = ""
    #: A weaker statement (``<html lang>``), used only if the folder's name states none.
    language_hint: str = ""
    url: str | None = None
    updated: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    #: Articles that this one supersedes, and the one that supersedes it, as their authors name them.
    supersedes: tuple[str, ...] = ()
    superseded_by: str = ""
    tags: tuple[str, ...] = ()
    #: The part of the file, such as a row of a sheet; empty: the whole file.
    part: str = ""
    #: Why it is withheld from customers; such a document has no text and is never indexed.
    withheld: str = ""
    #: What was ignored and why, one line each.
    warnings: tuple[str, ...] = ()


#: Bytes of a file to its documents; raises Unreadable, whose message says how to fix it.
Loader = Callable[[bytes], list[Document]]
