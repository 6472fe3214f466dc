"""Retrieval quality by article, beside simpler pipelines: ``python -m evals retrieval``."""

import argparse
import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.domain.policy import Policy
from assistant.knowledge.retrieval import ranking
from assistant.knowledge.retrieval.features import select_candidates
from assistant.knowledge.retrieval.ranking import FusionWeights
from evals.data.embedding_cache import CachingEmbedder
from evals.data.retrieval_sets import LabelledQuestion, QuestionCollection, Row, load_reported_sets
from evals.quality import langchain_baseline, retrieval_product
from evals.quality.retrieval_runs import SeenQuestion, build_retriever, collect_candidates, compute_ndcg
from evals.quality.scores import compute_separation
from evals.train.retrieval import load_held_out_weights

Vectors = NDArray[np.float32]
Order = Callable[[SeenQuestion], Sequence[int]]
TEXT = 0
TITLE = 1
WORDS = 4
#: The usual constant of reciprocal rank fusion.
RRF = 60
#: Questions of each other set, asked as unanswerable ones.
FOREIGN = 60


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals retrieval", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/retrieval"))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--most", type=int, default=1_500, help="questions per set")
    parser.add_argument("--sets", nargs="+", metavar="NAME", help="only these; else every set")
    options = parser.parse_args()
    asyncio.run(_report_sets(options))


async def _report_sets(options: argparse.Namespace) -> None:
    """Print one line per set and pipeline as soon as it is known."""
    data, as_json = options.data, options.json
    embedder, collections = CachingEmbedder(), list(load_reported_sets(data))
    for row in await retrieval_product.measure_folders(embedder, data):
        print(json.dumps(row) if as_json else _format_line(row), flush=True)
    for collection in collections:
        if options.sets and collection.name not in options.sets:
            continue
        others = [c for c in collections if c.family != collection.family]
        foreign = [asked for c in others for asked in c.questions[:FOREIGN]]
        for row in await _build_rows(collection, foreign, embedder, options.most):
            print(json.dumps(row) if as_json else _format_line(row), flush=True)


def _format_line(row: Row) -> str:
    return "  ".join(f"{k} {v if isinstance(v, str) else format(v, '.3f')}" for k, v in row.items())


async def _build_rows(
    collection: QuestionCollection, foreign: list[LabelledQuestion], embedder: CachingEmbedder, most: int
) -> list[Row]:
    retriever, database = await build_retriever(collection, embedder)
    own = await collect_candidates(retriever, database, collection.questions[:most])
    far = await collect_candidates(retriever, database, foreign)
    database.close()
    unseen = load_held_out_weights(collection.family)
    pipelines = {"yorisoi, never having seen the set": _rank_by_weights(unseen), **PIPELINES}
    rows: list[Row] = [
        {"set": collection.name, "pipeline": name, **_measure_ranking(own, order)}
        for name, order in pipelines.items()
    ]
    asked = collection.questions[:most]
    brought = await langchain_baseline.search_with_tutorial(collection, embedder, asked)
    rows.append(
        {
            "set": collection.name,
            "pipeline": "tutorial",
            **_compute_measures(list(zip(brought, asked, strict=True))),
        }
    )
    told = _measure_separation(own, far, unseen)
    rows.append({"set": collection.name, "pipeline": "yorisoi, never having seen the set", **told})
    return rows


def _measure_ranking(own: list[SeenQuestion], order: Order) -> dict[str, float]:
    ranked = [([each.articles[row] for row in order(each)], each.asked) for each in own]
    return _compute_measures(ranked)


def _compute_measures(ranked: Sequence[tuple[Sequence[str], LabelledQuestion]]) -> dict[str, float]:
    firsts = [names[0] in asked.relevant for names, asked in ranked if names]
    return {
        "nDCG@10": float(np.mean([compute_ndcg(names, asked.relevant) for names, asked in ranked])),
        "hit@1": float(np.sum(firsts) / len(ranked)),
    }


def _rank_by_column(column: int) -> Order:
    return lambda each: _sort_falling(each.candidates.features[:, column])


def _sort_falling(values: Vectors) -> list[int]:
    return [int(row) for row in np.argsort(-values, kind="stable")]


def _fuse_reciprocal_ranks(each: SeenQuestion) -> list[int]:
    places = [
        np.argsort(np.argsort(-each.candidates.features[:, arm], kind="stable")) for arm in (TEXT, WORDS)
    ]
    return _sort_falling(np.sum([1 / (RRF + place) for place in places], axis=0))


def _rank_by_weights(weights: FusionWeights) -> Order:
    return lambda each: _sort_falling(ranking.score_candidates(each.candidates, weights))


PIPELINES: dict[str, Order] = {
    "yorisoi, as committed": _rank_by_weights(ranking.load_fusion_weights()),
    "words (BM25)": _rank_by_column(WORDS),
    "dense, text": _rank_by_column(TEXT),
    "dense, title": _rank_by_column(TITLE),
    "RRF": _fuse_reciprocal_ranks,
}


def _measure_separation(
    own: list[SeenQuestion], foreign: list[SeenQuestion], weights: FusionWeights
) -> dict[str, float]:
    """Answerable questions against those whose answer was removed, and against other domains' questions."""
    enough = Policy().answer_score
    known = [_compute_best_probability(each, weights) for each in own if each.right.any()]
    near = [_compute_best_probability(each, weights, without=True) for each in own if not each.right.all()]
    far = [_compute_best_probability(each, weights) for each in foreign]
    return {
        "AUROC near": compute_separation(known, near),
        "AUROC far": compute_separation(known, far),
        "own answered": float(np.mean(np.array(known) >= enough)),
        "near answered": float(np.mean(np.array(near) >= enough)),
        "far answered": float(np.mean(np.array(far) >= enough)),
    }


def _compute_best_probability(each: SeenQuestion, weights: FusionWeights, *, without: bool = False) -> float:
    candidates = select_candidates(each.candidates, ~each.right) if without else each.candidates
    return float(
        ranking.compute_probabilities(
            candidates, ranking.score_candidates(candidates, weights), weights
        ).max()
    )
