"""The week on one page: what grew, what was done and changed, what we promised and did not keep, quotes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from math import exp, log, sqrt
from typing import Any

from assistant.conversation.improvements import load_effect
from assistant.conversation.report import ReportRange, list_report_rows, load_report
from assistant.domain.cases import CaseState
from assistant.domain.gaps import GapState
from assistant.domain.hours import to_local_time
from assistant.domain.improvements import ImprovementState
from assistant.domain.report_rows import ReportRow
from assistant.domain.statistics import Z
from assistant.ports.storage.store import Store

MAX_ITEMS = 3
#: Conversations of a theme below which growth is chance.
MIN_OF_THEME = 5
MAX_QUOTE_CHARACTERS = 140
#: What was done so long ago may have an effect that can be told.
EFFECTS_OF = timedelta(weeks=12)
MAX_LISTED = 200
FIGURES = ("resolved_by_assistant", "abandoned", "frustrated_at_end", "durable_72h")

MaskText = Callable[[str], str]


def build_digest(store: Store, week: ReportRange, mask_text: MaskText, now: datetime) -> dict[str, Any]:
    """*mask_text* hides personal data in what is quoted."""
    report = load_report(store, week, now, compare=True)
    before = report["before"]
    rates = {name: (report[name], before["changes"].get(name)) for name in FIGURES}
    rates["csat"] = (report["surveys"]["csat"], before["changes"].get("csat"))
    return {
        "start": report["start"],
        "end": report["end"],
        "counted": report["counted"],
        "counted_before": before["counted"],
        "figures": {name: {**rate, "change": change} for name, (rate, change) in rates.items()},
        "themes": _list_grown_themes(report),
        "done": _list_done(store, week),
        "effects": _list_effects(store, now),
        "unkept": _count_unkept(store, now),
        "quotes": _list_quotes(store, week, mask_text, now),
    }


def _list_grown_themes(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Themes that grew most for sure: by the lower end of the interval of the rate ratio."""
    before: Mapping[str, int] = report["before"]["themes"]
    found = []
    for group in report["groups"]["theme"]:
        now, then = group["conversations"], before.get(group["key"], 0)
        if now > then and now >= MIN_OF_THEME:
            ratio, low, high = compute_rate_ratio(now, then)
            about = {"theme": group["key"], "name": group["name"], "conversations": now, "before": then}
            found.append({**about, "ratio": ratio, "low": low, "high": high})
    return sorted(found, key=lambda one: (-one["low"], one["name"]))[:MAX_ITEMS]


def compute_rate_ratio(now: int, before: int) -> tuple[float, float, float]:
    """How many times as many, with the 95 % interval of two Poisson counts; half a case is added to each."""
    a, b = now + 0.5, before + 0.5
    half = Z * sqrt(1 / a + 1 / b)
    return tuple(round(exp(log(a / b) + shift), 2) for shift in (0, -half, half))  # type: ignore[return-value]


def _list_done(store: Store, week: ReportRange) -> list[dict[str, str]]:
    improvements = [
        {"kind": "improvement", "title": one.title}
        for one in store.improvements.list_latest(limit=MAX_LISTED)
        if one.done_at is not None and week.start <= one.done_at < week.end
    ]
    gaps = [
        {"kind": "article", "title": gap.title or gap.id[:8]}
        for gap in store.gaps.list_in_states(list(GapState))
        if gap.published_at is not None and week.start <= gap.published_at < week.end
    ]
    return improvements + gaps


def _list_effects(store: Store, now: datetime) -> list[dict[str, Any]]:
    """Of what was done lately and had an effect that can be told, the strongest first."""
    found = []
    for one in store.improvements.list_latest(limit=MAX_LISTED):
        if one.state is ImprovementState.DONE and one.done_at is not None and now - one.done_at <= EFFECTS_OF:
            effect = load_effect(store, one, now)
            if effect is not None:
                found.append({"title": one.title, **effect})
    for gap in store.gaps.list_in_states([GapState.WORKED, GapState.NO_EFFECT, GapState.WORSE]):
        effect = (gap.proof or {}).get("effect")
        if effect and gap.published_at is not None and now - gap.published_at <= EFFECTS_OF:
            found.append({"title": gap.title or gap.id[:8], **effect})
    told = [one for one in found if one["verdict"] != "too_early" and one["ratio"] is not None]
    return sorted(told, key=lambda one: one["ratio"])[:MAX_ITEMS]


def _count_unkept(store: Store, now: datetime) -> dict[str, int]:
    """Promises that are overdue at this moment."""
    cases = store.cases.list_rows([CaseState.OPEN], limit=MAX_LISTED)
    gaps = store.gaps.list_in_states([GapState.OPEN, GapState.DRAFTED, GapState.PROVED])
    return {
        "cases": sum(row.case.due_at < now for row in cases),
        "gaps": sum(gap.due_at is not None and gap.due_at < now for gap in gaps),
        "callbacks": store.callbacks.count_missed(),
        "deadlines": store.metrics.count_live(now, now).sla_over,
    }


def _list_quotes(store: Store, week: ReportRange, mask_text: MaskText, now: datetime) -> list[dict[str, Any]]:
    """What the least satisfied wrote with their answer, masked; one of a person."""
    rows = list_report_rows(store, week, now) or []
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    for row in sorted((row for row in rows if row.comment), key=_rank_answer):
        if row.customer not in seen and len(found) < MAX_ITEMS:
            seen.add(row.customer)
            text = " ".join(mask_text(row.comment or "").split())
            shown = text if len(text) <= MAX_QUOTE_CHARACTERS else text[:MAX_QUOTE_CHARACTERS] + "…"
            found.append({"text": shown, "conversation": row.conversation})
    return found


def _rank_answer(row: ReportRow) -> float:
    """0 is the worst answer of its scale, 1 the best."""
    scales: Sequence[tuple[int | None, int, int]] = ((row.csat, 1, 5), (row.nps, 0, 10), (row.ces, 1, 7))
    return min(
        ((value - low) / (high - low) for value, low, high in scales if value is not None), default=1.0
    )


def build_week_range(week: str, zone: str, now: datetime) -> ReportRange:
    """Seven days from the day *week*, by the business's clock."""
    day = datetime.fromisoformat(week)
    start = to_local_time(now, zone).replace(
        year=day.year, month=day.month, day=day.day, hour=0, minute=0, second=0, microsecond=0
    )
    return ReportRange(start=start, end=start + timedelta(days=7))
