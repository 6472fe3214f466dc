"""``python -m evals NAME``: one line per measurement; each is a module of this package with a ``main()``."""

import importlib
import sys

MEASUREMENTS = {
    "retrieval": "how well search finds, beside simpler pipelines: evals/retrieval.py",
    "bench": "speed of the whole, each figure beside its floor; of a part: bench search",
    "signals": "how well turns are read, beside simpler readers: evals/signals.py",
    "train": "learns the weights of a part: train retrieval, train signals",
    "sample": "what the sample help answers: evals/sample.py",
    "hostile": "what a model that obeys every injection gets through: evals/hostile.py",
    "faulty": "what customers see of a failing model: evals/faulty.py",
    "personal": "personal data hidden from models: evals/personal.py",
    "support": "what the check of drafts catches and lets through: evals/support.py",
    "answers": "checked answers of models: tokens, speed, and the five above",
    "faults": "breaks the running service in every way we know and counts broken promises: evals/faults/",
    "fuzz": "parsers under atheris: evals/fuzz.py",
    "stalls": "hostile input at every entrance while another waits: evals/stalls.py",
    "world": "inputs as the world sends them, a line each: evals/world/",
    "contradictions": "how well two articles that disagree are found: evals/contradictions.py",
    "foreign": "how help centres never seen here are answered, beside trivial ways: evals/foreign.py",
    "calibrate_reader": "what the reader's scores mean, learned again: evals/calibrate_reader.py",
}


def main() -> int:
    if len(sys.argv) < 2 or sys.argv[1] not in MEASUREMENTS:
        print("usage: python -m evals NAME\n" + "\n".join(f"  {k:16} {v}" for k, v in MEASUREMENTS.items()))
        return 2
    name = sys.argv.pop(1)
    importlib.import_module(f"evals.{name}").main()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
