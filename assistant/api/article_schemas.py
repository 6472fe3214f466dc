"""Request bodies and responses of the calls with which leads write articles."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from assistant.api.schemas import format_timestamp
from assistant.domain.article_drafts import ArticleFields, ArticleRevision

Tag = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
ArticleId = Annotated[str, StringConstraints(min_length=1, max_length=500)]
#: Characters of an article; the longest of the sample help has three thousand.
MAX_TEXT = 500_000


class FieldsBody(BaseModel):
    """What a lead writes: the text, and what files have as front matter."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
    language: Annotated[str, StringConstraints(pattern="^[a-z]{2,3}$")]
    text: Annotated[str, StringConstraints(max_length=MAX_TEXT)]
    valid_from: date | None = None
    valid_until: date | None = None
    supersedes: Annotated[list[ArticleId], Field(max_length=20)] = []
    tags: Annotated[list[Tag], Field(max_length=50)] = []

    def to_fields(self) -> ArticleFields:
        lists = {"supersedes": tuple(self.supersedes), "tags": tuple(self.tags)}
        return ArticleFields(**{**self.model_dump(), **lists})

    @classmethod
    def from_fields(cls, fields: ArticleFields) -> "FieldsBody":
        """As they are stored, without the limits of what may be written."""
        names = ("title", "language", "text", "valid_from", "valid_until")
        facts = {name: getattr(fields, name) for name in names}
        return cls.model_construct(**facts, supersedes=list(fields.supersedes), tags=list(fields.tags))


class DraftIn(BaseModel):
    #: None: a new article.
    id: ArticleId | None = None
    #: The last part of a new article's address.
    slug: Annotated[str, StringConstraints(pattern="^[a-z0-9][a-z0-9-]{0,79}$")] | None = None
    #: The revision that was open when the text was written; 0: none.
    base: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    fields: FieldsBody


class RevisionIn(BaseModel):
    id: ArticleId
    revision: Annotated[int, Field(ge=1, le=1_000_000)]


class PublishIn(RevisionIn):
    #: Contradictions that its author has seen and publishes with.
    seen: Annotated[list[Annotated[str, StringConstraints(max_length=64)]], Field(max_length=50)] = []


class WithdrawIn(BaseModel):
    id: ArticleId


class AskIn(RevisionIn):
    question: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class PreviewIn(BaseModel):
    text: Annotated[str, StringConstraints(max_length=MAX_TEXT)]


class RevisionOut(BaseModel):
    """One saved text in the list of them."""

    revision: int
    by: str
    at: str
    #: Saved while somebody else had saved too.
    beside: bool
    published_at: str | None
    live: bool

    @classmethod
    def from_revision(cls, one: ArticleRevision) -> "RevisionOut":
        return cls(
            revision=one.revision,
            by=one.agent_name,
            at=format_timestamp(one.created_at) or "",
            beside=one.beside,
            published_at=format_timestamp(one.published_at),
            live=one.is_live,
        )


class ArticleOut(BaseModel):
    """An article as it is opened for writing, or for reading why it cannot be written here."""

    id: str
    #: file, web: it is changed there; None: it is written here.
    read_only: Literal["file", "web"] | None
    location: str | None
    fields: FieldsBody
    #: What the next save is based on; 0: it was never saved here.
    revision: int
    url: str
    revisions: list[RevisionOut]
    #: Language -> the id that the same article has there, and whether it exists.
    translations: dict[str, "TranslationOut"]


class TranslationOut(BaseModel):
    id: str
    exists: bool


class SavedOut(BaseModel):
    id: str
    revision: int


class RevisionTextOut(BaseModel):
    revision: int
    by: str
    at: str
    fields: FieldsBody
    #: Lines against the revision asked for: kept, added or removed.
    diff: list[tuple[Literal[" ", "+", "-"], str]]


class DraftRow(BaseModel):
    id: str
    title: str
    language: str
    by: str
    at: str
    #: draft: never published; changed: published in an older text; live; withdrawn.
    state: Literal["draft", "changed", "live", "withdrawn"]


class DraftsOut(BaseModel):
    drafts: list[DraftRow]


class ContradictionOut(BaseModel):
    id: str
    measure: str
    #: The sentence of the draft, and what the other article says instead.
    here: str
    there: str
    article: str
    title: str
    url: str


class CheckOut(BaseModel):
    problem: str
    warnings: list[str]
    contradictions: list[ContradictionOut]


class AnswerOut(BaseModel):
    decision: str
    html: str
    articles: list[str]


class TriedOut(BaseModel):
    before: AnswerOut
    after: AnswerOut


class PublishedOut(BaseModel):
    id: str
    revision: int
    warnings: list[str]


class HtmlOut(BaseModel):
    html: str


class UploadOut(BaseModel):
    articles: list[FieldsBody]


def to_answer(told: dict[str, Any], html: str) -> AnswerOut:
    articles = list(dict.fromkeys(one["article"] for one in told["citations"]))
    return AnswerOut(decision=str(told["decision"]), html=html, articles=articles)
