"""Average-linkage clustering of unit vectors with numpy alone, by a distance instead of a number of clusters.

Up to `MAX_EXACT` points are linked one by one; more are first gathered into that many micro-clusters by
spherical k-means on a sample, as BIRCH does, which are then linked by their sizes. The linkage is found by
nearest-neighbour chains (Müllner 2011), O(n²).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.insight.theme_space import Vectors, normalize_rows

Labels = NDArray[np.intp]
#: (one, other, distance) of clusters named by one of their points.
Merge = tuple[int, int, float]

#: Points linked one by one; more are gathered first.
MAX_EXACT = 3_500
#: Micro-clusters, sample, rounds and block of the k-means that gathers them.
MICRO_CLUSTERS = 1_000
SAMPLE = 8_000
ROUNDS = 6
#: Neighbours that a point is drawn to, how near they must be, how far it goes, and how often; chosen with
#: the threshold on sets that nothing is measured on.
NEIGHBOURS = 25
MIN_SIMILARITY = 0.5
SMOOTHING = 0.7
SMOOTHING_ROUNDS = 4
#: The same of micro-clusters, which are means of neighbours already.
MICRO_NEIGHBOURS = 4
MICRO_ROUNDS = 2
BLOCK = 8_192


def cluster_points(points: Vectors, threshold: float, *, seed: int = 0) -> Labels:
    """A label for each of *points*, (n, dimensions) unit vectors.

    Points are drawn towards their near neighbours first; clusters are then at most *threshold* apart (cosine
    distance, average linkage).
    """
    if len(points) <= MAX_EXACT:
        groups, smoothed = np.arange(len(points)), smooth_points(points, NEIGHBOURS, SMOOTHING_ROUNDS)
    else:
        groups = gather_micro_clusters(points, MICRO_CLUSTERS, seed)
        means = normalize_rows(compute_group_means(points, groups))
        smoothed = smooth_points(means, MICRO_NEIGHBOURS, MICRO_ROUNDS)
    merges = link_clusters(1 - smoothed @ smoothed.T, np.bincount(groups).astype(float))
    labels: Labels = cut_linkage(len(smoothed), merges, threshold)[groups]
    return labels


def smooth_points(points: Vectors, neighbours: int, rounds: int) -> Vectors:
    """Each point moved towards the mean of its nearest neighbours, those that are near enough.

    A graph convolution without weights (Wu et al. 2019): paraphrases close up, what lies between themes is
    decided by its surroundings.
    """
    count = min(neighbours, len(points) - 1)
    if count < 1:
        return points
    similarities = points @ points.T
    np.fill_diagonal(similarities, -1)
    nearest = np.argpartition(-similarities, count - 1, axis=1)[:, :count]
    weights = np.maximum(np.take_along_axis(similarities, nearest, axis=1) - MIN_SIMILARITY, 0)
    totals = weights.sum(axis=1, keepdims=True)
    shares, pull = weights / np.maximum(totals, 1e-9), SMOOTHING * (totals > 0)
    for _ in range(rounds):
        means = np.einsum("nk,nkd->nd", shares, points[nearest])
        points = normalize_rows(((1 - pull) * points + pull * means).astype(np.float32))
    return points


def merge_groups(points: Vectors, groups: Labels, threshold: float) -> Labels:
    """A label for each point after linking whole *groups*, numbered from 0 without gaps."""
    sizes = np.bincount(groups).astype(float)
    means = compute_group_means(points, groups)
    # The mean similarity of two groups is the product of their means, not of their directions.
    merges = link_clusters(1 - means @ means.T, sizes)
    labels: Labels = cut_linkage(len(sizes), merges, threshold)[groups]
    return labels


def compute_group_means(points: Vectors, groups: Labels) -> Vectors:
    """(groups, dimensions) means, not of unit length."""
    sums = np.zeros((int(groups.max()) + 1 if len(groups) else 0, points.shape[1]), np.float32)
    np.add.at(sums, groups, points)
    means: Vectors = (sums / np.bincount(groups)[:, None]).astype(np.float32)
    return means


def gather_micro_clusters(points: Vectors, count: int, seed: int = 0) -> Labels:
    """The nearest of *count* centroids for each point, without gaps; centroids by k-means on a sample."""
    random = np.random.default_rng(seed)
    sample = points[random.choice(len(points), min(SAMPLE, len(points)), replace=False)]
    centroids = sample[random.choice(len(sample), min(count, len(sample)), replace=False)].copy()
    for _ in range(ROUNDS):
        nearest = assign_nearest(sample, centroids)
        sums = np.zeros_like(centroids)
        np.add.at(sums, nearest, sample)
        used = np.bincount(nearest, minlength=len(centroids)) > 0
        centroids[used] = normalize_rows(sums[used])
    found: Labels = np.unique(assign_nearest(points, centroids), return_inverse=True)[1]
    return found


def assign_nearest(points: Vectors, centroids: Vectors) -> Labels:
    """Index of the most similar centroid of each point."""
    blocks = [(points[at : at + BLOCK] @ centroids.T).argmax(axis=1) for at in range(0, len(points), BLOCK)]
    return np.concatenate(blocks) if blocks else np.zeros(0, np.intp)


def link_clusters(distances: Vectors, sizes: NDArray[np.float64]) -> list[Merge]:
    """The merges of average linkage for (n, n) *distances* between groups of *sizes*, in no order."""
    distances, sizes = distances.astype(np.float32, copy=True), sizes.copy()
    np.fill_diagonal(distances, np.inf)
    alive = np.ones(len(sizes), bool)
    merges: list[Merge] = []
    chain: list[int] = []
    while len(merges) < len(sizes) - 1:
        if not chain:
            chain = [int(alive.argmax())]
        one = chain[-1]
        other = int(distances[one].argmin())
        if len(chain) > 1 and distances[one, chain[-2]] <= distances[one, other]:
            other = chain[-2]
        if len(chain) < 2 or other != chain[-2]:
            chain.append(other)
            continue
        chain = chain[:-2]
        merges.append((one, other, float(distances[one, other])))
        joint = (sizes[one] * distances[one] + sizes[other] * distances[other]) / (sizes[one] + sizes[other])
        distances[one], distances[:, one] = joint, joint
        distances[one, one] = np.inf
        distances[other], distances[:, other] = np.inf, np.inf
        alive[other] = False
        sizes[one] += sizes[other]
    return merges


def cut_linkage(count: int, merges: Sequence[Merge], threshold: float) -> Labels:
    """Labels of *count* points when merges above *threshold* are undone."""
    parents = list(range(count))

    def find_root(point: int) -> int:
        while parents[point] != point:
            parents[point] = parents[parents[point]]
            point = parents[point]
        return point

    for one, other, distance in merges:
        if distance <= threshold:
            parents[find_root(other)] = find_root(one)
    labels: Labels = np.unique([find_root(point) for point in range(count)], return_inverse=True)[1]
    return labels
