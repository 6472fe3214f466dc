"""``python -m evals NAME``: runs a module's ``main()``; README.md describes each."""

import importlib
import sys

from assistant.app.logs import configure_logging

#: Name on the command line -> (module, description).
MEASUREMENTS = {
    "retrieval": ("evals.quality.retrieval", "how well search finds, beside simpler pipelines"),
    "bench": ("evals.bench.run", "speed of the whole, each figure beside its floor; of a part: bench search"),
    "signals": ("evals.quality.signals", "how well turns are read, beside simpler readers"),
    "packets": ("evals.quality.packets", "what an agent is handed, printed beside what was said"),
    "train": ("evals.train.run", "learns the weights of a part: train retrieval, train signals"),
    "sample": ("evals.quality.sample", "what the sample help answers"),
    "yes_no": ("evals.quality.yes_no", "answers that begin with yes or no: how many, how many wrongly"),
    "actions": ("evals.quality.actions", "scripted customers who want something done, with faults"),
    "proactive": (
        "evals.quality.proactive",
        "messages nobody asked for: broken promises, beside a naive sender",
    ),
    "hostile": ("evals.quality.hostile", "what a model that obeys every injection gets through"),
    "faulty": ("evals.quality.faulty", "what customers see of a failing model"),
    "personal": ("evals.quality.personal", "personal data hidden from models"),
    "support": ("evals.quality.support", "what the check of drafts catches and lets through"),
    "answers": ("evals.quality.answers", "checked answers of models: tokens, speed, and the five above"),
    "faults": (
        "evals.faults.run",
        "breaks the running service in every way we know and counts broken promises",
    ),
    "fuzz": ("evals.faults.fuzz", "parsers under atheris"),
    "stalls": ("evals.faults.stalls", "hostile input at every entrance while another waits"),
    "world": ("evals.world", "inputs as the world sends them, a line each"),
    "insight": ("evals.quality.insight", "themes found in questions, beside k-means; stability, speed"),
    "contradictions": ("evals.quality.contradictions", "how well two articles that disagree are found"),
    "foreign": (
        "evals.quality.foreign",
        "how help centres never seen here are answered, beside trivial ways",
    ),
    "calibrate_turns": ("evals.train.calibrate_turns", "what the turn encoder's scores mean, learned again"),
    "calibrate_reader": ("evals.train.calibrate_reader", "what the reader's scores mean, learned again"),
}


def main() -> int:
    if len(sys.argv) < 2 or sys.argv[1] not in MEASUREMENTS:
        print(
            "usage: python -m evals NAME\n"
            + "\n".join(f"  {k:16} {says}" for k, (_, says) in MEASUREMENTS.items())
        )
        return 2
    configure_logging("warning")  # on stderr; a model that is late makes figures worse
    name = sys.argv.pop(1)
    importlib.import_module(MEASUREMENTS[name][0]).main()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
