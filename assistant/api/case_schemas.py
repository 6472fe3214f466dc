"""Responses of the endpoints for cases."""

from pydantic import BaseModel


class NewScoreOut(BaseModel):
    """What a customer answered when they were asked again."""

    #: csat, nps or ces.
    kind: str
    value: float


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
    #: None: not asked again, or not answered.
    again: NewScoreOut | None
    created_at: str
    updated_at: str


class CasesOut(BaseModel):
    cases: list[CaseOut]


class EffectOut(BaseModel):
    """Below 1: bad ends became fewer; None where there was nothing to compare."""

    ratio: float | None
    low: float | None
    high: float | None
    #: worked, no_effect, worse or too_early.
    verdict: str


class TrackedIssueOut(BaseModel):
    tracker: str
    #: pending, open, closed or failed.
    state: str
    key: str | None
    url: str | None
    #: unauthorized, not_found, refused, busy, unavailable, unknown, dropped or texts.
    trouble: str | None
    updated_at: str


class ImprovementRowOut(BaseModel):
    id: str
    title: str
    state: str
    theme: str | None
    owner: str | None
    #: What is done, and by when.
    action: str | None
    due_at: str | None
    is_overdue: bool
    texts: dict[str, str]
    created_at: str
    updated_at: str
    done_at: str | None
    #: In another system's tracker.
    issue: TrackedIssueOut | None


class ImprovementOut(ImprovementRowOut):
    cases: list[CaseOut]
    #: State of the notice -> number of customers.
    notices: dict[str, int]
    effect: EffectOut | None


class ImprovementsOut(BaseModel):
    improvements: list[ImprovementRowOut]
    #: Where they can be exported to: names of trackers, and webhook.
    exports: list[str]
