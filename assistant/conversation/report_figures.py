"""Figures of conversations that ended, each with its count and interval.

Rows that every figure treats alike share a `RowProfile`, and profiles are counted: a month of a busy desk is
counted in a tenth of a second. Every share is a pair of conditions, so that a card and its list agree.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from operator import attrgetter
from statistics import median
from typing import Any

from assistant.conversation.report_profiles import RowProfile
from assistant.domain.outcomes import OutcomeKind
from assistant.domain.report_rows import ReportRow
from assistant.domain.statistics import compute_mean_score, compute_nps, compute_rate, compute_weighted_rate
from assistant.domain.surveys import SurveyState

Condition = Callable[[RowProfile], bool]
#: Profile -> rows that have it.
Counts = Mapping[RowProfile, int]

#: Fewer conversations of an agent are not shown: a rank among them would be chance.
MIN_OF_AGENT = 30
#: Groups of a kind that are shown.
MAX_GROUPS = 50


@dataclass(frozen=True, slots=True)
class Share:
    """Of the rows that *applies* takes, those that *holds* takes."""

    applies: Condition
    holds: Condition


def _is_counted(row: RowProfile) -> bool:
    return row.is_counted


#: Shares of the counted conversations.
SHARES: Mapping[str, Share] = {
    name: Share(_is_counted, holds)
    for name, holds in {
        "contained": lambda row: row.is_contained,
        "handed_over": lambda row: not row.is_contained,
        "confirmed": lambda row: row.kind is OutcomeKind.CONFIRMED,
        "abandoned": lambda row: row.kind is OutcomeKind.ABANDONED,
        "resolved_by_assistant": lambda row: (
            row.is_contained and row.kind in (OutcomeKind.CONFIRMED, OutcomeKind.ANSWERED)
        ),
        "resolved_by_person": lambda row: row.kind is OutcomeKind.RESOLVED_BY_PERSON,
        "frustrated_at_start": lambda row: row.is_frustrated_at_start,
        "frustrated_at_end": lambda row: row.is_frustrated_at_end,
    }.items()
}
#: Of answers old enough to tell, those that nobody came back about.
DURABLE_SHARES: Mapping[str, Share] = {
    "durable_72h": Share(lambda row: row.lasts_72h is not None, lambda row: bool(row.lasts_72h)),
    "durable_7d": Share(lambda row: row.lasts_7d is not None, lambda row: bool(row.lasts_7d)),
}
SURVEY_SHARES: Mapping[str, Share] = {
    "response": Share(
        lambda row: row.survey_state is not None, lambda row: row.survey_state == SurveyState.ANSWERED
    ),
    "csat": Share(lambda row: row.csat is not None, lambda row: (row.csat or 0) >= 4),
    "ces_easy": Share(lambda row: row.ces is not None, lambda row: (row.ces or 0) >= 5),
}
#: Figures that are no shares, with the rows that they are made of.
SOURCES: Mapping[str, Condition] = {
    "ended": lambda _row: True,
    "counted": _is_counted,
    "wait_seconds": lambda row: row.is_counted and row.has_wait,
    "csat_corrected": lambda row: row.csat is not None,
    "nps": lambda row: row.nps is not None,
    "ces": lambda row: row.ces is not None,
}
#: Shares of each channel, language, theme, reason and agent.
GROUP_SHARES = {
    name: {**SHARES, **DURABLE_SHARES}[name]
    for name in (
        "resolved_by_assistant",
        "abandoned",
        "handed_over",
        "durable_7d",
        "frustrated_at_start",
        "frustrated_at_end",
    )
}
#: What conversations are grouped by -> how.
DIMENSIONS: Mapping[str, Callable[[ReportRow], str | None]] = {
    "channel": attrgetter("channel"),
    "language": attrgetter("language"),
    "theme": attrgetter("theme"),
    "reason": attrgetter("handoff_reason"),
    "agent": attrgetter("agent"),
}


def select_behind(
    rows: Sequence[ReportRow], profiles: Sequence[RowProfile], figure: str, *, counted: bool = True
) -> list[ReportRow] | None:
    """The rows that a figure counts, or those of its total that it does not; None: no such figure."""
    share = {**SHARES, **DURABLE_SHARES, **SURVEY_SHARES}.get(figure)
    if share is None and figure in SOURCES:
        share, counted = Share(SOURCES[figure], SOURCES[figure]), True
    if share is None:
        return None
    return [
        row
        for row, profile in zip(rows, profiles, strict=True)
        if share.applies(profile) and share.holds(profile) is counted
    ]


def compute_figures(rows: Sequence[ReportRow], profiles: Sequence[RowProfile]) -> dict[str, Any]:
    """All figures of the rows; no names, no days."""
    ids = list(map(id, profiles))
    kinds = dict(zip(ids, profiles, strict=True))
    every = _merge_counts((kinds[number], n) for number, n in Counter(ids).items())
    waits = [row.wait_seconds for row in rows if row.wait_seconds is not None and row.is_counted]
    return {
        "ended": len(rows),
        "counted": _count(every, _is_counted),
        "outcomes": count_outcomes(profiles),
        "abandoned_after": count_values(row.why for row in rows if row.kind is OutcomeKind.ABANDONED),
        **{name: _compute_share(every, share) for name, share in SHARES.items()},
        **{name: _compute_durable(every, share) for name, share in DURABLE_SHARES.items()},
        "handoff_reasons": count_values(
            row.handoff_reason for row in rows if row.handoff_reason and row.is_counted
        ),
        "wait_seconds": {
            "n": len(waits),
            "median": median(waits) if waits else None,
            "p90": _compute_p90(waits),
        },
        "surveys": compute_survey_figures(every),
        "groups": {name: _compute_groups(rows, ids, kinds, name) for name in DIMENSIONS},
    }


def compute_survey_figures(counts: Counts) -> dict[str, Any]:
    """CSAT, NPS and CES of the last answers, each by the formula that its definition names."""
    ces = _list_values(counts, lambda row: row.ces)
    return {
        "asked": _count(counts, SURVEY_SHARES["response"].applies),
        **{name: _compute_share(counts, share) for name, share in SURVEY_SHARES.items()},
        "csat_corrected": asdict(compute_weighted_rate(_count_cells(counts))),
        "nps": asdict(compute_nps(_list_values(counts, lambda row: row.nps))),
        "ces": asdict(compute_mean_score(ces, lowest=1, highest=7)),
    }


def _count_cells(counts: Counts) -> list[tuple[int, int, int]]:
    """(satisfied, answers, all) by what is known of all: frustration at the end, a person or none."""
    cells: defaultdict[tuple[bool, bool], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row, n in counts.items():
        if row.is_counted:
            cell = cells[row.is_frustrated_at_end, row.is_contained]
            cell[0] += n * (row.csat is not None and row.csat >= 4)
            cell[1] += n * (row.csat is not None)
            cell[2] += n
    return [(yes, answers, everybody) for yes, answers, everybody in cells.values()]


def _list_values(counts: Counts, get_value: Callable[[RowProfile], int | None]) -> list[int]:
    return [value for row, n in counts.items() if (value := get_value(row)) is not None for _ in range(n)]


def _count(counts: Counts, condition: Condition) -> int:
    return sum(n for row, n in counts.items() if condition(row))


def _compute_share(counts: Counts, share: Share) -> dict[str, Any]:
    total = {row: n for row, n in counts.items() if share.applies(row)}
    return asdict(compute_rate(_count(total, share.holds), sum(total.values())))


def _compute_durable(counts: Counts, share: Share) -> dict[str, Any]:
    """`young` are answers that are too young to tell."""
    found = _compute_share(counts, share)
    return found | {"young": _count(counts, lambda row: row.is_answered) - found["total"]}


def _compute_groups(
    rows: Sequence[ReportRow], ids: Sequence[int], kinds: Mapping[int, RowProfile], dimension: str
) -> list[dict[str, Any]]:
    """Figures of each group, the largest first; agents below `MIN_OF_AGENT` are left out."""
    groups: defaultdict[str, Counter[RowProfile]] = defaultdict(Counter)
    for (key, number), n in Counter(zip(map(DIMENSIONS[dimension], rows), ids, strict=True)).items():
        if key is not None and kinds[number].is_counted:
            groups[key][kinds[number]] += n
    least = MIN_OF_AGENT if dimension == "agent" else 1
    sizes = {key: sum(counts.values()) for key, counts in groups.items()}
    shown = sorted((key for key in sizes if sizes[key] >= least), key=lambda key: (-sizes[key], key))
    return [
        {
            "key": key,
            "conversations": sizes[key],
            **{name: _compute_share(groups[key], share) for name, share in GROUP_SHARES.items()},
            "surveys": compute_survey_figures(groups[key]),
        }
        for key in shown[:MAX_GROUPS]
    ]


def _merge_counts(pairs: Iterable[tuple[RowProfile, int]]) -> Counter[RowProfile]:
    found: Counter[RowProfile] = Counter()
    for profile, n in pairs:
        found[profile] += n
    return found


def count_outcomes(profiles: Iterable[RowProfile]) -> dict[str, int]:
    found = Counter(profile.kind for profile in profiles)
    return {kind.value: found[kind] for kind in sorted(found)}


def count_values(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(map(str, values)).items()))


def _compute_p90(values: Sequence[float]) -> float | None:
    return sorted(values)[min(len(values) - 1, int(0.9 * len(values)))] if values else None
