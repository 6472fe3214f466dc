"""``python -m evals insight``: themes found in labelled questions, beside k-means; stability; speed. Then the
outcome ledger against labelled ends, surveys over simulated ends, drafted articles as readers judged them,
the dashboard at 1,000,000 messages.

One threshold and one smoothing for all sets (`insight/theme_review.py`, `insight/clustering.py`), chosen on
stackfaq, covidfaq and bitext, which are shown as such; nothing was chosen on the measured sets. NMI has
arithmetic normalization. Sets with three questions a label tell little: there every question alone has an NMI
near .9, so that stands beside it, and ARI.
"""

import argparse
import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.insight.clustering import Labels, cluster_points
from assistant.insight.theme_review import THEME_DISTANCE, discover_themes, review_themes
from assistant.insight.theme_space import Vectors, fit_space, normalize_rows
from evals.bench.dashboard import CALLS, run_dashboard
from evals.data.dialogues import load_json_lines
from evals.data.embedding_cache import CachingEmbedder
from evals.quality.clustering_scores import compute_ari, compute_nmi
from evals.quality.gap_drafts import measure_drafts
from evals.quality.outcomes import measure_outcomes
from evals.quality.surveys import measure_surveys

#: Questions of a label that are taken, where there are many.
PER_LABEL = {"banking77": 40, "bitext": 60}
PARTS = ("themes", "outcomes", "surveys", "drafts", "dashboard")
CHOSEN_ON = ("stackfaq", "covidfaq", "bitext")
FAQ = Path(__file__).parents[1] / "cases" / "faq"
#: Share of the questions of the first month, in the measure of stability.
FIRST_MONTH = 0.7
MANY = 50_000
KMEANS_ROUNDS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledAsks:
    name: str
    texts: Sequence[str]
    languages: Sequence[str]
    labels: Sequence[str]


def load_sets(data: Path) -> Iterator[LabelledAsks]:
    """The sets that thresholds were chosen on, then the measured ones."""
    for name in ("stackfaq", "covidfaq"):
        yield _load_faq(name, [data / "retrieval" / name / "queries.jsonl"])
    yield _load_intents("bitext", data / "dialogues" / "bitext.jsonl", "utterance")
    yield _load_intents("banking77", data / "scope" / "banking77.train.jsonl", "text")
    yield _load_intents("clinc150", data / "scope" / "clinc150.val.jsonl", "text")
    yield _load_faq(
        "telecom + hospital (ja)", [FAQ / f"{one}.queries.jsonl" for one in ("telecom", "hospital")]
    )


def _load_intents(name: str, path: Path, field: str) -> LabelledAsks:
    by_label = defaultdict(list)
    for row in load_json_lines(path):
        if row["intent"] != "oos":
            by_label[str(row["intent"])].append(str(row[field]))
    pairs = [
        (text, label)
        for label, texts in by_label.items()
        for text in texts[: PER_LABEL.get(name, len(texts))]
    ]
    return LabelledAsks(
        name=name,
        texts=[text for text, _ in pairs],
        languages=["en"] * len(pairs),
        labels=[label for _, label in pairs],
    )


def _load_faq(name: str, paths: Sequence[Path]) -> LabelledAsks:
    """Questions by the article that answers them."""
    rows = [row for path in paths for row in load_json_lines(path) if row["relevant"]]
    return LabelledAsks(
        name=name,
        texts=[str(row["text"]) for row in rows],
        languages=[str(row["lang"]) for row in rows],
        labels=[next(iter(row["relevant"])) for row in rows],
    )


async def embed_asks(asks: LabelledAsks, embedder: CachingEmbedder) -> Vectors:
    return np.stack([await embedder.embed_query(text) for text in asks.texts])


def measure_set(asks: LabelledAsks, vectors: Vectors) -> str:
    """NMI / ARI of ours, of k-means on the vectors as they are with the true number, of every ask alone."""
    truth = np.unique(np.array(asks.labels), return_inverse=True)[1]
    started = time.process_time()
    points = fit_space(vectors, asks.languages).project_vectors(vectors, asks.languages)
    ours = cluster_points(points, THEME_DISTANCE)
    seconds = time.process_time() - started
    means = run_kmeans(normalize_rows(vectors - vectors.mean(axis=0)), int(truth.max()) + 1)
    alone = np.arange(len(truth))
    figures = [
        f"{compute_nmi(truth, found):.3f} / {compute_ari(truth, found):.3f}" for found in (ours, means, alone)
    ]
    return (
        f"{len(truth):>6} asks, {truth.max() + 1:>3} labels, {ours.max() + 1:>3} clusters   ours {figures[0]}"
        f"   k-means raw, true k {figures[1]}   each alone {figures[2]}   {seconds:.1f} s"
    )


def measure_stability(asks: LabelledAsks, vectors: Vectors) -> str:
    """Share of the first month's members that are in the same theme after the next month's questions; beside
    clustering again and matching each new cluster with the old one that it shares most with."""
    order = np.random.default_rng(0).permutation(len(vectors))
    vectors, languages = vectors[order], [asks.languages[place] for place in order]
    first = int(FIRST_MONTH * len(vectors))
    early = fit_space(vectors[:first], languages[:first]).project_vectors(vectors[:first], languages[:first])
    owners = [str(place) for place in range(len(vectors))]
    before = discover_themes(early, [None] * first, owners).themes
    points = fit_space(vectors, languages).project_vectors(vectors, languages)
    kept = discover_themes(points, [*before, *[None] * (len(vectors) - first)], owners).themes
    after = review_themes(points, kept, owners).themes
    members = [place for place in range(first) if before[place] is not None]
    same = np.mean([after[place] == before[place] for place in members])
    again = cluster_points(points, THEME_DISTANCE)
    return (
        f"{same:.3f} of {len(members)} members   clustered again {_match_again(before, again, members):.3f}"
    )


def _match_again(before: Sequence[str | None], again: Labels, members: Sequence[int]) -> float:
    """Share of members whose new cluster is the one that their old theme shares most with, one to one."""
    shared: defaultdict[tuple[str, int], int] = defaultdict(int)
    for place in members:
        shared[before[place] or "", int(again[place])] += 1
    taken: set[str | int] = set()
    kept = 0
    for (theme, label), count in sorted(shared.items(), key=lambda item: -item[1]):
        if theme not in taken and label not in taken:
            taken |= {theme, label}
            kept += count
    return kept / len(members)


def run_kmeans(points: Vectors, count: int, seed: int = 0) -> Labels:
    """Spherical k-means with k-means++ seeding, as a baseline."""
    random = np.random.default_rng(seed)
    centroids = points[[int(random.integers(len(points)))]]
    nearest = 1 - points @ centroids[0]
    for _ in range(count - 1):
        share = np.maximum(nearest, 0)
        chosen = points[int(random.choice(len(points), p=share / share.sum()))]
        centroids = np.vstack([centroids, chosen])
        nearest = np.minimum(nearest, 1 - points @ chosen)
    labels: Labels = (points @ centroids.T).argmax(axis=1)
    for _ in range(KMEANS_ROUNDS):
        sums = np.zeros_like(centroids)
        np.add.at(sums, labels, points)
        centroids = normalize_rows(sums)
        labels = (points @ centroids.T).argmax(axis=1)
    return labels


def measure_speed(vectors: Vectors) -> str:
    """CPU seconds for `MANY` asks: the given ones, each a few times with noise."""
    random = np.random.default_rng(0)
    chosen = vectors[random.integers(len(vectors), size=MANY)]
    many = normalize_rows(chosen + random.normal(scale=0.01, size=chosen.shape).astype(np.float32))
    started, wall = time.process_time(), time.perf_counter()
    points = fit_space(many, ["en"] * MANY).project_vectors(many, ["en"] * MANY)
    found = cluster_points(points, THEME_DISTANCE)
    return (
        f"{MANY:,} asks: {time.process_time() - started:.1f} s of CPU, {time.perf_counter() - wall:.1f} s, "
        f"{found.max() + 1} clusters"
    )


async def measure_themes(data: Path) -> None:
    embedder = CachingEmbedder()
    everything = []
    for asks in load_sets(data):
        vectors = await embed_asks(asks, embedder)
        everything.append(vectors)
        said = "chosen on" if asks.name in CHOSEN_ON else "measured "
        print(f"{said}  {asks.name:<24} {measure_set(asks, vectors)}", flush=True)
        print(f"           {'  stability':<24} {measure_stability(asks, vectors)}", flush=True)
    print(measure_speed(np.concatenate(everything)))


def print_lines(lines: Sequence[str]) -> None:
    print("\n".join(lines), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals insight", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--only", choices=PARTS, action="append", help="one of the parts; all without it")
    parser.add_argument("--ends", type=int, default=10_000, help="simulated ends of the part surveys")
    parser.add_argument("--drafts", type=Path, help="write the drafts of gaps here, for readers")
    parser.add_argument("--calls", type=int, default=CALLS, help="pages of the part dashboard")
    parser.add_argument("--url", help="PostgreSQL for the dashboard: empty, or filled by this command")
    options = parser.parse_args()
    run = {
        "themes": lambda: asyncio.run(measure_themes(options.data)),
        "outcomes": lambda: print_lines(measure_outcomes()),
        "surveys": lambda: print_lines(measure_surveys(options.ends)),
        "drafts": lambda: print_lines(measure_drafts(options.drafts)),
        "dashboard": lambda: print_lines(run_dashboard(options.calls, options.url)),
    }
    for part in options.only or PARTS:
        run[part]()
