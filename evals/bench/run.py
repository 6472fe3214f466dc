"""``python -m evals bench [PART]``: speed of the product, each figure beside a floor of the same run."""

import argparse
import asyncio
import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.bench.figures import Figure, format_table

#: Parts that can be measured alone.
PARTS = {
    "channels": "evals.bench.channels",
    "desk": "evals.bench.desk",
    "parts": "evals.bench.parts",
    "reader": "evals.bench.reader",
    "search": "evals.bench.search",
    "serve": "evals.bench.serve",
}


def main() -> None:
    if len(sys.argv) > 1 and sys.argv[1] in PARTS:
        importlib.import_module(PARTS[sys.argv.pop(1)]).main()
        return
    parser = argparse.ArgumentParser(
        prog="evals bench", description=__doc__, epilog=f"PART is one of: {', '.join(PARTS)}"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object per figure")
    parser.add_argument("--turns", type=int, default=60, help="questions asked of each service")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="yorisoi-bench-") as folder:
        figures = measure_all(Path(folder), options.turns)
    if options.json:
        print("\n".join(json.dumps(asdict(figure) | {"ratio": figure.ratio}) for figure in figures))
    else:
        print(format_table(figures))


def measure_all(folder: Path, turns: int) -> list[Figure]:
    """Measure all figures; temporary data goes to *folder*."""
    from evals.bench import ingest, startup, turn, widget

    figures = widget.measure_widget()
    _print_progress("Starting the command …")
    figures += startup.measure_command_start()
    _print_progress("Making the model, indexing the sample help …")
    ingested = asyncio.run(ingest.measure_ingest(folder / "ingest"))
    _print_progress("Starting the service …")
    figures += [*startup.measure_service_start(folder / "served", ingested), ingested.figure]
    _print_progress("Asking questions …")
    return figures + asyncio.run(turn.measure_turn_figures(folder / "served", turns))


def _print_progress(what: str) -> None:
    """Progress on stderr, because stdout is for the figures."""
    print(what, file=sys.stderr, flush=True)
