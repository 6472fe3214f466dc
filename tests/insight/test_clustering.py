"""Clusters by distance: exact for few points, gathered first for many; names and themes that stay."""

import numpy as np
import pytest

from assistant.insight import clustering
from assistant.insight.clustering import Labels, cluster_points, cut_linkage, link_clusters
from assistant.insight.theme_names import select_terms
from assistant.insight.theme_review import THEME_DISTANCE, discover_themes, join_themes, review_themes
from assistant.insight.theme_space import Vectors, fit_space, normalize_rows


def blobs(*sizes: int, seed: int = 0, spread: float = 0.15, dimensions: int = 24) -> tuple[Vectors, Labels]:
    """Noisy copies of random directions."""
    random = np.random.default_rng(seed)
    centres = normalize_rows(random.normal(size=(len(sizes), dimensions)).astype(np.float32))
    truth = np.repeat(np.arange(len(sizes)), sizes)
    noise = random.normal(scale=spread, size=(len(truth), dimensions)).astype(np.float32)
    return normalize_rows(centres[truth] + noise), truth


def same_partition(one: Labels, other: Labels) -> bool:
    pairs = set(zip(one.tolist(), other.tolist(), strict=True))
    return len(pairs) == len(set(one.tolist())) == len(set(other.tolist()))


def test_linkage_is_average_linkage() -> None:
    """Against the definition: at every merge the mean distance of all pairs of points."""
    points, _ = blobs(4, 3, 5, spread=0.6)
    distances = 1 - points @ points.T
    merges = sorted(link_clusters(distances, np.ones(len(points))), key=lambda merge: merge[2])
    groups = [{place} for place in range(len(points))]
    for _, _, distance in merges:
        pairs = [
            (np.mean([distances[a, b] for a in one for b in other]), i, i + 1 + j)
            for i, one in enumerate(groups)
            for j, other in enumerate(groups[i + 1 :])
        ]
        nearest, i, j = min(pairs)
        assert distance == pytest.approx(nearest, abs=1e-5)
        groups[i] |= groups.pop(j)


def test_clusters_are_found_without_their_number() -> None:
    points, truth = blobs(30, 12, 7)
    assert same_partition(cluster_points(points, THEME_DISTANCE), truth)


def test_many_points_are_gathered_first(monkeypatch: pytest.MonkeyPatch) -> None:
    points, truth = blobs(120, 80, 60)
    monkeypatch.setattr(clustering, "MAX_EXACT", 100)
    monkeypatch.setattr(clustering, "MICRO_CLUSTERS", 40)
    assert same_partition(cluster_points(points, THEME_DISTANCE), truth)


def test_a_cut_at_nothing_leaves_every_point_alone() -> None:
    assert len(set(cut_linkage(3, [(0, 1, 0.2), (0, 2, 0.4)], 0.1).tolist())) == 3


def test_questions_and_their_translations_meet() -> None:
    """A language is an offset; without its mean each theme would be there twice."""
    points, truth = blobs(*[20] * 16, spread=0.1)
    offset = np.zeros(points.shape[1], np.float32)
    offset[0] = 3
    languages = ["ja" if place % 2 else "en" for place in range(len(points))]
    shifted = points + np.outer([language == "ja" for language in languages], offset).astype(np.float32)
    space = fit_space(shifted, languages)
    assert same_partition(cluster_points(space.project_vectors(shifted, languages), THEME_DISTANCE), truth)


def name_owners(count: int) -> list[str]:
    """A conversation each."""
    return [str(place) for place in range(count)]


def test_one_customer_who_asks_again_and_again_is_no_theme() -> None:
    points, _ = blobs(12)
    assert discover_themes(points, [None] * 12, ["same"] * 9 + ["b", "c", "d"]).changes == []


def test_few_questions_are_no_theme() -> None:
    points, _ = blobs(12, 4)
    plan = discover_themes(points, [None] * 16, name_owners(16))
    assert len(set(plan.themes[:12])) == 1
    assert plan.themes[0] is not None
    assert plan.themes[12:] == [None] * 4
    assert [change.kind for change in plan.changes] == ["found"]


def test_themes_keep_their_ids_and_what_grew_together_merges() -> None:
    points, _ = blobs(20, 20, 8, spread=0.1, dimensions=48)
    # Two themes hold halves of the same questions.
    before: list[str | None] = ["a"] * 10 + ["b"] * 10 + ["c"] * 20 + [None] * 8
    plan = review_themes(points, before, name_owners(48))
    assert plan.themes[:20] in (["a"] * 20, ["b"] * 20)
    assert plan.themes[20:40] == ["c"] * 20
    assert len(set(plan.themes[40:])) == 1
    assert sorted(change.kind for change in plan.changes) == ["found", "merged"]


def test_what_fell_apart_splits_and_what_is_pinned_does_not() -> None:
    points, _ = blobs(20, 10)
    plan = review_themes(points, ["a"] * 30, name_owners(30))
    assert plan.themes[:20] == ["a"] * 20
    (change,) = plan.changes
    assert (change.kind, change.other) == ("split", "a")
    assert plan.themes[20:] == [change.theme] * 10
    assert review_themes(points, ["a"] * 30, name_owners(30), {"a"}).themes == ["a"] * 30


def test_a_new_question_joins_the_nearest_theme_or_stays_unsorted() -> None:
    centroids = np.eye(3, dtype=np.float32)[:2]
    new = np.array([[0.9, 0.1, 0.2], [0.1, 0.1, 1.0]], np.float32)
    assert join_themes(normalize_rows(new), centroids, ["a", "b"]) == ["a", None]
    assert join_themes(new, np.zeros((0, 3), np.float32), []) == [None, None]


def test_terms_set_themes_apart_and_come_from_several_conversations() -> None:
    themes = {
        "delivery": ["沖縄への送料は？", "北海道の送料はいくら", "送料を教えて", "コードXYZの送料"],
        "returns": ["返品の期限は？", "返品したい", "返品の送料は誰が払う", "開封した商品の返品"],
    }
    terms = select_terms(themes)
    assert terms["delivery"][0] == "送料"
    assert terms["returns"][0] == "返品"
    assert "xyz" not in "".join(terms["delivery"])
