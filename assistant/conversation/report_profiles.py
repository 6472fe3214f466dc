"""What figures need of a conversation that ended, and whether its answer lasted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from assistant.domain.outcomes import DURABLE_WINDOWS, FRUSTRATION_THRESHOLD, OutcomeKind
from assistant.domain.report_rows import RepeatContact, ReportRow

#: Outcomes that claim an answer, whose durability is asked for.
ANSWERED = frozenset({OutcomeKind.CONFIRMED, OutcomeKind.ANSWERED, OutcomeKind.RESOLVED_BY_PERSON})


class RowProfile(NamedTuple):
    """Rows with the same profile count alike in every figure."""

    kind: OutcomeKind
    is_counted: bool
    is_contained: bool
    is_answered: bool
    has_wait: bool
    is_frustrated_at_start: bool
    is_frustrated_at_end: bool
    #: None: no survey was asked.
    survey_state: str | None
    csat: int | None
    nps: int | None
    ces: int | None
    #: Nobody came back about it within the window; None: it claims no answer, or is too young to tell.
    lasts_72h: bool | None
    lasts_7d: bool | None


def build_profiles(
    rows: Sequence[ReportRow], contacts: Sequence[RepeatContact], persons: Mapping[str, str], now: datetime
) -> list[RowProfile]:
    """Equal profiles are one object. *persons*: customer -> the person they are, where that is linked."""
    by_person: defaultdict[str, list[RepeatContact]] = defaultdict(list)
    for contact in contacts:
        by_person[persons.get(contact.customer, contact.customer)].append(contact)
    known: dict[RowProfile, RowProfile] = {}
    found = (
        _build_profile(row, by_person.get(persons.get(row.customer, row.customer), ()), now) for row in rows
    )
    return [known.setdefault(profile, profile) for profile in found]


def _build_profile(row: ReportRow, contacts: Sequence[RepeatContact], now: datetime) -> RowProfile:
    short, long = DURABLE_WINDOWS
    return RowProfile(
        kind=row.kind,
        is_counted=row.is_counted,
        is_contained=row.is_contained,
        is_answered=row.kind in ANSWERED,
        has_wait=row.wait_seconds is not None,
        is_frustrated_at_start=(row.frustration_start or 0) >= FRUSTRATION_THRESHOLD,
        is_frustrated_at_end=(row.frustration_end or 0) >= FRUSTRATION_THRESHOLD,
        survey_state=row.survey_state,
        csat=row.csat,
        nps=row.nps,
        ces=row.ces,
        lasts_72h=_judge_lasting(row, contacts, short, now),
        lasts_7d=_judge_lasting(row, contacts, long, now),
    )


def _judge_lasting(
    row: ReportRow, contacts: Sequence[RepeatContact], window: timedelta, now: datetime
) -> bool | None:
    if row.kind not in ANSWERED or now - row.ended_at < window:
        return None
    return not any(_comes_back(row, contact, window) for contact in contacts)


def _comes_back(row: ReportRow, contact: RepeatContact, window: timedelta) -> bool:
    """About the same theme; where a theme is not known it counts as the same."""
    later = row.ended_at < contact.created_at <= row.ended_at + window
    same = row.theme is None or contact.theme is None or row.theme == contact.theme
    return later and same and contact.conversation != row.conversation


def join_persons(links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Customer -> one name for all customers who are the same person."""
    parents: dict[str, str] = {}

    def find_root(customer: str) -> str:
        while parents.setdefault(customer, customer) != customer:
            customer = parents[customer]
        return customer

    for one, other in links:
        parents[find_root(one)] = find_root(other)
    return {customer: find_root(customer) for customer in list(parents)}
