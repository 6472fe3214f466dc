"""Startup times: the command's help, the service with an empty and with a filled data folder."""

import sys
from pathlib import Path
from statistics import median

from evals.bench.figures import Figure
from evals.bench.ingest import IngestFigures
from evals.bench.service import ASSISTANT, measure_command, serve_product

TIMES = 5
STARTS = 3
LIBRARIES = "import alembic, chromadb, fastapi, numpy, onnxruntime, sqlalchemy, sudachipy, uvicorn, uvloop"


def measure_command_start() -> list[Figure]:
    # Alternating, so that load affects both equally.
    pairs = [
        (measure_command([ASSISTANT, "--help"]), measure_command([sys.executable, "-c", "pass"]))
        for _ in range(TIMES + 1)
    ]
    helped, bare = (median(column[1:]) for column in zip(*pairs, strict=True))
    return [
        Figure(
            measure="assistant --help",
            value=round(helped * 1000, 1),
            unit="ms",
            floor=round(bare * 1000, 1),
            beside="python -c pass",
        )
    ]


def measure_service_start(data: Path, ingested: IngestFigures) -> list[Figure]:
    """Cold: with an empty data folder. Warm: every later start."""
    measure_command([sys.executable, "-c", LIBRARIES])
    cold = _start_service(data)
    pairs = [
        (measure_command([sys.executable, "-c", LIBRARIES]), _start_service(data)) for _ in range(STARTS)
    ]
    imports, warm = (median(column) for column in zip(*pairs, strict=True))
    work = imports + ingested.conversion + ingested.raw
    return [
        _build_seconds_figure("ready, cold", cold, work, "imports + model conversion + raw embedding"),
        _build_seconds_figure("ready, warm", warm, imports, "importing the libraries"),
    ]


def _start_service(data: Path) -> float:
    with serve_product(data, "--demo") as (_, seconds):
        return seconds


def _build_seconds_figure(measure: str, value: float, floor: float, beside: str) -> Figure:
    return Figure(measure=measure, value=round(value, 2), unit="s", floor=round(floor, 2), beside=beside)
