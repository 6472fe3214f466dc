"""The numbers that the agents' API responds, as types."""

from typing_extensions import TypedDict


class ModelUsageOut(TypedDict):
    tokens: int
    calls: int
    cost: float


class CsatOut(TypedDict):
    mean: float | None
    count: int


class DayOut(TypedDict):
    day: str
    conversations: int
    handoffs: int


class DashboardFields(TypedDict):
    conversations: int
    handoffs: int
    handoff_rate: float | None
    answered: int
    abstained: int
    resolved_by_agent: int
    closed_without_agent: int
    model: ModelUsageOut
    csat: CsatOut
    median_wait_seconds: float | None
    by_reason: dict[str, int]
    by_day: list[DayOut]


class DashboardOut(DashboardFields):
    """Numbers by days of the business's time zone."""

    zone: str
