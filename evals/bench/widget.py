"""Bytes that a page with the widget loads."""

import gzip

from assistant.app.web_app import STATIC
from evals.bench.figures import Figure

#: The limit, in bytes.
LIMIT = 25_000


def measure_widget() -> list[Figure]:
    file = STATIC / "widget.js"
    if not file.exists():
        raise SystemExit("evals bench: the widget is not built; run `make web` first.")
    size = len(gzip.compress(file.read_bytes(), 9))
    return [
        Figure(
            measure="widget, gzipped", value=size / 1000, unit="kB", floor=LIMIT / 1000, beside="the limit"
        )
    ]
