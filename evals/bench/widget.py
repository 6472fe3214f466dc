"""Bytes that a page with the widget loads, and those of its first opening."""

import gzip

from assistant.app.web_app import STATIC
from evals.bench.figures import Figure

#: File -> what is measured, the limit in bytes.
FILES = {
    "widget.js": ("widget on every page, gzipped", 20_000),
    "widget-panel.js": ("widget's panel when it is opened, gzipped", 16_000),
}


def measure_widget() -> list[Figure]:
    return [_measure_file(name, *measure) for name, measure in FILES.items()]


def _measure_file(name: str, measure: str, limit: int) -> Figure:
    file = STATIC / name
    if not file.exists():
        raise SystemExit("evals bench: the widget is not built; run `make web` first.")
    size = len(gzip.compress(file.read_bytes(), 9))
    return Figure(measure=measure, value=size / 1000, unit="kB", floor=limit / 1000, beside="the limit")
