"""``python -m evals bench PART``: speed and memory of a part, beside its raw parts in the same run."""

import importlib
import sys

PARTS = {"search": "evals.bench_search"}


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in PARTS:
        raise SystemExit(f"usage: python -m evals bench {'|'.join(PARTS)}")
    importlib.import_module(PARTS[sys.argv.pop(1)]).main()
