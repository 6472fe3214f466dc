"""Responses of the report endpoints: figures, what is behind them, workload, digest."""

from typing import Any

from pydantic import BaseModel


class RateOut(BaseModel):
    """*count* of *total* with the 95 % interval; None where there is nothing to count."""

    count: int
    total: int
    rate: float | None
    low: float | None
    high: float | None


class RateChangeOut(BaseModel):
    """A share less that of the range before, with the 95 % interval."""

    difference: float
    low: float
    high: float


class DurableOut(RateOut):
    #: Answers that are too young to tell; shown grey, not counted.
    young: int


class ScoreOut(BaseModel):
    answers: int
    score: float | None
    low: float | None
    high: float | None


class SurveysOut(BaseModel):
    #: Conversations in which one was asked, and the share that answered.
    asked: int
    response: RateOut
    csat: RateOut
    #: The same, weighted by the frustration of all conversations.
    csat_corrected: RateOut
    nps: ScoreOut
    ces: ScoreOut
    ces_easy: RateOut


class WaitOut(BaseModel):
    n: int
    median: float | None
    p90: float | None


class GroupOut(BaseModel):
    """Figures of one channel, language, theme, reason or agent."""

    key: str
    name: str
    conversations: int
    resolved_by_assistant: RateOut
    abandoned: RateOut
    handed_over: RateOut
    durable_7d: RateOut
    frustrated_at_start: RateOut
    frustrated_at_end: RateOut
    surveys: SurveysOut


class AgentExposureOut(BaseModel):
    agent: str
    name: str
    #: Ended conversations that they had; those with harassment; the messages that harass.
    conversations: int
    harassed: int
    messages: int
    #: Below 30 conversations.
    too_few: bool


class ExposureOut(BaseModel):
    """By name: no ranking."""

    start: str
    end: str
    agents: list[AgentExposureOut]
    definition: dict[str, str]


class CoachingNoteOut(BaseModel):
    verdict: str
    note: str
    conversation: str


class AgentWorkloadOut(BaseModel):
    agent: str
    name: str
    #: Conversations that came to them; those that came while another was open.
    taken: int
    interruptions: int
    most_at_once: int
    desk_seconds: int
    notes: list[CoachingNoteOut]
    #: Below 30 conversations.
    too_few: bool


class WorkloadsOut(BaseModel):
    """By name: no ranking."""

    start: str
    end: str
    agents: list[AgentWorkloadOut]
    definition: dict[str, str]


class DigestRateOut(RateOut):
    change: RateChangeOut | None


class GrownThemeOut(BaseModel):
    theme: str
    name: str
    conversations: int
    before: int
    #: How many times as many, with the 95 % interval.
    ratio: float
    low: float
    high: float


class QuoteOut(BaseModel):
    text: str
    conversation: str


class DigestOut(BaseModel):
    """The week on one page."""

    start: str
    end: str
    counted: int
    counted_before: int
    figures: dict[str, DigestRateOut]
    themes: list[GrownThemeOut]
    done: list[dict[str, str]]
    effects: list[dict[str, Any]]
    #: Overdue now: cases, gaps, callbacks, deadlines.
    unkept: dict[str, int]
    quotes: list[QuoteOut]
    #: Language -> the page as it is mailed.
    text: dict[str, str]


class ReportDayOut(BaseModel):
    day: str
    outcomes: dict[str, int]


class EndedConversationOut(BaseModel):
    conversation: str
    ended_at: str
    kind: str
    why: str
    channel: str
    language: str
    theme: str | None
    csat: int | None
    nps: int | None
    ces: int | None


class EndedConversationsOut(BaseModel):
    #: How many there are; the latest are listed.
    found: int
    conversations: list[EndedConversationOut]


class FiguresOut(BaseModel):
    """Figures of conversations that ended in a range."""

    #: RFC 3339, with the offset of the business's zone.
    start: str
    end: str
    ended: int
    counted: int
    outcomes: dict[str, int]
    abandoned_after: dict[str, int]
    contained: RateOut
    handed_over: RateOut
    confirmed: RateOut
    abandoned: RateOut
    resolved_by_assistant: RateOut
    resolved_by_person: RateOut
    durable_72h: DurableOut
    durable_7d: DurableOut
    frustrated_at_start: RateOut
    frustrated_at_end: RateOut
    handoff_reasons: dict[str, int]
    wait_seconds: WaitOut
    surveys: SurveysOut


class FiguresBeforeOut(FiguresOut):
    """The range before, as long."""

    #: Share -> how it moved; shares with nothing to count are missing.
    changes: dict[str, RateChangeOut]
    #: Theme -> conversations.
    themes: dict[str, int]


class ReportOut(FiguresOut):
    zone: str
    channel: str | None
    language: str | None
    theme: str | None
    reason: str | None
    agent: str | None
    #: Fewer than 30 conversations of the agent: nothing of them is shown.
    too_few: bool
    #: channel, language, theme, reason and agent (from 30 conversations on) -> the largest 50.
    groups: dict[str, list[GroupOut]]
    #: Every day of the range, by the business's clock.
    by_day: list[ReportDayOut]
    before: FiguresBeforeOut | None
    #: Figure -> language -> what it is called, and what it means.
    names: dict[str, dict[str, str]]
    definitions: dict[str, dict[str, str]]
    definitions_version: int
