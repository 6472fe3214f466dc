"""Themes as they go on: what splits, what merges, what is new; everything else keeps its theme.

Clustering again from nothing moves every second question to another theme. So themes stay as they are: two
merge only where they are nearer than parts of one theme usually are, and one splits only where its parts are
much further apart.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

import numpy as np

from assistant.insight.clustering import (
    MAX_EXACT,
    MICRO_CLUSTERS,
    Labels,
    cluster_points,
    compute_group_means,
    gather_micro_clusters,
    merge_groups,
)
from assistant.insight.theme_space import Vectors, normalize_rows

#: Average distance, among smoothed questions, at which they are one theme; chosen on sets that nothing is
#: measured on (`evals.quality.insight`).
THEME_DISTANCE = 0.3
#: Average distances, among questions as they are, below which two themes merge and above which the parts of
#: one split.
MERGE_DISTANCE = 0.6
SPLIT_DISTANCE = 0.8
#: Questions of fewer conversations are no theme; fewer questions are no part of one.
MIN_MEMBERS = 5
MIN_PART_SHARE = 0.25
#: A new question joins the nearest theme from this similarity with its mean on.
JOIN_SIMILARITY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeChange:
    """What happened to a theme: ``found``, ``split`` (came from *other*) or ``merged`` (into *other*)."""

    kind: str
    theme: str
    other: str | None = None


@dataclass(slots=True, kw_only=True)
class ThemePlan:
    """The theme of each question afterwards (None: unsorted), and what changed."""

    themes: list[str | None]
    changes: list[ThemeChange] = field(default_factory=list)


def review_themes(
    points: Vectors,
    themes: Sequence[str | None],
    owners: Sequence[str],
    pinned: Collection[str] = (),
) -> ThemePlan:
    """Split what fell apart, merge what grew together, and found themes on what is unsorted.

    *owners*: the conversation of each question; *pinned* themes neither split nor merge.
    """
    plan = ThemePlan(themes=list(themes))
    for theme, count in Counter(theme for theme in themes if theme is not None).items():
        if theme not in pinned and count >= 2 * MIN_MEMBERS:
            _split_theme(plan, points, theme)
    _merge_themes(plan, points, pinned)
    return discover_themes(points, plan.themes, owners, plan.changes)


def discover_themes(
    points: Vectors,
    themes: Sequence[str | None],
    owners: Sequence[str],
    changes: Sequence[ThemeChange] = (),
) -> ThemePlan:
    """Sort what is unsorted: into the themes there are, else into new ones; what has a theme stays.

    *owners*: the conversation of each question: who asks the same again and again founds no theme;
    *changes*: what came before.
    """
    plan = ThemePlan(themes=list(themes), changes=list(changes))
    _join_loose(plan, points)
    loose = _find_loose(plan)
    if len(loose) >= MIN_MEMBERS:
        labels = cluster_points(points[loose], THEME_DISTANCE)
        _found_themes(plan, [loose[labels == label] for label in range(labels.max() + 1)], owners)
        _join_loose(plan, points)
    return plan


def _find_loose(plan: ThemePlan) -> Labels:
    return np.flatnonzero([theme is None for theme in plan.themes])


def _join_loose(plan: ThemePlan, points: Vectors) -> None:
    names, centroids = compute_centroids(points, plan.themes)
    loose = _find_loose(plan)
    for place, theme in zip(loose, join_themes(points[loose], centroids, names), strict=True):
        plan.themes[place] = theme


def compute_centroids(points: Vectors, themes: Sequence[str | None]) -> tuple[list[str], Vectors]:
    """The themes in their order, and the direction of the mean of each."""
    names = list(dict.fromkeys(theme for theme in themes if theme is not None))
    numbers = {name: number for number, name in enumerate(names)}
    places = [place for place, theme in enumerate(themes) if theme is not None]
    groups = np.array([numbers[themes[place] or ""] for place in places], np.intp)
    return names, normalize_rows(compute_group_means(points[places], groups))


def join_themes(points: Vectors, centroids: Vectors, names: Sequence[str]) -> list[str | None]:
    """The nearest theme of each new question; None where none is near."""
    if not names or not len(points):
        return [None] * len(points)
    similarities = points @ centroids.T
    best = similarities.argmax(axis=1)
    near = similarities[np.arange(len(points)), best] >= JOIN_SIMILARITY
    return [names[place] if is_near else None for place, is_near in zip(best, near, strict=True)]


def _split_theme(plan: ThemePlan, points: Vectors, theme: str) -> None:
    """The largest part keeps the theme."""
    members = np.flatnonzero([one == theme for one in plan.themes])
    many = len(members) > MAX_EXACT
    groups = gather_micro_clusters(points[members], MICRO_CLUSTERS) if many else np.arange(len(members))
    labels = merge_groups(points[members], groups, SPLIT_DISTANCE)
    sizes = np.bincount(labels)
    least = max(MIN_MEMBERS, MIN_PART_SHARE * len(members))
    for label in np.argsort(-sizes)[1:]:
        if sizes[label] >= least:
            part = uuid4().hex
            plan.changes.append(ThemeChange(kind="split", theme=part, other=theme))
            for place in members[labels == label]:
                plan.themes[place] = part


def _merge_themes(plan: ThemePlan, points: Vectors, pinned: Collection[str]) -> None:
    """Link whole themes; the largest keeps its id."""
    sizes = Counter(theme for theme in plan.themes if theme is not None and theme not in pinned)
    if len(sizes) < 2:
        return
    numbers = {theme: number for number, theme in enumerate(sizes)}
    places = [place for place, theme in enumerate(plan.themes) if theme in numbers]
    groups = np.array([numbers[plan.themes[place] or ""] for place in places])
    labels = merge_groups(points[places], groups, MERGE_DISTANCE)
    joined = {theme: int(labels[groups == number][0]) for theme, number in numbers.items()}
    into = {
        label: max((t for t in sizes if joined[t] == label), key=sizes.__getitem__)
        for label in joined.values()
    }
    for theme, label in joined.items():
        if into[label] != theme:
            plan.changes.append(ThemeChange(kind="merged", theme=theme, other=into[label]))
    for place in places:
        plan.themes[place] = into[joined[plan.themes[place] or ""]]


def _found_themes(plan: ThemePlan, groups: Sequence[Labels], owners: Sequence[str]) -> None:
    for members in groups:
        if len({owners[place] for place in members}) >= MIN_MEMBERS:
            theme = uuid4().hex
            plan.changes.append(ThemeChange(kind="found", theme=theme))
            for place in members:
                plan.themes[place] = theme
