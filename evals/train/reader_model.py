"""The reader in PyTorch: layers, batches, losses.

Shapes: W windows of a batch, padded to T tokens; H numbers of a token's state; U units (sentences, items,
rows) of all windows of the batch, in order. Scores are logits.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F

if TYPE_CHECKING:
    from assistant.models.embeddings.e5_weights import E5Weights
    from evals.train.reader_examples import ReaderExample, WindowExample

RANK = 32
#: Tokens of a batch, padding included.
BATCH_TOKENS = 6_000
#: Questions that are sorted by length together, in random order.
POOL = 512
#: The tokenizer's id for padding.
PADDING = 1


class LowRankLinear(nn.Module):
    """A fixed matrix with a learned change of rank RANK and a learned bias (LoRA)."""

    def __init__(self, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> None:
        """*weight* is (outputs, inputs)."""
        super().__init__()
        outputs, inputs = weight.shape
        self.register_buffer("weight", torch.tensor(np.array(weight)).bfloat16())
        self.bias = nn.Parameter(torch.tensor(np.array(bias)))
        self.down = nn.Parameter(torch.randn(RANK, inputs) / math.sqrt(inputs))
        self.up = nn.Parameter(torch.zeros(outputs, RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.bfloat16()
        changed = F.linear(F.linear(x, self.down.bfloat16()), self.up.bfloat16(), self.bias.bfloat16())
        return F.linear(x, self.weight) + changed


class PackagedLayerNorm(nn.Module):
    """A layer norm initialised with the packaged weights."""

    def __init__(self, weights: E5Weights, name: str) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(np.array(weights.read_floats(f"{name}.w"))))
        self.bias = nn.Parameter(torch.tensor(np.array(weights.read_floats(f"{name}.b"))))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.layer_norm(x.float(), self.weight.shape, self.weight, self.bias, 1e-12)


class EncoderLayer(nn.Module):
    """Self-attention and the two dense layers after it."""

    def __init__(self, weights: E5Weights, layer: int) -> None:
        super().__init__()
        hidden, inner, self.heads = weights.shape.hidden, weights.shape.inner, weights.shape.heads

        def build_dense(name: str, columns: int) -> LowRankLinear:
            key = f"l{layer}.{name}"
            return LowRankLinear(weights.read_matrix(f"{key}.w", columns), weights.read_floats(f"{key}.b"))

        self.q, self.k, self.v, self.ao, self.fi = (
            build_dense(name, hidden) for name in ("q", "k", "v", "ao", "fi")
        )
        self.fo = build_dense("fo", inner)
        self.aln, self.oln = (
            PackagedLayerNorm(weights, f"l{layer}.aln"),
            PackagedLayerNorm(weights, f"l{layer}.oln"),
        )

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """*x* (W, T, H); *mask* is added to attention, (W, 1, 1, T)."""
        batch, length, hidden = x.shape
        q, k, v = (
            part(x).view(batch, length, self.heads, -1).transpose(1, 2) for part in (self.q, self.k, self.v)
        )
        # Plain products: PyTorch's fused attention takes twice as long on a CPU.
        weights = torch.softmax(q @ k.transpose(2, 3) * (q.shape[3] ** -0.5) + mask, -1)
        seen = weights @ v
        x = self.aln(x + self.ao(seen.transpose(1, 2).reshape(batch, length, hidden)))
        return self.oln(x + self.fo(F.gelu(self.fi(x))))


class ReaderNetwork(nn.Module):
    """Token ids to the product's logits: of each token, and of the window."""

    def __init__(self, weights: E5Weights, token_outputs: int = 4, window_outputs: int = 1) -> None:
        """Outputs per token, for the reader: answers, is needed; two more that checkpoints have."""
        super().__init__()
        width = weights.shape.hidden
        self.register_buffer(
            "words", torch.tensor(np.concatenate(list(weights.read_word_table()))).bfloat16()
        )
        positions = (
            weights.read_floats("emb.pos").reshape(-1, width) + weights.read_floats("emb.type")[:width]
        )
        self.register_buffer("positions", torch.tensor(positions))
        #: Added to the question's tokens.
        self.segment = nn.Parameter(torch.zeros(width))
        self.norm = PackagedLayerNorm(weights, "emb.ln")
        self.layers = nn.ModuleList(EncoderLayer(weights, i) for i in range(weights.shape.layers))
        self.token_head, self.window_head = nn.Linear(width, token_outputs), nn.Linear(width, window_outputs)

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor, starts: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """A WindowBatch's tensors to logits of tokens (W, T, outputs) and of windows (W, outputs)."""
        x = self.compute_states(ids, mask, starts)
        return self.token_head(x), self.window_head(x[:, 0])

    def compute_states(self, ids: torch.Tensor, mask: torch.Tensor, starts: torch.Tensor) -> torch.Tensor:
        """A WindowBatch's tensors to the states of the last layer (W, T, H)."""
        places = torch.arange(ids.shape[1])
        x = self.words[ids].float() + self.positions[: ids.shape[1]]
        x = x + (places[None] < starts[:, None])[..., None] * self.segment
        x = self.norm(x)
        bias = torch.zeros(mask.shape).masked_fill(~mask, -1e4)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias.bfloat16())
        return x


@dataclass(frozen=True, slots=True)
class WindowBatch:
    """Windows of some questions, padded to the longest."""

    #: Token ids, and 1 where there is no padding; (W, T).
    ids: torch.Tensor
    mask: torch.Tensor
    #: Index of the passage's first token in each window; (W).
    starts: torch.Tensor
    windows: list[WindowExample]
    #: Index of the question of each window; (W).
    groups: torch.Tensor

    @classmethod
    def from_questions(cls, questions: Sequence[Sequence[WindowExample]]) -> WindowBatch:
        """The batch of the windows of each question."""
        members = [(n, window) for n, windows in enumerate(questions) for window in windows]
        longest = max(len(w["ids"]) for _, w in members)
        ids = np.full((len(members), longest), PADDING, np.int64)
        mask = np.zeros((len(members), longest), bool)
        for row, (_, w) in enumerate(members):
            ids[row, : len(w["ids"])] = w["ids"]
            mask[row, : len(w["ids"])] = True
        return cls(
            torch.tensor(ids),
            torch.tensor(mask),
            torch.tensor([w["passage_start"] for _, w in members]),
            [w for _, w in members],
            torch.tensor([n for n, _ in members]),
        )


def build_batches(
    groups: Sequence[ReaderExample], most_windows: int, chance: random.Random
) -> Iterator[WindowBatch]:
    """Batches of whole questions of similar length, in random order."""
    chosen = [_sample_windows(group["windows"], most_windows, chance) for group in groups]
    order = list(range(len(chosen)))
    chance.shuffle(order)
    made: list[list[int]] = []
    for start in range(0, len(order), POOL):
        made += _fill_batches(order[start : start + POOL], chosen)
    chance.shuffle(made)
    for members in made:
        yield WindowBatch.from_questions([chosen[i] for i in members])


def _sample_windows(
    windows: list[WindowExample], most: int, chance: random.Random
) -> Sequence[WindowExample]:
    """At most two windows that answer; of the others the best-ranked are sampled more often."""
    if len(windows) <= most:
        return windows
    right = [w for w in windows if w["answers"]]
    rest = [w for w in windows if not w["answers"]]
    places = [n * chance.random() for n in range(len(rest))]
    others = [rest[n] for n in sorted(range(len(rest)), key=places.__getitem__)]
    return [*right[:2], *others][:most]


def _fill_batches(pool: Sequence[int], chosen: Sequence[Sequence[WindowExample]]) -> Iterator[list[int]]:
    """The questions of *pool*, shortest first, in groups of at most BATCH_TOKENS tokens."""
    longest = {i: max(len(w["ids"]) for w in chosen[i]) for i in pool}
    run: list[int] = []
    size = 0
    for i in sorted(pool, key=longest.__getitem__):
        count = len(chosen[i])
        if run and (size + count) * longest[i] > BATCH_TOKENS:
            yield run
            run, size = [], 0
        run.append(i)
        size += count
    yield run


def compute_unit_logits(tokens: torch.Tensor, batch: WindowBatch) -> tuple[torch.Tensor, torch.Tensor]:
    """The mean over each unit's tokens (U, 4), and the index of its window (U)."""
    sums = torch.cat([torch.zeros_like(tokens[:, :1]), tokens.cumsum(1)], 1)
    index = [(row, a, b) for row, w in enumerate(batch.windows) for a, b in w["spans"]]
    if not index:
        return torch.zeros(0, tokens.shape[2]), torch.zeros(0, dtype=torch.long)
    rows, starts, ends = torch.tensor(index).T
    return (sums[rows, ends] - sums[rows, starts]) / (ends - starts)[:, None], rows


def compute_loss(
    model: ReaderNetwork, batch: WindowBatch, *, warm: bool
) -> tuple[torch.Tensor, dict[str, float]]:
    """The loss, and its parts for the log; *warm*: the needed units are not labelled."""
    tokens, gates = model(batch.ids, batch.mask, batch.starts)
    windows = gates[:, 0]
    answers = torch.tensor([float(w["answers"]) for w in batch.windows])
    gate = F.binary_cross_entropy_with_logits(windows, answers, weight=1 + answers)
    group = _compute_group_loss(windows, answers, batch.groups)
    units, owner = compute_unit_logits(tokens, batch)
    unit = _compute_unit_loss(units, answers[owner], batch, warm=warm)
    total = gate + group + 2.0 * unit
    return total, {"gate": gate.item(), "group": group.item(), "unit": unit.item()}


def _compute_group_loss(windows: torch.Tensor, answers: torch.Tensor, groups: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of a softmax over a question's windows and a null of zero, for "none"."""
    count = int(groups.max()) + 1
    exp = windows.clamp(-15, 15).exp()
    every = torch.zeros(count).index_add(0, groups, exp) + 1
    right = torch.zeros(count).index_add(0, groups, exp * answers)
    has = torch.zeros(count).index_add(0, groups, answers) > 0
    right = torch.where(has, right, torch.ones(count))
    return -(right / every).log().mean()


def _compute_unit_loss(
    units: torch.Tensor, inside: torch.Tensor, batch: WindowBatch, *, warm: bool
) -> torch.Tensor:
    """Cross-entropies of the units that answer and that are needed; *inside* is 1 in windows that
    answer (U).
    """
    labels = torch.tensor([x for w in batch.windows for x in w["labels"]])
    needs = torch.tensor([x for w in batch.windows for x in w["needs"]])
    known = labels >= 0
    if not known.any():
        return torch.tensor(0.0)
    answers = _compute_weighted_mean(units[:, 0], labels, known * (0.3 + 2.0 * inside + 1.5 * (labels == 1)))
    weight = (needs >= 0) * inside * (1 + 2 * (needs == 1))
    if warm or weight.sum() <= 0:
        return answers
    return answers + 0.3 * _compute_weighted_mean(units[:, 1], needs, weight)


def _compute_weighted_mean(logits: torch.Tensor, labels: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """The weighted mean of the cross-entropy; an unknown label has no weight."""
    summed = F.binary_cross_entropy_with_logits(
        logits, labels.clamp(0).float(), weight=weight, reduction="sum"
    )
    return summed / weight.sum()
