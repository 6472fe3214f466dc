"""Responses of the insight endpoints, for the API description and whoever builds on it."""

from typing import Any

from pydantic import BaseModel


class ThemeQuestionOut(BaseModel):
    conversation: str
    turn: int
    asked_at: str
    text: str
    decision: str


class ThemeOut(BaseModel):
    id: str
    name: str
    title: str | None
    terms: list[str]
    pinned: bool
    merged_into: str | None
    is_new: bool
    created_at: str
    questions: list[ThemeQuestionOut] | None = None


class ThemeRowOut(ThemeOut):
    conversations: int
    conversations_before: int
    declined: int


class ThemeEventOut(BaseModel):
    theme: str
    kind: str
    other: str | None
    actor: str
    created_at: str


class ThemesOut(BaseModel):
    themes: list[ThemeRowOut]
    #: Conversations of the range whose question has no theme.
    unsorted: int
    events: list[ThemeEventOut]


class DraftSentenceOut(BaseModel):
    conversation: str
    message: str
    text: str
    personal: bool


class GapEvidenceOut(BaseModel):
    conversation: str
    turn: int
    why: str
    asked_at: str
    text: str


class GapRowOut(BaseModel):
    id: str
    kind: str
    state: str
    language: str
    owner: str | None
    due_at: str | None
    is_overdue: bool
    reason: str | None
    title: str | None
    questions: int
    conversations: int
    last_week: int
    #: asked, answered, answered_by_others, standing, takes_over; later effect; or failed.
    proof: dict[str, Any] | None
    article: str | None
    created_at: str
    published_at: str | None


class GapOut(GapRowOut):
    text: str | None
    sentences: list[DraftSentenceOut]
    evidence: list[GapEvidenceOut]


class GapsOut(BaseModel):
    gaps: list[GapRowOut]
