"""The part of ``python -m evals signals --public`` on public sets of the data folder."""

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from evals.data.dialogues import Dialogue, build_utterances, load_json_lines
from evals.data.training_sources import is_held_out
from evals.quality.scores import compute_auroc
from evals.quality.signal_baselines import count_anger_keywords
from evals.quality.signals import FigureRow, SignalBench, contains_handoff


def measure_public_rows(bench: SignalBench, data: Path) -> Iterator[FigureRow]:
    """Every row; *data* is ../shared/data/dialogues."""
    for measure in (_measure_anger, _measure_satisfaction, _measure_calm_sets):
        yield from measure(bench, data)


def _measure_anger(bench: SignalBench, data: Path) -> Iterator[FigureRow]:
    """NAIST's held-out fifth: most annotators say anger, against turns where none does."""
    scores: list[float] = []
    rules: list[float] = []
    shares: list[float] = []
    for row in load_json_lines(data / "naist_persuasion.jsonl"):
        if is_held_out(row["id"]):
            dialogue = _build_public_dialogue(row, "ja", "user")
            for turn in bench.replay_dialogue(dialogue):
                emotions = row["turns"][turn.index]["emotions"]
                shares.append(emotions.count("怒り") / len(emotions))
                scores.append(turn.signals.frustration)
                rules.append(float(count_anger_keywords(dialogue.lines[turn.index].text)))
    clear = [place for place, share in enumerate(shares) if share > 0.5 or share == 0]
    agreed = compute_auroc([scores[i] for i in clear], [shares[i] > 0.5 for i in clear])
    rule = compute_auroc([rules[i] for i in clear], [shares[i] > 0.5 for i in clear])
    yield FigureRow(
        measure="naist anger, agreed turns, AUROC",
        wanted="≥ .83",
        ours=f"{agreed:.3f}",
        others=f"keywords {rule:.2f}",
    )


def _measure_satisfaction(bench: SignalBench, data: Path, most: int = 250) -> Iterator[FigureRow]:
    """Recommendation dialogues, none of them trained on: a majority dissatisfied against nobody."""
    for name in ("uss_redial", "uss_ccpe"):
        scores: list[float] = []
        rules: list[float] = []
        labels: list[bool] = []
        for row in list(load_json_lines(data / f"{name}.jsonl"))[:most]:
            dialogue = _build_public_dialogue(row, "en", "user")
            for turn in bench.replay_dialogue(dialogue):
                votes = row["turns"][turn.index].get("satisfaction") or []
                low = sum(vote < 3 for vote in votes)
                if votes and (low == 0 or low > len(votes) / 2):
                    scores.append(1 - (1 - turn.signals.frustration) * (1 - turn.signals.reply_missed))
                    rules.append(float(turn.index))
                    labels.append(low > 0)
        yield FigureRow(
            measure=f"{name}, dissatisfied turns, AUROC ({sum(labels)} of {len(labels)})",
            wanted="≥ .80",
            ours=f"{compute_auroc(scores, labels):.3f}",
            others=f"the later the likelier {compute_auroc(rules, labels):.2f}",
        )


def _measure_calm_sets(bench: SignalBench, data: Path) -> Iterator[FigureRow]:
    calm = [_build_public_dialogue(row, "ja", "customer") for row in load_json_lines(data / "asdc.jsonl")]
    alarms = [contains_handoff(bench.replay_dialogue(dialogue)) for dialogue in calm]
    yield FigureRow(
        measure=f"asdc, calm dialogues handed over ({len(calm)})",
        wanted="≤ 1 %",
        ours=f"{100 * statistics.mean(alarms):.1f} %",
        others="never 0",
    )


def _build_public_dialogue(row: Mapping[str, object], language: str, customer: str) -> Dialogue:
    lines = build_utterances(row["turns"], customer)  # type: ignore[arg-type]
    known = Dialogue(id=str(row["id"]), persona="", language=language, lines=lines, labels={})
    return replace(known, id=f"{customer} {known.id}")
