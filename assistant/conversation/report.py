"""The report: figures of conversations that ended in a range, the range before, and the rows behind them."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from assistant.conversation.report_figures import (
    DIMENSIONS,
    DURABLE_SHARES,
    MIN_OF_AGENT,
    SHARES,
    SURVEY_SHARES,
    compute_figures,
    count_outcomes,
    select_behind,
)
from assistant.conversation.report_profiles import RowProfile, build_profiles, join_persons
from assistant.conversation.templates.report import DEFINITIONS, DEFINITIONS_VERSION
from assistant.conversation.templates.report_names import FIGURE_NAMES
from assistant.domain.outcomes import DURABLE_WINDOWS
from assistant.domain.report_rows import ReportRow
from assistant.domain.statistics import compute_rate_change
from assistant.ports.storage.store import Store

#: Rows with their profiles, by end.
ProfiledRows = Sequence[tuple[ReportRow, RowProfile]]
#: Loads the rows that ended in [start, end).
LoadRows = Callable[[Store, datetime, datetime, datetime], ProfiledRows]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRange:
    """Conversations that ended in [start, end), and what they have in common; None: whatever it is."""

    start: datetime
    end: datetime
    channel: str | None = None
    language: str | None = None
    theme: str | None = None
    reason: str | None = None
    agent: str | None = None

    def takes(self, row: ReportRow) -> bool:
        return all(getattr(self, name) in (None, find_key(row)) for name, find_key in DIMENSIONS.items())

    def select(self, pairs: ProfiledRows) -> ProfiledRows:
        """What the filters take."""
        if all(getattr(self, name) is None for name in DIMENSIONS):
            return pairs
        return [pair for pair in pairs if self.takes(pair[0])]

    def build_previous(self) -> "ReportRange":
        """The range before: as many months, where it is of whole months, else as many days."""
        if not (_is_month_start(self.start) and _is_month_start(self.end)):
            return replace(self, start=self.start - (self.end - self.start), end=self.start)
        months = 12 * (self.end.year - self.start.year) + self.end.month - self.start.month
        year, month = divmod(12 * self.start.year + self.start.month - 1 - months, 12)
        return replace(self, start=self.start.replace(year=year, month=month + 1), end=self.start)


def _is_month_start(moment: datetime) -> bool:
    return moment.day == 1 and (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0)


def load_profiled_rows(store: Store, start: datetime, end: datetime, now: datetime) -> ProfiledRows:
    """From the raw rows."""
    rows = store.report.list_rows(start, end)
    contacts = store.report.list_contacts(start, end + max(DURABLE_WINDOWS))
    persons = join_persons(store.report.list_links())
    return list(zip(rows, build_profiles(rows, contacts, persons, now), strict=True))


def load_report(
    store: Store,
    wanted: ReportRange,
    now: datetime,
    *,
    compare: bool = False,
    load_rows: LoadRows = load_profiled_rows,
) -> dict[str, Any]:
    """All figures of the range; *compare*: also those of the range before, and what changed."""
    rows, too_few = _select_rows(store, wanted, now, load_rows)
    figures = compute_figures([row for row, _ in rows], [profile for _, profile in rows])
    names = _load_names(store)
    for dimension, groups in figures["groups"].items():
        for group in groups:
            group["name"] = names.get((dimension, group["key"]), group["key"][:32])
    return figures | {
        "start": wanted.start.isoformat(),
        "end": wanted.end.isoformat(),
        **{name: getattr(wanted, name) for name in DIMENSIONS},
        "too_few": too_few,
        "by_day": _count_days(rows, wanted),
        "before": _load_comparison(store, wanted, now, load_rows, figures) if compare else None,
        "names": {name: dict(texts) for name, texts in FIGURE_NAMES.items()},
        "definitions": {name: dict(texts) for name, texts in DEFINITIONS.items()},
        "definitions_version": DEFINITIONS_VERSION,
    }


def _select_rows(
    store: Store, wanted: ReportRange, now: datetime, load_rows: LoadRows
) -> tuple[ProfiledRows, bool]:
    """What the filter takes; nothing of an agent with too few of them, where every figure would be chance."""
    rows = wanted.select(load_rows(store, wanted.start, wanted.end, now))
    too_few = wanted.agent is not None and sum(row.is_counted for _, row in rows) < MIN_OF_AGENT
    return ([], True) if too_few else (rows, False)


def _load_comparison(
    store: Store, wanted: ReportRange, now: datetime, load_rows: LoadRows, figures: Mapping[str, Any]
) -> dict[str, Any]:
    """Figures of the range before; `changes`: how shares moved since, with 95 % intervals."""
    previous = wanted.build_previous()
    rows, _ = _select_rows(store, previous, now, load_rows)
    before = compute_figures([row for row, _ in rows], [profile for _, profile in rows])
    shares = [(name, figures[name], before[name]) for name in (*SHARES, *DURABLE_SHARES)]
    shares += [(name, figures["surveys"][name], before["surveys"][name]) for name in SURVEY_SHARES]
    return {name: value for name, value in before.items() if name != "groups"} | {
        "start": previous.start.isoformat(),
        "end": previous.end.isoformat(),
        "changes": {
            name: asdict(change)
            for name, after, earlier in shares
            if (
                change := compute_rate_change(
                    earlier["count"], earlier["total"], after["count"], after["total"]
                )
            )
        },
        "themes": dict(Counter(row.theme for row, _ in rows if row.theme is not None and row.is_counted)),
    }


def _load_names(store: Store) -> dict[tuple[str, str], str]:
    themes = {("theme", theme.id): theme.name for theme in store.themes.list_alive()}
    return themes | {("agent", agent.id): agent.name for agent in store.agents.list_all()}


def _count_days(pairs: ProfiledRows, wanted: ReportRange) -> list[dict[str, Any]]:
    """Outcomes of every day of the range, by the range's own clock, the empty days too."""
    zone, found = wanted.start.tzinfo, []
    day, last = wanted.start.date(), (wanted.end.astimezone(zone) - timedelta(microseconds=1)).date()
    begin = 0
    while day <= last:
        midnight = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
        end = bisect_left(pairs, midnight, lo=begin, key=lambda pair: pair[0].ended_at)
        outcomes = count_outcomes(profile for _, profile in pairs[begin:end])
        found.append({"day": day.isoformat(), "outcomes": outcomes})
        day, begin = day + timedelta(days=1), end
    return found


def list_report_rows(
    store: Store,
    wanted: ReportRange,
    now: datetime,
    *,
    figure: str | None = None,
    counted: bool = True,
    load_rows: LoadRows = load_profiled_rows,
) -> list[ReportRow] | None:
    """The rows behind a figure, or all of the range; None: there is no such figure."""
    pairs, _ = _select_rows(store, wanted, now, load_rows)
    rows = [row for row, _ in pairs]
    return (
        rows
        if figure is None
        else select_behind(rows, [profile for _, profile in pairs], figure, counted=counted)
    )
