"""What the API of the knowledge base responds, as types."""

from datetime import date
from typing import Literal

from typing_extensions import TypedDict

from assistant.api.responses import Timestamp


class SourceProblemOut(TypedDict):
    place: str
    source: str
    why: str
    since: Timestamp
    harmless: bool
    vanished: bool


class ListedArticleFields(TypedDict):
    id: str
    title: str
    language: str
    url: str
    updated: date | None
    valid_from: date | None
    valid_until: date | None
    replaced_by: str | None
    source: str | None
    location: str | None
    read_at: Timestamp | None
    trouble: SourceProblemOut | None


class ArticleOut(ListedArticleFields):
    state: str
    ends_soon: bool


class ArticlePageOut(TypedDict):
    articles: list[ArticleOut]
    found: int
    next: int | None


class SourceFields(TypedDict):
    source: str
    web: bool
    prune: bool
    read_at: Timestamp | None
    looked_at: Timestamp
    failures: int
    next_at: Timestamp | None
    reading: bool


class SourceOut(SourceFields):
    articles: int
    troubles: int
    trouble: SourceProblemOut | None


class ContradictionSideOut(TypedDict):
    article: str
    text: str
    title: str
    url: str
    language: str
    updated: date | None


class ContradictionOut(TypedDict):
    id: str
    measure: str
    found_at: Timestamp | None
    one: ContradictionSideOut
    other: ContradictionSideOut
    #: The side that customers get; None: both, with the offer of a person.
    newer: Literal["one", "other"] | None


class DismissalOut(ContradictionOut):
    by: str
    at: Timestamp
    reason: str


class KnowledgeOverviewOut(TypedDict):
    #: State -> number of articles.
    states: dict[str, int]
    articles: int
    sources: list[SourceOut]
    troubles: list[SourceProblemOut]
    remarks: list[SourceProblemOut]
    contradictions: list[ContradictionOut]
    dismissed: list[DismissalOut]


class SourceRequestOut(TypedDict):
    source: str
