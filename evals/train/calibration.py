"""What a score means: how probable it is that the first passage answers; part of ``evals train retrieval``.

Lessons are questions with an answer, and questions without: near misses are made in any number by taking the
answer, or all that is like it, out of the knowledge base.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.knowledge.retrieval import ranking
from assistant.knowledge.retrieval.features import RetrievalCandidates, select_candidates
from assistant.knowledge.retrieval.ranking import FusionWeights
from evals.data.retrieval_sets import QuestionCollection
from evals.quality.retrieval_runs import SeenQuestion
from evals.train.optimisers import fit_logistic

Vectors = NDArray[np.float32]

#: How much questions count that lack their article, that lack all like it, near misses that somebody wrote or
#: whose article lacks the answer, and other people's, beside those that have an answer; and all of these in
#: small knowledge bases.
OUT = 0.3
GAP = 0.5
NEAR = 2.0
FAR = 0.5
SMALL = 0.3
#: Articles that fall away with the right one, so that nothing like it is left; and those of a small base.
LIKE_IT = (3, 12)
FEW = (1, 10)
#: The share of other people's questions that may be answered at one half.
ANSWERED_FAR = 0.02
RIDGE = 10.0
#: Titles of the other language are no questions, but all that tells how near another language comes.
TITLES = {"mackerel-ja", "mackerel-en"}
TITLES_COUNT = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class TrainingSet:
    """A set's questions with their candidates, and other sets' questions with theirs."""

    collection: QuestionCollection
    own: list[SeenQuestion]
    foreign: list[SeenQuestion]
    #: Questions written so that nothing here answers them.
    near: Sequence[SeenQuestion] = ()


def fit_calibration(schools: list[TrainingSet], weights: FusionWeights) -> dict[str, Vectors]:
    """Two logistic regressions on the first candidate of every question, with an answer and without.

    One tells other people's questions from this knowledge base's, one near misses from what is answered.
    """
    rows, rights, counts, names = [], [], [], []
    for school in schools:
        count = TITLES_COUNT if school.collection.name in TITLES else 1.0
        for kind, (share, parts) in list_question_kinds(school, weights).items():
            for candidates, hits in parts:
                ranked = ranking.score_candidates(candidates, weights)
                first = int(np.argmax(ranked))
                rows.append(ranking.compute_calibration_features(candidates, ranked)[first])
                rights.append(float(hits[first]))
                counts.append(count * share / len(parts))
                names.append(kind if count == 1.0 else "title")
    told, right, name = np.stack(rows), np.array(rights), np.array(names)
    mean, scale = told.mean(axis=0), told.std(axis=0) + 1e-3
    told = np.clip((told - mean) / scale, -4, 4)
    told = np.concatenate([np.ones((len(told), 1)), told], axis=1)
    strange = np.char.startswith(name, "far")
    sure = np.zeros((2, told.shape[1]), np.float32)
    itself, near = slice(ranking.BY_ITSELF + 1), ~strange
    theirs = (right > 0) | strange
    weight = np.array(counts)
    sure[0, itself] = _fit_ridge(told[theirs, itself], right[theirs], weight[theirs] / weight[theirs].mean())
    # With what is told of its rivals, missing articles are noticed; without, missing answers in articles
    # of the right topic. Half of each serves both.
    lesson = right[near], weight[near] / weight[near].mean()
    sure[1] = _fit_ridge(told[near], *lesson) / 2
    sure[1, itself] += _fit_ridge(told[near, itself], *lesson) / 2
    # One half is where few of other people's questions are answered, whatever the mixture here.
    level = np.quantile(ranking.combine_log_odds(told[name == "far", 1:], sure), 1 - ANSWERED_FAR)
    return {"sure": sure, "sure_mean": mean, "sure_scale": scale, "level": np.array([level], np.float32)}


#: The candidates of questions, and which are right.
Parts = list[tuple[RetrievalCandidates, np.ndarray]]


def list_question_kinds(school: TrainingSet, weights: FusionWeights) -> dict[str, tuple[float, Parts]]:
    """Questions with an answer and without, each kind with how much it counts."""
    dice = np.random.default_rng(11)
    own: Parts = [(each.candidates, each.right) for each in school.own]
    far: Parts = [(each.candidates, each.right) for each in school.foreign]
    answered = [(candidates, right) for candidates, right in own if right.any() and not right.all()]
    return {
        "own": (1.0, own),
        "own, small": (SMALL, [_shrink_candidates(*each, dice) for each in answered]),
        "out": (OUT, [_remove_answer(*each, 0, weights) for each in answered]),
        "gap": (GAP, [_remove_answer(*each, int(dice.integers(*LIKE_IT)), weights) for each in answered]),
        "near": (NEAR, [(each.candidates, each.right) for each in school.near]),
        "far": (FAR, far),
        "far, small": (SMALL, [_shrink_candidates(*each, dice) for each in far]),
    }


def _shrink_candidates(
    candidates: RetrievalCandidates, right: np.ndarray, dice: np.random.Generator
) -> tuple[RetrievalCandidates, Any]:
    """The same question to a knowledge base of a few of these articles, the right ones among them."""
    articles = np.unique(candidates.article)
    some = dice.choice(articles, min(len(articles), int(dice.integers(*FEW))), replace=False)
    rows = np.isin(candidates.article, some) | right
    return select_candidates(candidates, rows), right[rows]


def _remove_answer(
    candidates: RetrievalCandidates, right: np.ndarray, more: int, weights: FusionWeights
) -> tuple[RetrievalCandidates, np.ndarray]:
    """The same question where its answer is missing, and the *more* passages that come nearest to it."""
    others = np.flatnonzero(~right)
    liked = np.argsort(-ranking.score_candidates(candidates, weights)[others], kind="stable")
    rows = np.sort(others[liked[min(more, len(others) - 1) :]])
    return select_candidates(candidates, rows), np.zeros(len(rows), bool)


def _fit_ridge(told: np.ndarray, right: np.ndarray, weight: np.ndarray) -> Vectors:
    """A logistic model whose first column, the bias, is all but free."""
    ridge = np.full(told.shape[1], RIDGE)
    ridge[0] = 1e-3
    return fit_logistic(told, right, weight, ridge).astype(np.float32)
