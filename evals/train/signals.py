"""Trains the heads of the signals: ``python -m evals train signals --data FOLDER``."""

import argparse
import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.domain.signals import HumanRequest
from assistant.domain.turns import TextEmbedding
from assistant.models.embeddings.factory import build_embedder, compute_meaning
from assistant.signals.classifier import UNIT
from assistant.signals.hashed_ngrams import hash_ngrams
from assistant.signals.human_request import compute_request_features, find_human_request
from assistant.signals.normalization import normalize_text
from evals.data.embedding_fixture import load_kept_meanings
from evals.data.training_sources import HEADS, SOURCES, LineExample, list_texts
from evals.quality.scores import ConfusionCounts, compute_auroc
from evals.train.combiner import (
    LABELS,
    LabelledConversation,
    fit_combiner,
    fit_wish_combiner,
    load_conversations,
)
from evals.train.optimisers import Array, FittedHead, fit_head, score_buckets

WEIGHTS = Path(__file__).parents[2] / "assistant" / "signals" / "classifier.json"


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m evals train signals")
    options.add_argument("--data", type=Path, default=Path("../shared/data/dialogues"))
    options.add_argument(
        "--models", type=Path, default=Path("data/models"), help="where the embedding is kept"
    )
    options.add_argument("--vectors", type=Path, help="keep vectors here between runs")
    chosen = options.parse_args()
    examples = {name: source(chosen.data) for name, source in HEADS.items()}
    known = {signal: load_conversations(chosen.data, signal) for signal in LABELS}
    wanted = list(list_texts(examples))
    wanted += [line for rows in known.values() for talk in rows for line in talk.list_customer_texts()]
    name, meanings = asyncio.run(embed_texts(list(dict.fromkeys(wanted)), chosen.models, chosen.vectors))
    WEIGHTS.write_text(train_heads(chosen.data, name, meanings, examples, known), "utf-8")
    print(f"written: {WEIGHTS} ({WEIGHTS.stat().st_size // 1024} kB)")


async def embed_texts(
    wanted: Sequence[str], models: Path, kept: Path | None
) -> tuple[str, dict[str, TextEmbedding]]:
    embedder = build_embedder("local", models)
    meanings = load_kept_meanings(kept) if kept is not None and kept.is_file() else {}
    missing = [text for text in wanted if text not in meanings]
    for place, text in enumerate(missing):
        meanings[text] = await compute_meaning(embedder, text)
        if place % 2_000 == 0:
            print(f"embedding {place} of {len(missing)}", flush=True)
    if kept is not None and missing:
        vectors, tones = (
            np.array([getattr(each, part) for each in meanings.values()], np.float32)
            for part in ("vector", "mid_layer")
        )
        np.savez(kept, texts=np.array(list(meanings)), vectors=vectors, tones=tones)
    return embedder.name, meanings


def train_heads(
    data: Path,
    embedding: str,
    meanings: Mapping[str, TextEmbedding],
    examples: Mapping[str, list[LineExample]],
    known: Mapping[str, list[LabelledConversation]],
) -> str:
    heads, joined = {}, {}
    for name, rows in examples.items():
        trained = HeadTrainer(rows, meanings)
        heads[name] = _serialize_head(trained.fit_whole(), trained.tones)
        print(f"{name}: {len(rows)} examples")
        both, words = trained.compute_cross_validated_scores(heads[name]["bias_alone"])
        if name in known:
            joined[name] = fit_combiner(name, known[name], both, meanings)
            joined[f"{name}_alone"] = fit_combiner(name, known[name], words, None)
        else:
            joined[name] = fit_wish_combiner(data, both)
            joined[f"{name}_alone"] = fit_wish_combiner(data, words)
    written = {
        "made by": "python -m evals train signals",
        "sources": SOURCES,
        "left out": measure_left_out(examples, meanings, joined["wish"]),
        "embedding": embedding,
        "joined": joined,
        "heads": heads,
    }
    packed = json.dumps(written, ensure_ascii=False, separators=(",", ":"))
    return re.sub(r'("(?:pieces|tone|joined|heads)":)', r"\n\1", packed) + "\n"


def measure_left_out(
    examples: Mapping[str, list[LineExample]],
    meanings: Mapping[str, TextEmbedding],
    joined: Mapping[str, float],
) -> dict[str, float]:
    """How the heads do on each source of other people's when they have learned nothing from it."""
    found = {}
    for name, source in (
        ("wish", "nlupp"),
        ("wish", "bitext"),
        ("frustration", "naist"),
        ("frustration", "reddit"),
    ):
        trained = HeadTrainer(examples[name], meanings)
        there = np.array([row.source == source for row in examples[name]])
        chosen = there & np.array([row.embedded for row in examples[name]])
        head = trained.fit_rows(~there)
        heard = head.compute_scores(
            trained.tones[chosen], [trained.buckets[i] for i in np.flatnonzero(chosen)]
        )
        yes = trained.targets[chosen] > 0.5
        rows = [examples[name][i] for i in np.flatnonzero(chosen)]
        if name == "frustration":
            clear = yes | (trained.targets[chosen] == 0)
            found[f"{source}: AUROC"] = round(compute_auroc(heard[clear].tolist(), yes[clear].tolist()), 3)
            continue
        said = [
            asks_for_person(row.text, value, joined) for row, value in zip(rows, heard.tolist(), strict=True)
        ]
        hits = ConfusionCounts.from_labels(said, yes.tolist())
        found[f"{source}: F1"], found[f"{source}: recall"] = round(hits.f1, 3), round(hits.recall, 3)
    return found


def asks_for_person(text: str, heard: float, joined: Mapping[str, float]) -> bool:
    """Whether matcher and ear together take *text* for a wish for a person."""
    found = find_human_request(normalize_text(text))
    logit = sum(joined[name] * value for name, value in compute_request_features(found, heard).items())
    return found.request is HumanRequest.CLEAR or logit >= 0


class HeadTrainer:
    """The examples of one head in numbers."""

    def __init__(self, rows: Sequence[LineExample], meanings: Mapping[str, TextEmbedding]) -> None:
        domains = {"service": 0} | {
            name: place
            for place, name in enumerate(sorted({row.domain for row in rows} - {"service"}), start=1)
        }
        self.rows = rows
        unknown = np.full(len(next(iter(meanings.values())).mid_layer), np.nan)
        self.tones = np.array([meanings[row.text].mid_layer if row.embedded else unknown for row in rows])
        self.buckets = [np.array(hash_ngrams(normalize_text(row.text)), np.int64) for row in rows]
        self.targets = np.array([row.target for row in rows])
        self.weights = np.array([row.weight for row in rows])
        self.domains = np.array([domains[row.domain] for row in rows])
        self.folds = np.array([row.fold for row in rows])

    def fit_whole(self) -> FittedHead:
        return self.fit_rows(np.ones(len(self.rows), bool))

    def fit_rows(self, chosen: Any) -> FittedHead:
        places = np.flatnonzero(chosen)
        return fit_head(
            self.tones[places],
            [self.buckets[i] for i in places],
            self.targets[places],
            self.weights[places],
            self.domains[places],
        )

    def compute_cross_validated_scores(self, bias_alone: float) -> tuple[dict[str, float], dict[str, float]]:
        """Text -> what heads that never saw it hear: with its tone, and in the words alone."""
        words = np.zeros(len(self.rows))
        both = np.zeros(len(self.rows))
        for fold in np.unique(self.folds):
            head, there = self.fit_rows(self.folds != fold), self.folds == fold
            words[there] = score_buckets(head.pieces, self.buckets)[there] + bias_alone
            both[there] = head.compute_scores(self.tones, self.buckets)[there]
        both = np.where(np.isnan(both), words, both)
        names = [row.text for row in self.rows]
        return dict(zip(names, both.tolist(), strict=True)), dict(zip(names, words.tolist(), strict=True))


def _serialize_head(head: FittedHead, tones: Array) -> dict[str, Any]:
    return {
        "bias": round(head.bias, 4),
        "bias_alone": round(head.bias + float(np.nanmean(tones @ head.vector)), 4),
        "tone": [round(weight * UNIT) for weight in head.vector.tolist()],
        "pieces": [round(weight * UNIT) for weight in head.pieces.tolist()],
    }
