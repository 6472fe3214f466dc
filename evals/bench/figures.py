"""A measured figure with its floor or limit, and the table of figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measurement, and the fastest possible value on this machine in the same run."""

    measure: str
    value: float
    unit: str
    floor: float
    #: The kind of floor or limit.
    beside: str

    @property
    def ratio(self) -> float:
        return round(self.value / self.floor, 2) if self.floor else 0.0


def compute_percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least *share* per cent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * share / 100) - 1)]


def build_percentile_figures(
    measure: str, seconds: Sequence[float], floor: Sequence[float], beside: str
) -> list[Figure]:
    """p50 and p99 in milliseconds, each beside that of the floor."""
    return [
        Figure(
            measure=f"{measure} p{share}",
            value=round(compute_percentile(seconds, share) * 1000, 2),
            unit="ms",
            floor=round(compute_percentile(floor, share) * 1000, 2),
            beside=beside,
        )
        for share in (50, 99)
    ]


def format_table(figures: Sequence[Figure]) -> str:
    """An aligned table."""
    rows = [("measure", "value", "floor", "ratio", "the floor is")]
    rows += [
        (f.measure, f"{f.value:,.2f} {f.unit}", f"{f.floor:,.2f} {f.unit}", f"{f.ratio:.2f}", f.beside)
        for f in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = (
        f"{name:<{widths[0]}}  {value:>{widths[1]}}  {floor:>{widths[2]}}  {ratio:>{widths[3]}}  {beside}"
        for name, value, floor, ratio, beside in rows
    )
    return "\n".join(lines)
