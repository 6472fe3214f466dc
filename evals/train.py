"""``python -m evals train PART``: learns the committed weights of a part again."""

import importlib
import sys

PARTS = {
    "embedding": "evals.train_embedding",
    "reader": "evals.train_reader",
    "retrieval": "evals.train_retrieval",
    "turns": "evals.train_turns",
    "quotes": "evals.train_quotes",
    "signals": "evals.train_signals",
    "support": "evals.train_support",
}


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in PARTS:
        raise SystemExit(f"usage: python -m evals train {'|'.join(PARTS)}")
    importlib.import_module(PARTS[sys.argv.pop(1)]).main()
