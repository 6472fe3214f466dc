"""``python -m evals train PART``: trains the committed weights of a part again."""

import importlib
import sys

PARTS = {
    "embedding": "evals.train.embedding",
    "reader": "evals.train.reader",
    "retrieval": "evals.train.retrieval",
    "turns": "evals.train.turns",
    "consent": "evals.train.consent",
    "quotes": "evals.train.quotes",
    "signals": "evals.train.signals",
    "support": "evals.train.support",
}


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in PARTS:
        raise SystemExit(f"usage: python -m evals train {'|'.join(PARTS)}")
    importlib.import_module(PARTS[sys.argv.pop(1)]).main()
