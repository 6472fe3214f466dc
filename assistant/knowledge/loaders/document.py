"""What a loader makes of a file: the vocabulary between the formats and the ingest run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from assistant.domain.errors import BadInput


class Unreadable(BadInput):
    """The document cannot be read."""

    code = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One article's worth of content, before it has an id."""

    #: Markdown, without front matter.
    text: str = ""
    #: Empty: to be taken from the file's name.
    title: str = ""
    #: As the document itself states it; empty: not stated.
    language: str = ""
    #: A weaker statement (``<html lang>``), believed after the folder's name.
    language_hint: str = ""
    url: str | None = None
    updated: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    #: Articles that this one replaces, and the one that replaces it, as their authors name them.
    supersedes: tuple[str, ...] = ()
    superseded_by: str = ""
    tags: tuple[str, ...] = ()
    #: Which part of the file this is, such as a row of a sheet; empty: the whole file.
    part: str = ""
    #: Why customers must not hear it; such a document has no text and is never indexed.
    withheld: str = ""
    #: What was ignored and why, one line each.
    warnings: tuple[str, ...] = ()


#: Bytes of a file to its documents; raises Unreadable with the mend.
Loader = Callable[[bytes], list[Document]]
