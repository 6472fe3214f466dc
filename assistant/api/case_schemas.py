"""Responses of the endpoints for cases."""

from pydantic import BaseModel


class CaseOut(BaseModel):
    id: str
    conversation: str
    customer: str
    channel: str
    language: str
    #: Id and name of the theme of its first question.
    theme: str | None
    theme_name: str | None
    #: csat, nps, ces, complaint or frustration, and at which value.
    trigger: str
    value: float
    state: str
    owner: str | None
    due_at: str
    is_overdue: bool
    root_cause: str | None
    remedy: str | None
    reason: str | None
    improvement: str | None
    created_at: str
    updated_at: str


class CasesOut(BaseModel):
    cases: list[CaseOut]
