"""Learns how search weighs its arms and what its scores mean: ``python -m evals train retrieval``.

Writes assistant/knowledge/fusion.json and prints what the weights reach on sets that they never saw.
"""

import argparse
import asyncio
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.knowledge import fusion
from assistant.knowledge.features import FINE, Candidates, only
from assistant.knowledge.fusion import Weights
from evals.embedding_cache import RememberingEmbedder
from evals.retrieval_runs import Seen, gain, seen, served
from evals.retrieval_sets import Asked, Collection, learned_from

Vectors = NDArray[np.float32]

#: Questions per set.
MOST = 400
#: Questions of other sets asked of each.
FOREIGN = 150
#: How much near misses and other people's questions count beside those that have an answer.
NEAR, FAR = 0.3, 0.5
#: The share of other people's questions that may be answered at one half.
ANSWERED_FAR = 0.02
RIDGE = 10.0
EPOCHS, BATCH, RATE, DECAY = 5, 32, 3e-3, 3e-4
#: Sets whose other articles may answer as well teach nothing about what answers.
AMBIGUOUS = {"banking77", "clinc150"}


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """One question as the gate sees it."""

    views: Vectors
    context: Vectors
    right: np.ndarray
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class School:
    """A set's questions with their candidates, and other sets' questions with theirs."""

    collection: Collection
    own: list[Seen]
    foreign: list[Seen]


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals train retrieval", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/retrieval"))
    data: Path = parser.parse_args().data
    schools = asyncio.run(_schools(list(learned_from(data))))
    report_held_out(schools)
    weights = learn(schools)
    kept = {name: np.round(getattr(weights, name), 4).tolist() for name in Weights.__slots__}
    about = {
        "made_by": "python -m evals train retrieval",
        "learned_from": sorted({school.collection.name for school in schools}),
        "licences": "BERT-FAQ (MIT, texts CC BY-SA), JSQuAD (CC BY-SA 4.0), mackerelio/documents (MIT), "
        "banking77 (CC BY 4.0), clinc150 (CC BY 3.0); the weights hold no text of them",
    }
    fusion.FILE.write_text(json.dumps(about | {"weights": kept}) + "\n", encoding="utf-8")


async def _schools(collections: list[Collection]) -> list[School]:
    embedder, schools = RememberingEmbedder(), []
    for collection in collections:
        retriever, database = await served(collection, embedder)
        own = _some(collection.questions, MOST)
        others = [q for c in collections if c.family != collection.family for q in _some(c.questions, 60)]
        foreign = _some(others, FOREIGN)
        school = School(
            collection,
            await seen(retriever, own),
            await seen(retriever, [replace(q, relevant={}) for q in foreign]),
        )
        database.close()
        print(f"{collection.name}: {len(collection.articles)} articles, {len(own)} questions", flush=True)
        schools.append(school)
    return schools


def _some(questions: Sequence[Asked], most: int) -> list[Asked]:
    return random.Random(7).sample(questions, min(most, len(questions)))


def report_held_out(schools: list[School]) -> None:
    """What weights reach on each family that they did not learn from."""
    for family in sorted({school.collection.family for school in schools}):
        weights = learn([school for school in schools if school.collection.family != family])
        for school in schools:
            if school.collection.family == family:
                print(f"held out {school.collection.name:22} {_measured(school, weights)}", flush=True)


def _measured(school: School, weights: Weights) -> str:
    gains = [gain(_order(each, weights), each.asked.relevant) for each in school.own]
    known = [_best(each.candidates, weights) for each in school.own if each.right.any()]
    near = [_best(without, weights) for each in school.own if (without := _without_right(each))]
    far = [_best(each.candidates, weights) for each in school.foreign]
    return (
        f"nDCG@10 {np.mean(gains):.3f}  AUROC far {auroc(known, far):.3f} near {auroc(known, near):.3f}  "
        f"answered: own {np.mean(np.array(known) >= 0.5):.2f} near {np.mean(np.array(near) >= 0.5):.2f} "
        f"far {np.mean(np.array(far) >= 0.5):.3f}"
    )


def _order(each: Seen, weights: Weights) -> list[str]:
    ranked = fusion.ranks(each.candidates, weights)
    return [each.articles[row] for row in np.argsort(-ranked, kind="stable")]


def _best(candidates: Candidates, weights: Weights) -> float:
    return float(fusion.probabilities(candidates, fusion.ranks(candidates, weights), weights).max())


def auroc(higher: Sequence[float], lower: Sequence[float]) -> float:
    """How often one of *higher* is above one of *lower*."""
    ups, downs = np.array(higher)[:, None], np.array(lower)[None, :]
    return float(((ups > downs) + 0.5 * (ups == downs)).mean())


def learn(schools: list[School]) -> Weights:
    gate, mean, scale = _learn_gate([lesson for school in schools for lesson in _lessons(school)])
    empty = np.zeros(0, np.float32)
    half = Weights(gate=gate, gate_mean=mean, gate_scale=scale, sure=empty, sure_mean=empty, sure_scale=empty)
    sure, sure_mean, sure_scale = _learn_sure(
        [s for s in schools if s.collection.family not in AMBIGUOUS], half
    )
    return replace(half, sure=sure, sure_mean=sure_mean, sure_scale=sure_scale)


# -- the gate: which arm counts how much


def _lessons(school: School) -> Iterator[Lesson]:
    """Each question as it is, from a smaller knowledge base, and some without token vectors."""
    dice = np.random.default_rng(7)
    found = [each for each in school.own if each.right.any()]
    for each in found:
        rows = (dice.random(len(each.right)) < dice.uniform(0.25, 0.9)) | each.right
        for candidates, right in (
            (each.candidates, each.right),
            (only(each.candidates, rows), each.right[rows]),
        ):
            blind = _without_tokens(candidates) if dice.random() < 0.2 else candidates
            yield Lesson(fusion.views(blind.arms), fusion.context(blind), right, 1 / len(found))


def _without_tokens(candidates: Candidates) -> Candidates:
    arms = candidates.arms.copy()
    arms[:, FINE:] = 0
    return replace(candidates, arms=arms)


def _without_right(each: Seen) -> Candidates | None:
    """The same question to a knowledge base that lacks its answer."""
    return None if each.right.all() else only(each.candidates, ~each.right)


def _learn_gate(lessons: list[Lesson]) -> tuple[Vectors, Vectors, Vectors]:
    """Adam on the likelihood of the right candidates; the counts that the gate gives are never negative."""
    contexts = np.stack([lesson.context for lesson in lessons])
    mean, scale = contexts.mean(axis=0), contexts.std(axis=0) + 1e-2
    mean[0], scale[0] = 0, 1
    usual = np.mean([lesson.weight for lesson in lessons])
    dice = np.random.default_rng(7)
    gate = dice.normal(0, 0.01, (contexts.shape[1], lessons[0].views.shape[1]))
    gate[0] = -2.5
    speed, force = np.zeros_like(gate), np.zeros_like(gate)
    steps = EPOCHS * (len(lessons) // BATCH)
    for step in range(1, steps + 1):
        slope = DECAY * gate
        slope[0] = 0
        for place in dice.integers(0, len(lessons), BATCH):
            lesson = lessons[place]
            asked = np.clip((lesson.context - mean) / scale, -3, 3)
            slope += _slope(lesson, asked, gate) * (lesson.weight / usual / BATCH)
        speed, force = 0.9 * speed + 0.1 * slope, 0.999 * force + 0.001 * slope**2
        pace = RATE * min(1.0, step / 50) * (1 - step / (steps + 1))
        gate -= pace * (speed / (1 - 0.9**step)) / (np.sqrt(force / (1 - 0.999**step)) + 1e-8)
    return gate.astype(np.float32), mean.astype(np.float32), scale.astype(np.float32)


def _slope(lesson: Lesson, asked: Vectors, gate: np.ndarray) -> np.ndarray:
    raw = asked @ gate
    scores = lesson.views @ np.logaddexp(0, raw)
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    wanted = shares * lesson.right
    wanted /= max(float(wanted.sum()), 1e-12)
    counts = lesson.views.T @ (shares - wanted)
    return np.outer(asked, counts / (1 + np.exp(-raw)))


# -- sureness: what a score means


def _learn_sure(schools: list[School], weights: Weights) -> tuple[Vectors, Vectors, Vectors]:
    """Logistic regression on the first candidate of every question, with an answer and without."""
    rows, rights, counts, foreign = [], [], [], []
    for school in schools:
        kinds = (
            (1.0, [(each.candidates, each.right) for each in school.own]),
            (NEAR, [(w, np.zeros(len(w.arms), bool)) for each in school.own if (w := _without_right(each))]),
            (FAR, [(each.candidates, each.right) for each in school.foreign]),
        )
        for share, parts in kinds:
            for candidates, right in parts:
                ranked = fusion.ranks(candidates, weights)
                first = int(np.argmax(ranked))
                rows.append(fusion.evidence(candidates)[first])
                rights.append(float(right[first]))
                counts.append(share / len(parts))
                foreign.append(share == FAR)
    told, weight = np.stack(rows), np.array(counts)
    mean, scale = told.mean(axis=0), told.std(axis=0) + 1e-3
    told = np.clip((told - mean) / scale, -4, 4)
    told = np.concatenate([np.ones((len(told), 1)), told], axis=1)
    sure = _logistic(told, np.array(rights), weight / weight.mean())
    # One half is where few of other people's questions are answered, whatever the mixture here.
    sure[0] -= np.quantile((told @ sure)[np.array(foreign)], 1 - ANSWERED_FAR)
    return sure, mean, scale


def _logistic(told: np.ndarray, right: np.ndarray, weight: np.ndarray) -> Vectors:
    """Newton's method with a ridge that leaves the first column, the bias, free."""
    found = np.zeros(told.shape[1])
    ridge = np.full(told.shape[1], RIDGE)
    ridge[0] = 1e-3
    for _ in range(30):
        likely = 1 / (1 + np.exp(-told @ found))
        slope = told.T @ (weight * (likely - right)) + ridge * found
        bend = (told * (weight * likely * (1 - likely))[:, None]).T @ told + np.diag(ridge)
        found -= np.linalg.solve(bend, slope)
    return found.astype(np.float32)


if __name__ == "__main__":
    main()
