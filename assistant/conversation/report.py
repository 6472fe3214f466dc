"""The dashboard's figures from raw rows, each with its count and interval; definitions are printed beside."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from assistant.conversation.templates.report import DEFINITIONS, DEFINITIONS_VERSION
from assistant.domain.outcomes import DURABLE_WINDOWS, FRUSTRATION_THRESHOLD, OutcomeKind
from assistant.domain.report_rows import RepeatContact, ReportRow
from assistant.domain.statistics import compute_mean_score, compute_nps, compute_rate, compute_weighted_rate
from assistant.domain.surveys import SurveyState
from assistant.ports.storage.store import Store

#: Outcomes that claim an answer, whose durability is asked for.
ANSWERED = frozenset({OutcomeKind.CONFIRMED, OutcomeKind.ANSWERED, OutcomeKind.RESOLVED_BY_PERSON})
#: Outcomes that nobody wanted anything in.
UNCOUNTED = frozenset({OutcomeKind.SPAM, OutcomeKind.NO_REQUEST})
#: Fewer conversations of an agent are not shown: a rank among them would be chance.
MIN_OF_AGENT = 30
MAX_THEMES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRange:
    start: datetime
    end: datetime
    channel: str | None = None
    language: str | None = None


def load_report(store: Store, wanted: ReportRange, now: datetime) -> dict[str, Any]:
    """All figures of conversations that ended in the range."""
    rows = list_report_rows(store, wanted)
    last = max(DURABLE_WINDOWS)
    contacts = store.report.list_contacts(wanted.start, wanted.end + last)
    persons = _join_persons(store.report.list_links())
    names = {theme.id: theme.name for theme in store.themes.list_alive()}
    return compute_figures(rows, contacts, persons, now) | {
        "start": wanted.start.isoformat(),
        "end": wanted.end.isoformat(),
        "channel": wanted.channel,
        "language": wanted.language,
        "by_theme": _compute_themes(rows, names),
        "by_day": _count_days(rows, wanted),
        "definitions": {name: dict(texts) for name, texts in DEFINITIONS.items()},
        "definitions_version": DEFINITIONS_VERSION,
    }


def _count_days(rows: Sequence[ReportRow], wanted: ReportRange) -> list[dict[str, Any]]:
    """Outcomes of every day of the range, by the range's own clock, the empty days too."""
    zone, by_day = wanted.start.tzinfo, defaultdict[str, list[ReportRow]](list)
    for row in rows:
        by_day[row.ended_at.astimezone(zone).date().isoformat()].append(row)
    first, last = wanted.start.date(), (wanted.end.astimezone(zone) - timedelta(microseconds=1)).date()
    days = [(first + timedelta(days=ahead)).isoformat() for ahead in range((last - first).days + 1)]
    return [{"day": day, "outcomes": _count_values(row.kind for row in by_day[day])} for day in days]


def list_report_rows(store: Store, wanted: ReportRange) -> list[ReportRow]:
    """The rows behind every figure: what a card counts is what it lists."""
    return [
        row
        for row in store.report.list_rows(wanted.start, wanted.end)
        if wanted.channel in (None, row.channel) and wanted.language in (None, row.language)
    ]


def compute_figures(
    rows: Sequence[ReportRow], contacts: Sequence[RepeatContact], persons: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    """*persons*: customer -> the person they are, where that is linked."""
    counted = [row for row in rows if row.kind not in UNCOUNTED]
    waits = [row.wait_seconds for row in counted if row.wait_seconds is not None]
    return {
        "ended": len(rows),
        "counted": len(counted),
        "outcomes": _count_values(row.kind for row in rows),
        "abandoned_after": _count_values(row.why for row in rows if row.kind is OutcomeKind.ABANDONED),
        "contained": _compute_share(counted, lambda row: row.is_contained),
        "confirmed": _compute_share(counted, lambda row: row.kind is OutcomeKind.CONFIRMED),
        "abandoned": _compute_share(counted, lambda row: row.kind is OutcomeKind.ABANDONED),
        "resolved_by_assistant": _compute_share(counted, _is_resolved_by_assistant),
        "resolved_by_person": _compute_share(counted, lambda row: row.kind is OutcomeKind.RESOLVED_BY_PERSON),
        "durable_72h": _compute_durable(rows, contacts, persons, DURABLE_WINDOWS[0], now),
        "durable_7d": _compute_durable(rows, contacts, persons, DURABLE_WINDOWS[1], now),
        "frustrated_at_start": _compute_share(
            counted, lambda row: (row.frustration_start or 0) >= FRUSTRATION_THRESHOLD
        ),
        "frustrated_at_end": _compute_share(
            counted, lambda row: (row.frustration_end or 0) >= FRUSTRATION_THRESHOLD
        ),
        "handoff_reasons": _count_values(row.handoff_reason for row in counted if row.handoff_reason),
        "wait_seconds": {
            "n": len(waits),
            "median": median(waits) if waits else None,
            "p90": _compute_p90(waits),
        },
        "surveys": compute_survey_figures(rows),
        "by_channel": _count_values(row.channel for row in counted),
        "by_language": _count_values(row.language for row in counted),
        "by_agent": _compute_agents(counted),
    }


def compute_survey_figures(rows: Sequence[ReportRow]) -> dict[str, Any]:
    """CSAT, NPS and CES of the last answers, each by the formula that its definition names."""
    csat = [row.csat for row in rows if row.csat is not None]
    nps = [row.nps for row in rows if row.nps is not None]
    ces = [row.ces for row in rows if row.ces is not None]
    easy = sum(value >= 5 for value in ces)
    asked = [row for row in rows if row.survey is not None]
    return {
        "asked": len(asked),
        "response": _compute_share(asked, lambda row: row.survey_state == SurveyState.ANSWERED),
        "csat": asdict(compute_rate(sum(value >= 4 for value in csat), len(csat))),
        "csat_corrected": asdict(compute_weighted_rate(_count_cells(rows))),
        "nps": asdict(compute_nps(nps)),
        "ces": asdict(compute_mean_score(ces, lowest=1, highest=7)),
        "ces_easy": asdict(compute_rate(easy, len(ces))),
    }


def _count_cells(rows: Sequence[ReportRow]) -> list[tuple[int, int, int]]:
    """(satisfied, answers, all) by what is known of all: frustration at the end, a person or none."""
    cells: defaultdict[tuple[bool, bool], list[ReportRow]] = defaultdict(list)
    for row in rows:
        if row.kind not in UNCOUNTED:
            frustrated = (row.frustration_end or 0) >= FRUSTRATION_THRESHOLD
            cells[frustrated, row.is_contained].append(row)
    return [
        (
            sum(row.csat is not None and row.csat >= 4 for row in found),
            sum(row.csat is not None for row in found),
            len(found),
        )
        for found in cells.values()
    ]


def _is_resolved_by_assistant(row: ReportRow) -> bool:
    return row.is_contained and row.kind in (OutcomeKind.CONFIRMED, OutcomeKind.ANSWERED)


def _compute_share(rows: Sequence[ReportRow], holds: Callable[[ReportRow], bool]) -> dict[str, Any]:
    return asdict(compute_rate(sum(map(holds, rows)), len(rows)))


def _compute_durable(
    rows: Sequence[ReportRow],
    contacts: Sequence[RepeatContact],
    persons: Mapping[str, str],
    window: timedelta,
    now: datetime,
) -> dict[str, Any]:
    """Of answers old enough to tell; `young` are those that are not."""
    by_person: defaultdict[str, list[RepeatContact]] = defaultdict(list)
    for contact in contacts:
        by_person[persons.get(contact.customer, contact.customer)].append(contact)
    answered = [row for row in rows if row.kind in ANSWERED]
    old = [row for row in answered if now - row.ended_at >= window]
    lasting = sum(
        not any(
            _comes_back(row, contact, window)
            for contact in by_person[persons.get(row.customer, row.customer)]
        )
        for row in old
    )
    return asdict(compute_rate(lasting, len(old))) | {"young": len(answered) - len(old)}


def _comes_back(row: ReportRow, contact: RepeatContact, window: timedelta) -> bool:
    """About the same theme; where a theme is not known it counts as the same."""
    later = row.ended_at < contact.created_at <= row.ended_at + window
    same = row.theme is None or contact.theme is None or row.theme == contact.theme
    return later and same and contact.conversation != row.conversation


def _compute_themes(rows: Sequence[ReportRow], names: Mapping[str, str]) -> list[dict[str, Any]]:
    by_theme: defaultdict[str, list[ReportRow]] = defaultdict(list)
    for row in rows:
        if row.theme is not None:
            by_theme[row.theme].append(row)
    largest = sorted(by_theme, key=lambda theme: -len(by_theme[theme]))[:MAX_THEMES]
    return [
        {
            "theme": theme,
            "name": names.get(theme, theme[:8]),
            "conversations": len(by_theme[theme]),
            "abandoned": _compute_share(by_theme[theme], lambda row: row.kind is OutcomeKind.ABANDONED),
            "handed_over": _compute_share(by_theme[theme], lambda row: not row.is_contained),
            "frustrated_at_start": _compute_share(
                by_theme[theme], lambda row: (row.frustration_start or 0) >= FRUSTRATION_THRESHOLD
            ),
            "frustrated_at_end": _compute_share(
                by_theme[theme], lambda row: (row.frustration_end or 0) >= FRUSTRATION_THRESHOLD
            ),
            "surveys": compute_survey_figures(by_theme[theme]),
        }
        for theme in largest
    ]


def _compute_agents(rows: Sequence[ReportRow]) -> dict[str, dict[str, Any]]:
    by_agent: defaultdict[str, list[ReportRow]] = defaultdict(list)
    for row in rows:
        if row.agent is not None:
            by_agent[row.agent].append(row)
    return {
        agent: {"conversations": len(theirs), "surveys": compute_survey_figures(theirs)}
        for agent, theirs in sorted(by_agent.items())
        if len(theirs) >= MIN_OF_AGENT
    }


def _join_persons(links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Customer -> one name for all customers who are the same person."""
    parents: dict[str, str] = {}

    def find_root(customer: str) -> str:
        while parents.setdefault(customer, customer) != customer:
            customer = parents[customer]
        return customer

    for one, other in links:
        parents[find_root(one)] = find_root(other)
    return {customer: find_root(customer) for customer in list(parents)}


def _count_values(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(map(str, values)).items()))


def _compute_p90(values: Sequence[float]) -> float | None:
    return sorted(values)[min(len(values) - 1, int(0.9 * len(values)))] if values else None
