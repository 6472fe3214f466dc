"""How well search finds the right article, beside simpler pipelines: ``python -m evals retrieval``."""

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
from evals.data.embedding_cache import RememberingEmbedder
from evals.data.retrieval_sets import Asked, Collection, Row, measured
from evals.quality import langchain_baseline, retrieval_product
from evals.quality.retrieval_runs import Seen, gain, seen, served
from evals.train.retrieval import auroc, held_out

Vectors = NDArray[np.float32]
Order = Callable[[Seen], Sequence[int]]
TEXT, TITLE, WORDS = 0, 1, 4
#: The usual constant of reciprocal rank fusion.
RRF = 60
#: Questions of every other set asked of each.
FOREIGN = 60


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals retrieval", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/retrieval"))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--most", type=int, default=1_500, help="questions per set")
    parser.add_argument("--sets", nargs="+", metavar="NAME", help="only these; else every set")
    options = parser.parse_args()
    asyncio.run(_report(options))


async def _report(options: argparse.Namespace) -> None:
    """One line per set and pipeline, each as soon as it is known."""
    data, as_json = options.data, options.json
    embedder, collections = RememberingEmbedder(), list(measured(data))
    for row in await retrieval_product.report(embedder, data):
        print(json.dumps(row) if as_json else _line(row), flush=True)
    for collection in collections:
        if options.sets and collection.name not in options.sets:
            continue
        others = [c for c in collections if c.family != collection.family]
        foreign = [asked for c in others for asked in c.questions[:FOREIGN]]
        for row in await _rows(collection, foreign, embedder, options.most):
            print(json.dumps(row) if as_json else _line(row), flush=True)


def _line(row: Row) -> str:
    return "  ".join(f"{k} {v if isinstance(v, str) else format(v, '.3f')}" for k, v in row.items())


async def _rows(
    collection: Collection, foreign: list[Asked], embedder: RememberingEmbedder, most: int
) -> list[Row]:
    retriever, database = await served(collection, embedder)
    own = await seen(retriever, database, collection.questions[:most])
    far = await seen(retriever, database, foreign)
    database.close()
    unseen = held_out(collection.family)
    pipelines = {"yorisoi, never having seen the set": _weighed(unseen), **PIPELINES}
    rows: list[Row] = [
        {"set": collection.name, "pipeline": name, **_found(own, order)} for name, order in pipelines.items()
    ]
    asked = collection.questions[:most]
    brought = await langchain_baseline.found(collection, embedder, asked)
    rows.append(
        {"set": collection.name, "pipeline": "tutorial", **_measures(list(zip(brought, asked, strict=True)))}
    )
    told = _told_apart(own, far, unseen)
    rows.append({"set": collection.name, "pipeline": "yorisoi, never having seen the set", **told})
    return rows


def _found(own: list[Seen], order: Order) -> dict[str, float]:
    ranked = [([each.articles[row] for row in order(each)], each.asked) for each in own]
    return _measures(ranked)


def _measures(ranked: Sequence[tuple[Sequence[str], Asked]]) -> dict[str, float]:
    firsts = [names[0] in asked.relevant for names, asked in ranked if names]
    return {
        "nDCG@10": float(np.mean([gain(names, asked.relevant) for names, asked in ranked])),
        "hit@1": float(np.sum(firsts) / len(ranked)),
    }


def _by(column: int) -> Order:
    return lambda each: _falling(each.candidates.arms[:, column])


def _falling(values: Vectors) -> list[int]:
    return [int(row) for row in np.argsort(-values, kind="stable")]


def _reciprocal(each: Seen) -> list[int]:
    places = [np.argsort(np.argsort(-each.candidates.arms[:, arm], kind="stable")) for arm in (TEXT, WORDS)]
    return _falling(np.sum([1 / (RRF + place) for place in places], axis=0))


def _weighed(weights: FusionWeights) -> Order:
    return lambda each: _falling(ranking.score_candidates(each.candidates, weights))


PIPELINES: dict[str, Order] = {
    "yorisoi, as committed": _weighed(ranking.load_fusion_weights()),
    "words (BM25)": _by(WORDS),
    "dense, text": _by(TEXT),
    "dense, title": _by(TITLE),
    "RRF": _reciprocal,
}


def _told_apart(own: list[Seen], foreign: list[Seen], weights: FusionWeights) -> dict[str, float]:
    """Answerable questions against those whose answer was taken out, and against other domains' questions."""
    enough = Policy().answer_score
    known = [_best(each, weights) for each in own if each.right.any()]
    near = [_best(each, weights, without=True) for each in own if not each.right.all()]
    far = [_best(each, weights) for each in foreign]
    return {
        "AUROC near": auroc(known, near),
        "AUROC far": auroc(known, far),
        "own answered": float(np.mean(np.array(known) >= enough)),
        "near answered": float(np.mean(np.array(near) >= enough)),
        "far answered": float(np.mean(np.array(far) >= enough)),
    }


def _best(each: Seen, weights: FusionWeights, *, without: bool = False) -> float:
    candidates = select_candidates(each.candidates, ~each.right) if without else each.candidates
    return float(
        ranking.compute_probabilities(
            candidates, ranking.score_candidates(candidates, weights), weights
        ).max()
    )
