"""Keeps the themes: embeds what was asked, sorts it, finds new themes daily and reviews all monthly."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import structlog

from assistant.domain.audit import ASSISTANT
from assistant.domain.errors import Unavailable
from assistant.domain.themes import AskedQuestion, Theme, ThemeEvent
from assistant.insight.theme_names import find_medoid, select_terms
from assistant.insight.theme_review import (
    ThemeChange,
    ThemePlan,
    compute_centroids,
    discover_themes,
    join_themes,
    review_themes,
)
from assistant.insight.theme_space import ThemeSpace, Vectors, fit_space
from assistant.ports.clock import Clock
from assistant.ports.models import Embedder
from assistant.ports.storage.store import Database, Store

log = structlog.get_logger()

#: Seconds between two looks for new questions, and how many are embedded at a time.
LOOK_SECONDS = 30.0
BATCH = 64
#: How often new themes are looked for and all are reviewed; a run that has not ended is begun again.
DISCOVERY_INTERVAL = timedelta(hours=23)
REVIEW_INTERVAL = timedelta(days=28)
RETRY_AFTER = timedelta(hours=1)
#: Questions that themes are made of.
LOOK_BACK = timedelta(days=180)
MAX_QUESTIONS = 50_000
#: Fewer questions than this have no themes.
MIN_QUESTIONS = 20


@dataclass(frozen=True, slots=True, eq=False)
class ThemeMap:
    """The themes in memory, for sorting what is asked next."""

    space: ThemeSpace
    names: Sequence[str]
    centroids: Vectors


class ThemeKeeper:
    def __init__(self, database: Database[Store], embedder: Embedder, clock: Clock) -> None:
        self._database, self._embedder, self._clock = database, embedder, clock
        self._map: ThemeMap | None = None

    async def run(self) -> None:
        while True:
            with suppress(Unavailable):  # the next round tries again
                await self.keep_themes()
            await asyncio.sleep(LOOK_SECONDS)

    async def keep_themes(self) -> None:
        """Embed and sort what is new; discover and review when it is time to."""
        await self.embed_questions()
        now = self._clock()
        for kind, every in (("review", REVIEW_INTERVAL), ("discovery", DISCOVERY_INTERVAL)):
            claimed = await self._database.write(
                lambda store, k=kind, e=every: store.themes.claim_run(k, now, e, RETRY_AFTER)  # type: ignore[misc]
            )
            if claimed:
                await self.update_themes(review=kind == "review")
                await self._database.write(lambda store, k=kind: store.themes.finish_run(k, now))  # type: ignore[misc]

    async def embed_questions(self) -> None:
        """Embed what is not yet, a batch at a time, and sort it into the themes there are."""
        model = self._embedder.name
        while batch := await self._database.read(
            lambda store: store.questions.list_unembedded(model, limit=BATCH)
        ):
            vectors = np.stack([await self._embedder.embed_query(question.text) for question in batch])
            themes = await self._sort_questions(batch, vectors)
            coded = {
                question.key: encode_vector(vector) for question, vector in zip(batch, vectors, strict=True)
            }

            def save(
                store: Store,
                coded: Mapping[tuple[str, int], bytes] = coded,
                themes: Mapping[tuple[str, int], str | None] = themes,
            ) -> None:
                store.questions.save_vectors(model, coded)
                store.questions.assign_themes(themes)

            await self._database.write(save)

    async def update_themes(self, *, review: bool) -> ThemePlan | None:
        """Found new themes; with *review* also split and merge. None: too few questions yet."""
        model, since = self._embedder.name, self._clock() - LOOK_BACK
        questions, themes = await self._database.read(
            lambda store: (
                store.questions.list_embedded(model, since=since, limit=MAX_QUESTIONS),
                store.themes.list_alive(),
            )
        )
        if len(questions) < MIN_QUESTIONS:
            return None
        pinned = {theme.id for theme in themes if theme.pinned}
        plan, renamed, self._map = await asyncio.to_thread(_plan_themes, questions, pinned, review=review)
        now = self._clock()
        await self._database.write(lambda store: _save_plan(store, questions, plan, renamed, now))
        log.info("themes updated", review=review, themes=len(renamed), changes=len(plan.changes))
        return plan

    async def _sort_questions(
        self, batch: Sequence[AskedQuestion], vectors: Vectors
    ) -> dict[tuple[str, int], str | None]:
        """The theme of each new question; questions that have one keep it."""
        if self._map is None:
            await self._load_map()
        found, known = self._map, {question.key: question.theme for question in batch}
        if found is None:
            return known
        points = found.space.project_vectors(vectors, [question.language for question in batch])
        nearest = join_themes(points, found.centroids, found.names)
        return {question.key: question.theme or theme for question, theme in zip(batch, nearest, strict=True)}

    async def _load_map(self) -> None:
        """The themes as they were left, after a start."""
        model, since = self._embedder.name, self._clock() - LOOK_BACK
        questions = await self._database.read(
            lambda store: store.questions.list_embedded(model, since=since, limit=MAX_QUESTIONS)
        )
        if len(questions) >= MIN_QUESTIONS:
            space, points = await asyncio.to_thread(_project_questions, questions)
            self._map = _build_map(space, points, [question.theme for question in questions])


def encode_vector(vector: Vectors) -> bytes:
    """Half precision: cosines change by less than 0.0005."""
    return vector.astype("<f2").tobytes()


def decode_vectors(questions: Sequence[AskedQuestion]) -> Vectors:
    """(n, dimensions) float32."""
    return np.stack([np.frombuffer(question.vector or b"", "<f2") for question in questions]).astype(
        np.float32
    )


def _project_questions(questions: Sequence[AskedQuestion]) -> tuple[ThemeSpace, Vectors]:
    vectors, languages = decode_vectors(questions), [question.language for question in questions]
    space = fit_space(vectors, languages)
    return space, space.project_vectors(vectors, languages)


def _plan_themes(
    questions: Sequence[AskedQuestion], pinned: set[str], *, review: bool
) -> tuple[ThemePlan, dict[str, Theme], ThemeMap]:
    """What changes, the names of all themes afterwards, and the map for sorting."""
    space, points = _project_questions(questions)
    themes = [question.theme for question in questions]
    owners = [question.conversation for question in questions]
    plan = (
        review_themes(points, themes, owners, pinned) if review else discover_themes(points, themes, owners)
    )
    map_ = _build_map(space, points, plan.themes)
    return plan, _name_themes(questions, points, plan), map_


def _build_map(space: ThemeSpace, points: Vectors, themes: Sequence[str | None]) -> ThemeMap:
    names, centroids = compute_centroids(points, themes)
    return ThemeMap(space, names, centroids)


def _name_themes(questions: Sequence[AskedQuestion], points: Vectors, plan: ThemePlan) -> dict[str, Theme]:
    members: dict[str, list[int]] = {}
    for place, theme in enumerate(plan.themes):
        if theme is not None:
            members.setdefault(theme, []).append(place)
    terms = select_terms(
        {
            theme: list({questions[place].conversation: questions[place].text for place in places}.values())
            for theme, places in members.items()
        }
    )
    found = {}
    for theme, places in members.items():
        medoid = find_medoid(points[places], [questions[place] for place in places])
        found[theme] = Theme(
            id=theme,
            created_at=medoid.asked_at,
            conversation=medoid.conversation,
            turn=medoid.turn,
            terms=terms[theme],
        )
    return found


def _save_plan(
    store: Store,
    questions: Sequence[AskedQuestion],
    plan: ThemePlan,
    renamed: Mapping[str, Theme],
    now: datetime,
) -> None:
    """Store what changed; a theme that an administrator merged meanwhile stays merged."""
    known = {theme.id: theme for theme in store.themes.list_alive()}
    created = {change.theme for change in plan.changes if change.kind in ("found", "split")}
    alive = {theme for theme in renamed if theme in known or theme in created}
    for theme in alive:
        name = renamed[theme]
        kept = known.get(theme, replace(name, created_at=now))
        store.themes.save(replace(kept, conversation=name.conversation, turn=name.turn, terms=name.terms))
    for change in plan.changes:
        is_merge = change.kind == "merged"
        if change.other in alive and change.theme in known if is_merge else change.theme in alive:
            _save_change(store, change, known, now)
    store.questions.assign_themes(
        {
            question.key: theme
            for question, theme in zip(questions, plan.themes, strict=True)
            if theme != question.theme
        }
    )


def _save_change(store: Store, change: ThemeChange, known: Mapping[str, Theme], now: datetime) -> None:
    if change.kind == "merged":
        store.themes.save(replace(known[change.theme], merged_into=change.other))
        store.themes.move_questions(change.theme, change.other or "")
    store.themes.add_event(
        ThemeEvent(theme=change.theme, kind=change.kind, other=change.other, actor=ASSISTANT, created_at=now)
    )
