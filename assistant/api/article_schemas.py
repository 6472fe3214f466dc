"""Request bodies of the calls with which leads write articles, and their answers as JSON."""

from datetime import date
from typing import Annotated, Any

from annotated_types import MinLen
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from assistant.api.article_responses import DraftFieldsOut, RevisionOut, TrialAnswerOut
from assistant.api.schemas import ShownLine, build_example, format_timestamp
from assistant.domain.article_drafts import ArticleFields, ArticleRevision
from assistant.text.characters import clean_line

Tag = Annotated[ShownLine, StringConstraints(max_length=100)]
ArticleId = Annotated[str, StringConstraints(min_length=1, max_length=500)]
#: Characters of an article; the longest of the sample help has three thousand.
MAX_TEXT = 500_000
#: Of examples.
ARTICLE_ID = "en/gift-cards"


class DraftFieldsIn(BaseModel):
    """What a lead writes: the text, and what files have as front matter."""

    title: Annotated[str, StringConstraints(max_length=300), AfterValidator(clean_line), MinLen(1)]
    language: Annotated[str, StringConstraints(pattern="^[a-z]{2,3}$")]
    text: Annotated[str, StringConstraints(max_length=MAX_TEXT)]
    valid_from: date | None = None
    valid_until: date | None = None
    supersedes: Annotated[list[ArticleId], Field(max_length=20)] = []
    tags: Annotated[list[Tag], Field(max_length=50)] = []

    def to_fields(self) -> ArticleFields:
        lists = {"supersedes": tuple(self.supersedes), "tags": tuple(self.tags)}
        return ArticleFields(**{**self.model_dump(), **lists})


class DraftIn(BaseModel):
    model_config = build_example(
        slug="gift-cards",
        base=0,
        fields={"title": "Gift cards", "language": "en", "text": "Gift cards are good for two years."},
    )

    #: None: a new article.
    id: ArticleId | None = None
    #: The last part of a new article's address.
    slug: Annotated[str, StringConstraints(pattern="^[a-z0-9][a-z0-9-]{0,79}$")] | None = None
    #: The revision that was open when the text was written; 0: none.
    base: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    fields: DraftFieldsIn


class RevisionIn(BaseModel):
    model_config = build_example(id=ARTICLE_ID, revision=3)

    id: ArticleId
    revision: Annotated[int, Field(ge=1, le=1_000_000)]


class PublishIn(RevisionIn):
    model_config = build_example(id=ARTICLE_ID, revision=3, seen=[])

    #: Contradictions that its author has seen and publishes with.
    seen: Annotated[list[Annotated[str, StringConstraints(max_length=64)]], Field(max_length=50)] = []


class WithdrawIn(BaseModel):
    model_config = build_example(id=ARTICLE_ID)

    id: ArticleId


class AskIn(RevisionIn):
    model_config = build_example(id=ARTICLE_ID, revision=3, question="How long are gift cards good?")

    question: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class PreviewIn(BaseModel):
    model_config = build_example(text="Gift cards are good for **two years**.")

    text: Annotated[str, StringConstraints(max_length=MAX_TEXT)]


def serialize_fields(fields: ArticleFields) -> DraftFieldsOut:
    return {
        "title": fields.title,
        "language": fields.language,
        "text": fields.text,
        "valid_from": fields.valid_from,
        "valid_until": fields.valid_until,
        "supersedes": list(fields.supersedes),
        "tags": list(fields.tags),
    }


def serialize_revision(one: ArticleRevision) -> RevisionOut:
    return {
        "revision": one.revision,
        "by": one.agent_name,
        "at": format_timestamp(one.created_at),
        "beside": one.beside,
        "published_at": format_timestamp(one.published_at),
        "live": one.is_live,
    }


def serialize_answer(told: dict[str, Any], html: str) -> TrialAnswerOut:
    articles = list(dict.fromkeys(one["article"] for one in told["citations"]))
    return {"decision": str(told["decision"]), "html": html, "articles": articles}
