"""Trains the turn encoder: ``python -m evals train turns``; needs PyTorch: ``pip install torch==2.13.0``.

As with the reader, the shipped E5 weights stay and a low-rank change of them is learned. One output for each
of TURN_LABELS (`assistant/domain/turns.py`), from the mean over the turn's own tokens and the first token; a
label that is unknown for a turn is ignored:

    python -m evals train turns --out turns.pt --export assistant/models/embeddings/turns.npz
    python -m evals calibrate_turns
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional as F

from assistant.answering.reader.turn_encoding import encode_turn
from assistant.domain.turns import TURN_LABELS
from assistant.models.embeddings.e5_cache import prepare_e5
from assistant.models.embeddings.e5_weights import E5Weights, find_packaged_weights
from evals.data.embedding_cache import CACHE
from evals.data.turn_examples import (
    CALIBRATION,
    MEASURED,
    TurnExample,
    load_help_turns,
    load_own_turns,
    load_public_turns,
    load_single_lines,
    load_written_turns,
)
from evals.quality.scores import compute_auroc
from evals.train.reader_export import export_adapter
from evals.train.reader_model import PADDING, ReaderNetwork

SEED = 11
MAX_GRADIENT_NORM = 1.0
WEIGHT_DECAY = 0.02
WARM_UP_STEPS = 40
#: Steps, rate and regularisation of the heads, which are fitted first.
HEAD_STEPS = 400
HEAD_RATE = 0.02
HEAD_WEIGHT_DECAY = 1e-3
BATCH_TOKENS = 4_500
#: Share of the turns whose earlier lines are hidden in training, so that first lines are read well too.
HIDDEN = 0.12
#: Weight of a positive label relative to a negative one.
RARE = 2.0
#: Weight of each label: the three that decide most come first.
WEIGHTS = {"frustrated": 2.0, "person": 1.5, "unfamiliar": 1.0, "thanks": 0.5, "asks_again": 0.5}
#: Share of the turns with few known labels in an epoch.
SHARE = 0.25
#: Turns that are run for the input scales of the product's quantised layers.
SCALED_TURNS = 120
TELL = 240

Ids = tuple[list[int], int]


@dataclass(frozen=True, slots=True)
class TurnBatch:
    """Turns padded to the longest: ids, mask (N, T), starts (N); labels and their weights (N, labels)."""

    ids: torch.Tensor
    mask: torch.Tensor
    starts: torch.Tensor
    labels: torch.Tensor
    weights: torch.Tensor


def main() -> None:
    chosen = _parse_options()
    torch.manual_seed(SEED)
    chance = random.Random(SEED)
    written = load_written_turns()
    apart = {*chosen.hold, *chosen.calibrate}
    learned = [each for each in written if each.source not in apart]
    learned += [*load_own_turns(), *load_single_lines(), *load_public_turns(chosen.data, chance)]
    learned += load_help_turns(chance)
    held = [each for each in written if each.source in chosen.hold]
    print(f"{len(learned)} turns to learn from, {len(held)} held", flush=True)
    outputs = len(TURN_LABELS)
    model = ReaderNetwork(E5Weights(find_packaged_weights()), token_outputs=outputs, window_outputs=outputs)
    if chosen.start:
        model.load_state_dict(torch.load(chosen.start), strict=False)
    tokenizer = Tokenizer.from_file(str(prepare_e5(CACHE) / "tokenizer.json"))
    tokenizer.no_truncation()
    if not chosen.start:
        fit_heads(model, tokenizer, learned)
        print("heads alone", measure_model(model, tokenizer, held), flush=True)
    train_model(model, tokenizer, learned, held, chosen)
    if chosen.export:
        some = chance.sample(learned, SCALED_TURNS)
        single = [_build_batch([encode_turn(tokenizer, each.text, each.lines)], [each]) for each in some]
        export_adapter(
            model,
            [(b.ids, b.mask, b.starts) for b in single],
            chosen.export,
            {"token_head": outputs, "window_head": outputs},
        )
    for source in chosen.hold:
        print(source, measure_model(model, tokenizer, [e for e in held if e.source == source]), flush=True)


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="evals train turns", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data/dialogues"))
    parser.add_argument("--start", type=Path, help="a checkpoint to begin with")
    parser.add_argument("--out", type=Path, required=True, help="the checkpoint to write")
    parser.add_argument("--hold", nargs="*", default=MEASURED, help="writers that are measured only")
    parser.add_argument(
        "--calibrate", nargs="*", default=CALIBRATION, help="writers that fit the probabilities"
    )
    parser.add_argument("--export", type=Path, help="write the product's file here")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=6e-4)
    return parser.parse_args()


def build_turn_batches(
    tokenizer: Tokenizer, examples: Sequence[TurnExample], chance: random.Random
) -> Iterator[TurnBatch]:
    """Batches of turns of similar length, in random order."""
    ids = [
        encode_turn(tokenizer, each.text, () if chance.random() < HIDDEN else each.lines) for each in examples
    ]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i][0]) + 8 * chance.random())
    made: list[list[int]] = [[]]
    for i in order:
        if made[-1] and (len(made[-1]) + 1) * len(ids[i][0]) > BATCH_TOKENS:
            made.append([])
        made[-1].append(i)
    chance.shuffle(made)
    for members in made:
        yield _build_batch([ids[i] for i in members], [examples[i] for i in members])


def _sample_epoch(learned: Sequence[TurnExample], chance: random.Random) -> list[TurnExample]:
    """Every turn of a dialogue whose labels are all known, and a share of the others."""
    return [each for each in learned if len(each.labels) >= len(TURN_LABELS) - 1 or chance.random() < SHARE]


def _build_batch(ids: Sequence[Ids], examples: Sequence[TurnExample]) -> TurnBatch:
    longest = max(len(each) for each, _ in ids)
    padded = np.full((len(ids), longest), PADDING, np.int64)
    mask = np.zeros((len(ids), longest), bool)
    labels = np.zeros((len(ids), len(TURN_LABELS)), np.float32)
    weights = np.zeros_like(labels)
    for row, ((each, _), example) in enumerate(zip(ids, examples, strict=True)):
        padded[row, : len(each)], mask[row, : len(each)] = each, True
        for name, value in example.labels.items():
            column = TURN_LABELS.index(name)
            labels[row, column] = value
            weights[row, column] = example.weight * WEIGHTS.get(name, 1.0) * (1 + (RARE - 1) * value)
    starts = torch.tensor([start for _, start in ids])
    return TurnBatch(
        torch.tensor(padded), torch.tensor(mask), starts, torch.tensor(labels), torch.tensor(weights)
    )


def train_model(
    model: ReaderNetwork,
    tokenizer: Tokenizer,
    learned: Sequence[TurnExample],
    held: Sequence[TurnExample],
    chosen: argparse.Namespace,
) -> None:
    """Train for the chosen epochs; the rate rises for WARM_UP_STEPS steps and falls to zero as a cosine."""
    chance = random.Random(SEED)
    every = [
        batch
        for _ in range(chosen.epochs)
        for batch in build_turn_batches(tokenizer, _sample_epoch(learned, chance), chance)
    ]
    trained = [p for p in model.parameters() if p.requires_grad]
    print(f"{sum(p.numel() for p in trained):,} numbers are learned in {len(every)} steps", flush=True)
    optimizer = torch.optim.AdamW(trained, lr=chosen.rate, weight_decay=WEIGHT_DECAY)
    told, recent = time.time(), 0.0
    for step, batch in enumerate(every):
        fall = 0.5 * (1 + math.cos(math.pi * step / len(every)))
        for each in optimizer.param_groups:
            each["lr"] = chosen.rate * min(1.0, step / WARM_UP_STEPS) * fall
        logits = compute_turn_logits(model, batch)
        loss = F.binary_cross_entropy_with_logits(logits, batch.labels, batch.weights, reduction="sum")
        loss = loss / batch.weights.sum()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, MAX_GRADIENT_NORM)
        optimizer.step()
        recent = 0.97 * (recent or loss.item()) + 0.03 * loss.item()
        if time.time() - told > TELL:
            told = time.time()
            print(f"step {step} loss {recent:.3f} {measure_model(model, tokenizer, held[::3])}", flush=True)
            _save_model(model, chosen.out)
    _save_model(model, chosen.out)


def compute_turn_logits(model: ReaderNetwork, batch: TurnBatch) -> torch.Tensor:
    """Logits from the mean over the turn's own tokens and from the first token, (N, labels)."""
    mean, first = _pool_states(model, batch)
    return model.token_head(mean) + model.window_head(first)


def _pool_states(model: ReaderNetwork, batch: TurnBatch) -> tuple[torch.Tensor, torch.Tensor]:
    """The mean state of the turn's own tokens, and the state of the first token; (N, H) each."""
    states = model.compute_states(batch.ids, batch.mask, batch.starts)
    inside = torch.arange(batch.ids.shape[1])[None] < batch.starts[:, None]
    return (states * inside[..., None]).sum(1) / inside.sum(1, keepdim=True), states[:, 0]


def fit_heads(model: ReaderNetwork, tokenizer: Tokenizer, learned: Sequence[TurnExample]) -> None:
    """Fit the heads on the initial states, before anything else is trained.

    Fine-tuning then distorts the states less (Kumar et al., Fine-Tuning can Distort Pretrained Features,
    2022).
    """
    pooled, labels, weights = _collect_head_data(model, tokenizer, learned)
    middle, spread = pooled.mean(0), pooled.std(0) + 1e-4
    scaled = (pooled - middle) / spread
    head = nn.Linear(pooled.shape[1], labels.shape[1])
    optimizer = torch.optim.AdamW(head.parameters(), lr=HEAD_RATE, weight_decay=0.0)
    for step in range(HEAD_STEPS):
        for each in optimizer.param_groups:
            each["lr"] = HEAD_RATE * (1 - step / HEAD_STEPS)
        loss = F.binary_cross_entropy_with_logits(head(scaled), labels, weights, reduction="sum")
        loss = loss / weights.sum() + HEAD_WEIGHT_DECAY * head.weight.square().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        weight = head.weight / spread
        bias = head.bias - weight @ middle
        width = model.token_head.in_features
        for part, some in ((model.token_head, weight[:, :width]), (model.window_head, weight[:, width:])):
            part.weight.copy_(some)
            part.bias.copy_(bias / 2)


@torch.no_grad()  # type: ignore[untyped-decorator,unused-ignore]
def _collect_head_data(
    model: ReaderNetwork, tokenizer: Tokenizer, learned: Sequence[TurnExample]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Pooled states (N, 2H), labels and weights (N, labels) of the turns of an epoch."""
    chance = random.Random(SEED)
    parts: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]] = []
    for batch in build_turn_batches(tokenizer, _sample_epoch(learned, chance), chance):
        parts.append((torch.cat(_pool_states(model, batch), 1), batch.labels, batch.weights))
    pooled, labels, weights = (torch.cat(part) for part in zip(*parts, strict=True))
    return pooled, labels, weights


def _save_model(model: ReaderNetwork, out: Path) -> None:
    """The learned parameters; the packaged weights are not in the file."""
    names = dict(model.named_parameters())
    torch.save({k: v for k, v in model.state_dict().items() if k in names}, out)


@torch.no_grad()  # type: ignore[untyped-decorator,unused-ignore]
def compute_logits(model: ReaderNetwork, tokenizer: Tokenizer, examples: Sequence[TurnExample]) -> np.ndarray:
    """Logits of the examples, (N, labels)."""
    model.eval()
    found = np.zeros((len(examples), len(TURN_LABELS)), np.float32)
    ids = [encode_turn(tokenizer, each.text, each.lines) for each in examples]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i][0]))
    for start in range(0, len(order), 24):
        members = order[start : start + 24]
        batch = _build_batch([ids[i] for i in members], [examples[i] for i in members])
        found[members] = compute_turn_logits(model, batch).numpy()
    model.train()
    return found


def measure_model(
    model: ReaderNetwork, tokenizer: Tokenizer, examples: Sequence[TurnExample]
) -> dict[str, float]:
    """AUROC of each label that some of the examples have."""
    logits = compute_logits(model, tokenizer, examples)
    found = {}
    for column, label in enumerate(TURN_LABELS):
        known = [i for i, each in enumerate(examples) if label in each.labels]
        marked = [examples[i].labels[label] > 0.5 for i in known]
        if any(marked) and not all(marked):
            found[label] = round(compute_auroc([float(logits[i, column]) for i in known], marked), 3)
    return found


if __name__ == "__main__":
    main()
