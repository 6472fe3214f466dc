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
    try:
        part = importlib.import_module(PARTS[sys.argv.pop(1)])
    except ModuleNotFoundError as exc:
        if exc.name != "torch":
            raise
        raise SystemExit(
            "It trains with PyTorch, which is not installed: .venv/bin/uv pip install torch==2.13.0"
        ) from exc
    part.main()
