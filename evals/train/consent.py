"""Fits the classifier of a yes to a proposal: ``python -m evals train consent``.

On `evals/cases/consent`: replies to "shall I go ahead?", each file by a writer who saw a guideline and
nothing else. Prints, for each writer, what the rules alone and rules with the classifier of the others find,
then fits on all of them.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.app.wiring import TOOLS
from assistant.conversation.actions.consent import SURE_YES, Consent, may_be_yes, read_consent
from assistant.models.embeddings.factory import compute_meaning
from assistant.tools.catalogue import load_tools
from assistant.tools.consent_classifier import (
    BUCKETS,
    NGRAM_SCALE,
    VECTOR_SCALE,
    ConsentWeights,
    compute_probability,
    hash_letters,
)
from evals.data.dialogues import load_json_lines
from evals.data.embedding_cache import CACHE
from evals.quality.pipeline import build_local_embedder

CASES = Path(__file__).parents[1] / "cases" / "consent"
WEIGHTS = Path(__file__).parents[2] / "assistant" / "tools" / "consent.json"
L2 = 2e-4
STEPS = 600
#: Digits of the written weights.
DIGITS = 4

Array = NDArray[np.float64]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A reply with its embedding; *allowed*: nothing in it speaks against a yes."""

    row: Row
    vector: tuple[float, ...]
    is_yes: bool
    by_rule: Consent
    allowed: bool


def main() -> None:
    writers = {path.stem: asyncio.run(load_replies(path)) for path in sorted(CASES.glob("*.jsonl"))}
    for held, replies in writers.items():
        others = [reply for name, some in writers.items() if name != held for reply in some]
        weights = fit_weights(others)
        print(held, "rules:", count_found([reply.by_rule is Consent.YES for reply in replies], replies))
        print(held, "rules and classifier:", count_found(decide(weights, replies), replies), flush=True)
    weights = fit_weights([reply for some in writers.values() for reply in some])
    WEIGHTS.write_text(json.dumps(format_weights(weights)) + "\n", encoding="utf-8")


async def load_replies(path: Path) -> list[Reply]:
    tools, embedder = load_tools(TOOLS), build_local_embedder(Path(CACHE))
    words = {name: list(tool.consent_words.values()) for name, tool in tools.items()}
    found = []
    for row in load_json_lines(path):
        if row["type"] != "answer":
            continue
        own = words[row["tool"]]
        others = [word for name, some in words.items() if name != row["tool"] for word in some]
        found.append(
            Reply(
                row=row,
                vector=tuple((await compute_meaning(embedder, row["text"])).vector),
                is_yes=row["means"] == "yes",
                by_rule=read_consent(row["text"], own),
                allowed=may_be_yes(row["text"], own, others),
            )
        )
    return found


def decide(weights: ConsentWeights, replies: Sequence[Reply]) -> list[bool]:
    return [
        reply.by_rule is Consent.YES
        or (
            reply.by_rule is Consent.UNCLEAR
            and reply.allowed
            and compute_probability(weights, reply.vector, reply.row["text"]) >= SURE_YES
        )
        for reply in replies
    ]


def count_found(said: Sequence[bool], replies: Sequence[Reply]) -> str:
    right = sum(yes and reply.is_yes for yes, reply in zip(said, replies, strict=True))
    wrong = sum(yes and not reply.is_yes for yes, reply in zip(said, replies, strict=True))
    every = sum(reply.is_yes for reply in replies)
    return f"{right} of {every} found, {wrong} of {len(replies) - every} taken for a yes"


def fit_weights(replies: Sequence[Reply]) -> ConsentWeights:
    """Logistic regression by accelerated gradient descent (Nesterov 1983)."""
    vectors: Array = np.array([reply.vector for reply in replies])
    mean = vectors.mean(axis=0)
    letters = np.zeros((len(replies), BUCKETS))
    for row, reply in enumerate(replies):
        for bucket, count in hash_letters(reply.row["text"]).items():
            letters[row, bucket] = count
    letters /= np.linalg.norm(letters, axis=1, keepdims=True) + 1e-9
    matrix = np.concatenate([(vectors - mean) * VECTOR_SCALE, letters * NGRAM_SCALE], axis=1)
    targets: Array = np.array([float(reply.is_yes) for reply in replies])
    rate = 1 / float(0.25 * np.linalg.norm(matrix, 2) ** 2 / len(replies) + 2 * L2)
    weights, bias = np.zeros(matrix.shape[1]), 0.0
    last_weights, last_bias, momentum = weights, bias, 1.0
    for _ in range(STEPS):
        errors = 1 / (1 + np.exp(-(matrix @ weights + bias))) - targets
        new_weights = weights - rate * (matrix.T @ errors / len(replies) + 2 * L2 * weights)
        new_bias = bias - rate * float(errors.mean())
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        push = (momentum - 1) / following
        weights = new_weights + push * (new_weights - last_weights)
        bias = new_bias + push * (new_bias - last_bias)
        last_weights, last_bias, momentum = new_weights, new_bias, float(following)
    size = vectors.shape[1]
    return ConsentWeights(
        mean=tuple(mean.tolist()),
        vector=tuple(last_weights[:size].tolist()),
        ngrams={n: float(w) for n, w in enumerate(last_weights[size:].tolist()) if round(w, DIGITS)},
        bias=last_bias,
    )


def format_weights(weights: ConsentWeights) -> dict[str, Any]:
    return {
        "mean": [round(value, DIGITS) for value in weights.mean],
        "vector": [round(value, DIGITS) for value in weights.vector],
        "ngrams": {str(bucket): round(value, DIGITS) for bucket, value in weights.ngrams.items()},
        "bias": round(weights.bias, DIGITS),
    }


if __name__ == "__main__":
    main()
