"""The part of ``python -m evals signals --public`` that measures on public sets of the data folder."""

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from evals.dialogues import Dialogue, rows, said
from evals.scores import auroc
from evals.signals import Bench, Row, is_handed_over
from evals.training_sources import held_out


def public_rows(bench: Bench, data: Path) -> Iterator[Row]:
    """Every row; *data* is ../shared/data/dialogues."""
    for measure in (_anger, _satisfaction, _calm_sets):
        yield from measure(bench, data)


def _anger(bench: Bench, data: Path) -> Iterator[Row]:
    """NAIST's held fifth: most annotators say anger, against turns where none does."""
    scores: list[float] = []
    shares: list[float] = []
    for row in rows(data / "naist_persuasion.jsonl"):
        if held_out(row["id"]):
            dialogue = _public(row, "ja", "user")
            for turn in bench.replay(dialogue):
                emotions = row["turns"][turn.index]["emotions"]
                shares.append(emotions.count("怒り") / len(emotions))
                scores.append(turn.signals.frustration)
    clear = [place for place, share in enumerate(shares) if share > 0.5 or share == 0]
    agreed = auroc([scores[i] for i in clear], [shares[i] > 0.5 for i in clear])
    yield Row(measure="naist anger, agreed turns, AUROC", wanted="≥ .83", ours=f"{agreed:.3f}")


def _satisfaction(bench: Bench, data: Path, most: int = 250) -> Iterator[Row]:
    """Recommendation talk, nothing of which was learned: a majority dissatisfied against nobody."""
    for name in ("uss_redial", "uss_ccpe"):
        scores: list[float] = []
        labels: list[bool] = []
        for row in list(rows(data / f"{name}.jsonl"))[:most]:
            dialogue = _public(row, "en", "user")
            for turn in bench.replay(dialogue):
                votes = row["turns"][turn.index].get("satisfaction") or []
                low = sum(vote < 3 for vote in votes)
                if votes and (low == 0 or low > len(votes) / 2):
                    scores.append(1 - (1 - turn.signals.frustration) * (1 - turn.signals.reply_missed))
                    labels.append(low > 0)
        yield Row(
            measure=f"{name}, dissatisfied turns, AUROC ({sum(labels)} of {len(labels)})",
            wanted="≥ .80",
            ours=f"{auroc(scores, labels):.3f}",
        )


def _calm_sets(bench: Bench, data: Path) -> Iterator[Row]:
    calm = [_public(row, "ja", "customer") for row in rows(data / "asdc.jsonl")]
    alarms = [is_handed_over(bench.replay(dialogue)) for dialogue in calm]
    yield Row(
        measure=f"asdc, calm dialogues handed over ({len(calm)})",
        wanted="≤ 1 %",
        ours=f"{100 * statistics.mean(alarms):.1f} %",
    )


def _public(row: Mapping[str, object], language: str, customer: str) -> Dialogue:
    lines = said(row["turns"], customer)  # type: ignore[arg-type]
    known = Dialogue(id=str(row["id"]), persona="", language=language, lines=lines, labels={})
    return replace(known, id=f"{customer} {known.id}")
