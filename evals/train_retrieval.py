"""Learns how search weighs its arms and what its scores mean: ``python -m evals train retrieval``.

Writes assistant/knowledge/fusion.json and prints what the weights reach on sets that they never saw.
"""

import argparse
import asyncio
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.knowledge import fusion
from assistant.knowledge.features import FINE, Candidates, only
from assistant.knowledge.fusion import Weights, read_weights
from assistant.knowledge.search import COMPARED
from evals.embedding_cache import RememberingEmbedder
from evals.retrieval_runs import Seen, gain, seen, served
from evals.retrieval_sets import Asked, Collection, learned_from, small_talk

Vectors = NDArray[np.float32]

#: Weights of which each never saw one family, to be measured with.
HELD_OUT = Path(__file__).with_name("held_out.json")
#: Families that are reported.
FAMILIES = ("stackfaq", "covidfaq", "jsquad", "mackerel")
#: Questions per set.
MOST = 400
#: Questions of other sets asked of each.
FOREIGN = 150
#: How much near misses and other people's questions count beside those that have an answer.
NEAR, FAR = 0.3, 0.5
#: The share of other people's questions that may be answered at one half.
ANSWERED_FAR = 0.02
RIDGE = 10.0
EPOCHS, BATCH, RATE, DECAY = 5, 32, 3e-3, 3e-2
#: Sets whose other articles may answer as well teach nothing about what answers.
AMBIGUOUS = {"banking77", "clinc150", "bitext", "jnli"}
#: Titles of the other language are no questions, but all that tells how near another language comes.
TITLES, TITLES_COUNT = {"mackerel-ja", "mackerel-en"}, 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """Questions as the gate sees them, a row each; a question's candidates are filled up to ROWS."""

    views: Vectors
    context: Vectors
    right: np.ndarray
    there: np.ndarray
    weight: np.ndarray


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
    schools = asyncio.run(_schools(data))
    unseen = report_held_out(schools)
    HELD_OUT.write_text(
        json.dumps({family: _kept(w) for family, w in unseen.items()}) + "\n", encoding="utf-8"
    )
    about = {
        "made_by": "python -m evals train retrieval",
        "learned_from": sorted({school.collection.name for school in schools}),
        "licences": "BERT-FAQ (MIT, texts CC BY-SA), JSQuAD and JNLI (CC BY-SA 4.0), mackerelio/documents "
        "(MIT), banking77 (CC BY 4.0), clinc150 (CC BY 3.0), bitext (CDLA-Sharing-1.0), MultiDoGO "
        "(CDLA-Permissive-1.0); the weights hold no text of them",
    }
    fusion.FILE.write_text(json.dumps(about | {"weights": _kept(learn(schools))}) + "\n", encoding="utf-8")


def held_out(family: str) -> Weights:
    """Weights that never saw the sets of *family*, to report what the product does on what is new to it."""
    return read_weights(json.loads(HELD_OUT.read_text(encoding="utf-8"))[family])


def _kept(weights: Weights) -> dict[str, Any]:
    return {name: np.round(getattr(weights, name), 4).tolist() for name in Weights.__slots__}


async def _schools(data: Path) -> list[School]:
    collections, chatter = list(learned_from(data)), small_talk(data)
    embedder, schools = RememberingEmbedder(), []
    for collection in collections:
        retriever, database = await served(collection, embedder)
        own = _some(collection.questions, MOST)
        others = [q for c in collections if c.family != collection.family for q in _some(c.questions, 60)]
        foreign = [*(replace(q, relevant={}) for q in _some(others, FOREIGN)), *chatter]
        school = School(collection, await seen(retriever, own), await seen(retriever, foreign))
        database.close()
        print(f"{collection.name}: {len(collection.articles)} articles, {len(own)} questions", flush=True)
        schools.append(school)
    return schools


def _some(questions: Sequence[Asked], most: int) -> list[Asked]:
    return random.Random(7).sample(questions, min(most, len(questions)))


def report_held_out(schools: list[School]) -> dict[str, Weights]:
    """What weights reach on each reported family that they did not learn from; the weights by family."""
    unseen = {}
    for family in FAMILIES:
        unseen[family] = learn([school for school in schools if school.collection.family != family])
        for school in schools:
            if school.collection.family == family:
                print(f"held out {school.collection.name:22} {_measured(school, unseen[family])}", flush=True)
    return unseen


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
    gate, mean, scale = _learn_gate(_together([_lessons(school) for school in schools]))
    empty = np.zeros(0, np.float32)
    half = Weights(gate=gate, gate_mean=mean, gate_scale=scale, sure=empty, sure_mean=empty, sure_scale=empty)
    sure, sure_mean, sure_scale = _learn_sure(
        [s for s in schools if s.collection.family not in AMBIGUOUS], half
    )
    return replace(half, sure=sure, sure_mean=sure_mean, sure_scale=sure_scale)


# -- the gate: which arm counts how much


@cache
def _lessons(school: School) -> Lessons:
    """Each question as it is and from a smaller knowledge base, some of them without token vectors."""
    dice = np.random.default_rng(7)
    found: list[tuple[Vectors, Vectors, np.ndarray]] = []
    for each in school.own:
        rows = (dice.random(len(each.right)) < dice.uniform(0.25, 0.9)) | each.right
        if each.right.any():
            for some in (np.ones_like(rows), rows):
                candidates = only(each.candidates, some)
                blind = _without_tokens(candidates) if dice.random() < 0.2 else candidates
                found.append((fusion.views(blind.arms), fusion.context(blind), each.right[some]))
    views = np.zeros((len(found), COMPARED, found[0][0].shape[1]), np.float32)
    right, there = np.zeros((2, len(found), COMPARED), bool)
    for place, (view, _, hits) in enumerate(found):
        views[place, : len(view)], right[place, : len(view)], there[place, : len(view)] = view, hits, True
    weight = np.full(len(found), 1 / len(found))
    return Lessons(views, np.stack([context for _, context, _ in found]), right, there, weight)


def _together(parts: Sequence[Lessons]) -> Lessons:
    names = ("views", "context", "right", "there", "weight")
    return Lessons(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _without_tokens(candidates: Candidates) -> Candidates:
    arms = candidates.arms.copy()
    arms[:, FINE:] = 0
    return replace(candidates, arms=arms)


def _without_right(each: Seen) -> Candidates | None:
    """The same question to a knowledge base that lacks its answer."""
    return None if each.right.all() else only(each.candidates, ~each.right)


def _learn_gate(lessons: Lessons) -> tuple[Vectors, Vectors, Vectors]:
    """Adam on the likelihood of the right candidates; the counts that the gate gives are never negative."""
    mean, scale = lessons.context.mean(axis=0), lessons.context.std(axis=0) + 1e-2
    mean[0], scale[0] = 0, 1
    asked = np.clip((lessons.context - mean) / scale, -3, 3)
    dice = np.random.default_rng(7)
    gate = dice.normal(0, 0.01, (asked.shape[1], lessons.views.shape[2]))
    gate[0] = -2.5
    speed, force = np.zeros_like(gate), np.zeros_like(gate)
    steps = EPOCHS * (len(asked) // BATCH)
    for step in range(1, steps + 1):
        slope = DECAY * gate
        slope[0] = 0
        slope += _slope(lessons, asked, gate, dice.integers(0, len(asked), BATCH))
        speed, force = 0.9 * speed + 0.1 * slope, 0.999 * force + 0.001 * slope**2
        pace = RATE * min(1.0, step / 50) * (1 - step / (steps + 1))
        gate -= pace * (speed / (1 - 0.9**step)) / (np.sqrt(force / (1 - 0.999**step)) + 1e-8)
    return gate.astype(np.float32), mean.astype(np.float32), scale.astype(np.float32)


def _slope(lessons: Lessons, asked: Vectors, gate: np.ndarray, some: np.ndarray) -> np.ndarray:
    raw = asked[some] @ gate
    scores = np.einsum("qrv,qv->qr", lessons.views[some], np.logaddexp(0, raw))
    scores[~lessons.there[some]] = -1e9
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    wanted = shares * lessons.right[some]
    wanted /= np.maximum(wanted.sum(axis=1, keepdims=True), 1e-12)
    weight = lessons.weight[some] / lessons.weight.mean() / len(some)
    amiss = (shares - wanted) * weight[:, None]
    counts = np.einsum("qrv,qr->qv", lessons.views[some], amiss)
    found: np.ndarray = asked[some].T @ (counts / (1 + np.exp(-raw)))
    return found


# -- sureness: what a score means


def _learn_sure(schools: list[School], weights: Weights) -> tuple[Vectors, Vectors, Vectors]:
    """Logistic regression on the first candidate of every question, with an answer and without."""
    rows, rights, counts, foreign = [], [], [], []
    for school in schools:
        count = TITLES_COUNT if school.collection.name in TITLES else 1.0
        kinds = (
            (1.0, [(each.candidates, each.right) for each in school.own]),
            (NEAR, [(w, np.zeros(len(w.arms), bool)) for each in school.own if (w := _without_right(each))]),
            (FAR, [(each.candidates, each.right) for each in school.foreign]),
        )
        for kind, (share, parts) in enumerate(kinds):
            for candidates, right in parts:
                ranked = fusion.ranks(candidates, weights)
                first = int(np.argmax(ranked))
                rows.append(fusion.evidence(candidates)[first])
                rights.append(float(right[first]))
                counts.append(count * share / len(parts))
                foreign.append(count == 1.0 and kind == len(kinds) - 1)
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
