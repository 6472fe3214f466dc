"""Trains fusion and calibration of retrieval: ``python -m evals train retrieval``.

Writes assistant/knowledge/retrieval/ranking.json and prints figures on held-out families.
"""

import argparse
import asyncio
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.knowledge.retrieval import ranking
from assistant.knowledge.retrieval.features import FIRST_TOKEN_FEATURE, RetrievalCandidates, select_candidates
from assistant.knowledge.retrieval.ranking import FusionWeights, parse_fusion_weights
from assistant.knowledge.retrieval.retriever import MAX_LATE_INTERACTION
from evals.data.embedding_cache import CachingEmbedder
from evals.data.retrieval_sets import (
    INVENTED,
    LEARNED,
    LabelledQuestion,
    QuestionCollection,
    build_hollowed_set,
    load_invented_set,
    load_small_talk,
    load_training_sets,
)
from evals.quality import retrieval_product
from evals.quality.retrieval_runs import (
    SeenQuestion,
    build_folder_retriever,
    build_retriever,
    collect_candidates,
    compute_ndcg,
)
from evals.quality.scores import compute_separation
from evals.train.calibration import TrainingSet, fit_calibration, list_question_kinds

Vectors = NDArray[np.float32]

#: Weights that each were trained without one family, for measuring.
HELD_OUT = Path(__file__).with_name("held_out.json")
#: Families that are reported.
FAMILIES = ("stackfaq", "covidfaq", "jsquad", "mackerel", "sample")
#: Questions per set.
MAX_QUESTIONS = 300
#: Questions of each other set, asked as unanswerable ones.
FOREIGN = 110
EPOCHS = 5
BATCH_SIZE = 32
RATE = 3e-3
WEIGHT_DECAY = 3e-2
#: Its passages are also used without the sentences that answer.
HOLLOWED = "jsquad"
#: Sets whose other articles may answer as well: useless for learning what answers.
AMBIGUOUS = {"banking77", "clinc150", "bitext", "jnli"}


@dataclass(frozen=True, slots=True, eq=False)
class TrainingMatrix:
    """The gate's features, a row per question; candidates are padded to ROWS."""

    views: Vectors
    context: Vectors
    right: np.ndarray
    there: np.ndarray
    weight: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals train retrieval", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/retrieval"))
    data: Path = parser.parse_args().data
    schools, others = asyncio.run(_build_training_sets(data))
    unseen = report_held_out(schools)
    HELD_OUT.write_text(
        json.dumps({family: _serialize_weights(w) for family, w in unseen.items()}) + "\n", encoding="utf-8"
    )
    about = {
        "made_by": "python -m evals train retrieval",
        "learned_from": sorted({school.collection.name for school in schools}),
        "licences": "BERT-FAQ (MIT, texts CC BY-SA), JSQuAD and JNLI (CC BY-SA 4.0), mackerelio/documents "
        "(MIT), banking77 (CC BY 4.0), clinc150 (CC BY 3.0), bitext (CDLA-Sharing-1.0), MultiDoGO "
        "(CDLA-Permissive-1.0), questions of our own; the weights hold no text of them",
    }
    learned = fit_fusion_weights(schools)
    for school in others:
        print(
            f"never learned from {school.collection.name:12} {_format_measures(school, learned)}", flush=True
        )
    ranking.FILE.write_text(
        json.dumps(about | {"weights": _serialize_weights(learned)}) + "\n", encoding="utf-8"
    )


def load_held_out_weights(family: str) -> FusionWeights:
    """Weights that were trained without *family*, to report generalisation."""
    return parse_fusion_weights(json.loads(HELD_OUT.read_text(encoding="utf-8"))[family])


def _serialize_weights(weights: FusionWeights) -> dict[str, Any]:
    return {name: np.round(getattr(weights, name), 4).tolist() for name in FusionWeights.__slots__}


async def _build_training_sets(data: Path) -> tuple[list[TrainingSet], list[TrainingSet]]:
    """Every set's questions with their ranking features; takes minutes when nothing is cached."""
    embedder, started = CachingEmbedder(), time.perf_counter()
    learned, measuring = list(load_training_sets(data)), [load_invented_set(name) for name in INVENTED]
    chatter = load_small_talk(data)

    async def school(collection: QuestionCollection, among: Sequence[QuestionCollection]) -> TrainingSet:
        others = [
            q for c in among if c.family != collection.family for q in _sample_questions(c.questions, 60)
        ]
        foreign = [*(replace(q, relevant={}) for q in _sample_questions(others, FOREIGN)), *chatter]
        retriever, database = await build_retriever(collection, embedder)
        own = await collect_candidates(
            retriever, database, _sample_questions(collection.questions, MAX_QUESTIONS)
        )
        far = await collect_candidates(retriever, database, foreign)
        near = await collect_candidates(retriever, database, collection.near)
        database.close()
        if collection.name == HOLLOWED:
            near = await _build_hollowed(data, embedder)
        print(f"{time.perf_counter() - started:5.0f} s  {collection.name}", flush=True)
        return TrainingSet(collection, own, far, near)

    schools = [await school(collection, learned) for collection in learned]
    schools.append(await _build_sample_set(embedder))
    return schools, [await school(each, measuring) for each in measuring]


async def _build_hollowed(data: Path, embedder: CachingEmbedder) -> list[SeenQuestion]:
    """Questions to articles that lack the sentence with the answer."""
    collection = build_hollowed_set(data, LEARNED)
    retriever, database = await build_retriever(collection, embedder)
    found = await collect_candidates(
        retriever, database, _sample_questions(collection.questions, MAX_QUESTIONS)
    )
    database.close()
    return found


async def _build_sample_set(embedder: CachingEmbedder) -> TrainingSet:
    """The sample help as the product ingests it, with its development questions."""
    folder = retrieval_product.load_sample("sample_kb.jsonl")
    retriever, database = await build_folder_retriever(folder.path, embedder)
    own = await collect_candidates(retriever, database, folder.known)
    near = await collect_candidates(retriever, database, folder.near)
    database.close()
    collection = QuestionCollection(name=folder.name, articles=[], questions=folder.known)
    return TrainingSet(collection, own, [], near)


def _sample_questions(questions: Sequence[LabelledQuestion], most: int) -> list[LabelledQuestion]:
    return random.Random(7).sample(questions, min(most, len(questions)))


def report_held_out(schools: list[TrainingSet]) -> dict[str, FusionWeights]:
    """Figures of each reported family with weights that were not trained on it; the weights by family."""
    unseen = {}
    for family in FAMILIES:
        unseen[family] = fit_fusion_weights(
            [school for school in schools if school.collection.family != family]
        )
        for school in schools:
            if school.collection.family == family:
                print(
                    f"held out {school.collection.name:22} {_format_measures(school, unseen[family])}",
                    flush=True,
                )
    return unseen


def _format_measures(school: TrainingSet, weights: FusionWeights) -> str:
    gains = [compute_ndcg(_rank_articles(each, weights), each.asked.relevant) for each in school.own]
    known = [_compute_best_probability(each.candidates, weights) for each in school.own if each.right.any()]
    best = {
        kind: [_compute_best_probability(c, weights) for c, _ in parts]
        for kind, (_, parts) in list_question_kinds(school, weights).items()
    }
    told = "  ".join(
        f"{kind} {compute_separation(known, best[kind]):.3f} ({np.mean(np.array(best[kind]) >= 0.5):.2f})"
        for kind in ("out", "gap", "near", "far")
        if best[kind]
    )
    return (
        f"nDCG@10 {np.mean(gains):.3f}  own answered {np.mean(np.array(known) >= 0.5):.2f}  "
        f"AUROC against (answered): {told}"
    )


def _rank_articles(each: SeenQuestion, weights: FusionWeights) -> list[str]:
    ranked = ranking.score_candidates(each.candidates, weights)
    return list(dict.fromkeys(each.articles[row] for row in np.argsort(-ranked, kind="stable")))


def _compute_best_probability(candidates: RetrievalCandidates, weights: FusionWeights) -> float:
    scores = ranking.score_candidates(candidates, weights)
    return float(ranking.compute_probabilities(candidates, scores, weights).max())


def fit_fusion_weights(schools: list[TrainingSet]) -> FusionWeights:
    gate, mean, scale = _fit_gate(_join_matrices([_build_matrix(school) for school in schools]))
    empty = np.zeros(0, np.float32)
    unsure = dict.fromkeys(("calibration", "calibration_mean", "calibration_scale", "level"), empty)
    half = FusionWeights(gate=gate, gate_mean=mean, gate_scale=scale, **unsure)
    clear = [school for school in schools if school.collection.family not in AMBIGUOUS]
    return replace(half, **fit_calibration(clear, half))


# -- the gate: weights of the ranking features


@cache
def _build_matrix(school: TrainingSet) -> TrainingMatrix:
    """Each question unchanged and in a smaller knowledge base, some without token vectors."""
    dice = np.random.default_rng(7)
    found: list[tuple[Vectors, Vectors, np.ndarray]] = []
    for each in school.own:
        rows = (dice.random(len(each.right)) < dice.uniform(0.25, 0.9)) | each.right
        if each.right.any():
            for some in (np.ones_like(rows), rows):
                candidates = select_candidates(each.candidates, some)
                blind = _clear_token_features(candidates) if dice.random() < 0.2 else candidates
                seen, context = (
                    ranking.compute_feature_views(blind.features),
                    ranking.compute_gate_features(blind),
                )
                found.append((seen, context, each.right[some]))
    views = np.zeros((len(found), MAX_LATE_INTERACTION, found[0][0].shape[1]), np.float32)
    right, there = np.zeros((2, len(found), MAX_LATE_INTERACTION), bool)
    for place, (view, _, hits) in enumerate(found):
        views[place, : len(view)], right[place, : len(view)], there[place, : len(view)] = view, hits, True
    weight = np.full(len(found), 1 / len(found))
    return TrainingMatrix(views, np.stack([context for _, context, _ in found]), right, there, weight)


def _join_matrices(parts: Sequence[TrainingMatrix]) -> TrainingMatrix:
    names = ("views", "context", "right", "there", "weight")
    return TrainingMatrix(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _clear_token_features(candidates: RetrievalCandidates) -> RetrievalCandidates:
    features = candidates.features.copy()
    features[:, FIRST_TOKEN_FEATURE:] = 0
    return replace(candidates, features=features)


def _fit_gate(lessons: TrainingMatrix) -> tuple[Vectors, Vectors, Vectors]:
    """Adam on the likelihood of the right candidates; the gate's weights are never negative."""
    mean, scale = lessons.context.mean(axis=0), lessons.context.std(axis=0) + 1e-2
    mean[0], scale[0] = 0, 1
    asked = np.clip((lessons.context - mean) / scale, -3, 3)
    dice = np.random.default_rng(7)
    gate = dice.normal(0, 0.01, (asked.shape[1], lessons.views.shape[2]))
    gate[0] = -2.5
    speed, force = np.zeros_like(gate), np.zeros_like(gate)
    steps = EPOCHS * (len(asked) // BATCH_SIZE)
    for step in range(1, steps + 1):
        slope = WEIGHT_DECAY * gate
        slope[0] = 0
        slope += _compute_slope(lessons, asked, gate, dice.integers(0, len(asked), BATCH_SIZE))
        speed, force = 0.9 * speed + 0.1 * slope, 0.999 * force + 0.001 * slope**2
        pace = RATE * min(1.0, step / 50) * (1 - step / (steps + 1))
        gate -= pace * (speed / (1 - 0.9**step)) / (np.sqrt(force / (1 - 0.999**step)) + 1e-8)
    return gate.astype(np.float32), mean.astype(np.float32), scale.astype(np.float32)


def _compute_slope(lessons: TrainingMatrix, asked: Vectors, gate: np.ndarray, some: np.ndarray) -> np.ndarray:
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


if __name__ == "__main__":
    main()
