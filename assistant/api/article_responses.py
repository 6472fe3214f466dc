"""What the calls with which leads write articles respond, as types."""

from datetime import date
from typing import Literal

from typing_extensions import TypedDict

from assistant.api.responses import Timestamp

DraftState = Literal["draft", "changed", "live", "withdrawn"]


class DraftFieldsOut(TypedDict):
    """What a lead wrote: the text, and what files have as front matter."""

    title: str
    language: str
    text: str
    valid_from: date | None
    valid_until: date | None
    supersedes: list[str]
    tags: list[str]


class RevisionOut(TypedDict):
    """One saved text in the list of them."""

    revision: int
    by: str
    at: Timestamp
    #: Saved while somebody else had saved too.
    beside: bool
    published_at: Timestamp | None
    live: bool


class TranslationOut(TypedDict):
    id: str
    exists: bool


class EditableArticleOut(TypedDict):
    """An article as it is opened for writing, or for reading why it cannot be written here."""

    id: str
    #: file, web: it is changed there; None: it is written here.
    read_only: Literal["file", "web"] | None
    location: str | None
    fields: DraftFieldsOut
    #: What the next save is based on; 0: it was never saved here.
    revision: int
    url: str
    revisions: list[RevisionOut]
    #: Language -> the id that the same article has there, and whether it exists.
    translations: dict[str, TranslationOut]


class DraftReceiptOut(TypedDict):
    id: str
    revision: int


class RevisionTextOut(TypedDict):
    revision: int
    by: str
    at: Timestamp
    fields: DraftFieldsOut
    #: Lines against the revision asked for: kept, added or removed.
    diff: list[tuple[Literal[" ", "+", "-"], str]]


class DraftRowOut(TypedDict):
    id: str
    title: str
    language: str
    by: str
    at: Timestamp
    #: draft: never published; changed: published in an older text; live; withdrawn.
    state: DraftState


class DraftsOut(TypedDict):
    drafts: list[DraftRowOut]


class DraftContradictionOut(TypedDict):
    id: str
    measure: str
    #: The sentence of the draft, and what the other article says instead.
    here: str
    there: str
    article: str
    title: str
    url: str


class DraftCheckOut(TypedDict):
    #: Why it cannot be published; empty: it can.
    problem: str
    warnings: list[str]
    contradictions: list[DraftContradictionOut]


class TrialAnswerOut(TypedDict):
    decision: str
    html: str
    articles: list[str]


class TrialOut(TypedDict):
    """What customers get now, and what they would get."""

    before: TrialAnswerOut
    after: TrialAnswerOut


class PublicationOut(TypedDict):
    id: str
    revision: int
    warnings: list[str]


class PreviewOut(TypedDict):
    html: str


class UploadOut(TypedDict):
    articles: list[DraftFieldsOut]
