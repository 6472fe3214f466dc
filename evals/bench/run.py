"""``python -m evals bench [PART]``: how fast the product is, each figure beside a floor of the same run."""

import argparse
import asyncio
import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from evals.bench.figures import Figure, table

#: Parts with a measurement of their own.
PARTS = {
    "channels": "evals.bench.channels",
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
        figures = measured(Path(folder), options.turns)
    if options.json:
        print("\n".join(json.dumps(asdict(figure) | {"ratio": figure.ratio}) for figure in figures))
    else:
        print(table(figures))


def measured(folder: Path, turns: int) -> list[Figure]:
    """Every figure; what measuring leaves behind is in *folder*."""
    from evals.bench import ingest, startup, turn, widget

    figures = widget.figures()
    _say("Starting the command …")
    figures += startup.command_figures()
    _say("Making the model, indexing the sample help …")
    ingested = asyncio.run(ingest.measured(folder / "ingest"))
    _say("Starting the service …")
    figures += [*startup.service_figures(folder / "served", ingested), ingested.figure]
    _say("Asking questions …")
    return figures + asyncio.run(turn.figures(folder / "served", turns))


def _say(what: str) -> None:
    """The whole takes minutes; stdout is for the figures."""
    print(what, file=sys.stderr, flush=True)
