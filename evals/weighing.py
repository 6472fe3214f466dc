"""Sentences weighed against passages as the product does, many at once: to train and measure the head."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.domain.knowledge import Passage
from assistant.llm.alignment import Reading
from assistant.llm.evidence import Readings
from assistant.llm.facts import in_digits
from assistant.llm.support import Source, rules
from assistant.llm.support_head import told, turned
from evals.embedding_cache import RememberingEmbedder
from evals.support_sets import Judged

Array = NDArray[np.float64]
TOGETHER = 256


@dataclass(frozen=True, slots=True, eq=False)
class Weighing:
    """What the head sees of one sentence and one passage."""

    told: NDArray[np.float32]
    turned: NDArray[np.float32]


class Scales:
    """Weighs with the local model, remembering on disk what was embedded."""

    def __init__(self) -> None:
        self._readings = Readings(RememberingEmbedder())
        self._sources: dict[int, Source] = {}

    def source(self, passage: Passage) -> Source:
        return self._sources.setdefault(id(passage), Source.of(passage))

    def weigh(self, pairs: Sequence[tuple[str, Source]]) -> list[Weighing | None]:
        return asyncio.run(self._weigh(pairs))

    async def _weigh(self, pairs: Sequence[tuple[str, Source]]) -> list[Weighing | None]:
        found: list[Weighing | None] = []
        for start in range(0, len(pairs), TOGETHER):
            some = pairs[start : start + TOGETHER]
            await self._readings.of(
                [text for said, source in some for text in (in_digits(said), *source.said)]
            )
            found += [await self._one(said, source) for said, source in some]
        return found

    async def _one(self, said: str, source: Source) -> Weighing | None:
        [sentence, heading, *units] = await self._readings.of([in_digits(said), source.heading, *source.said])
        units = [unit for unit in units if len(unit.tokens)]
        if not units or not len(sentence.tokens):
            return None
        return _weighing(sentence, units, heading, rules(said, source))


def _weighing(said: Reading, units: Sequence[Reading], heading: Reading, seen: Sequence[float]) -> Weighing:
    return Weighing(told(said, units, heading if heading.text else None, seen), turned(said, units))


def as_source(judged: Judged, language: str) -> Source:
    """The knowledge of a judged reply as a passage without title."""
    passage = Passage(
        chunk=0,
        article="",
        title="",
        url="",
        language=language,
        headings=(),
        text="\n\n".join(judged.known),
        score=0.9,
    )
    return Source.of(passage)


def logistic(rows: Array, targets: Array, weights: Array, pull: Array) -> Array:
    """Weights of a logistic model by Newton's method; *pull* towards zero for each column."""
    found = np.zeros(rows.shape[1])
    for _ in range(30):
        sure = 1 / (1 + np.exp(-np.clip(rows @ found, -30, 30)))
        slope = rows.T @ (weights * (sure - targets)) + pull * found
        bend = (rows * (weights * sure * (1 - sure) + 1e-6)[:, None]).T @ rows + np.diag(pull)
        step = np.linalg.solve(bend, slope)
        found -= step
        if np.abs(step).max() < 1e-5:
            break
    return np.asarray(found)


def auroc(good: Iterable[float], bad: Iterable[float]) -> float:
    """How often a good one is above a bad one; ties count half."""
    high, low = np.sort(np.array(list(good))), np.sort(np.array(list(bad)))
    below = np.searchsorted(low, high, "left") + np.searchsorted(low, high, "right")
    return float(below.sum() / (2 * len(high) * len(low)))


def overlaps(judged: Sequence[Judged], japanese: bool) -> Iterator[tuple[float, float]]:
    """Word overlap with the knowledge: F1 as FaithDial measures it, and the share of the reply's words."""
    for one in judged:
        said, known = _words(one.said, japanese), _words(" ".join(one.known), japanese)
        shared = len(said & known)
        yield 2 * shared / max(1, len(said) + len(known)), shared / max(1, len(said))


def _words(text: str, japanese: bool) -> set[str]:
    """Words; in Japanese pairs of characters."""
    if japanese:
        return {text[i : i + 2] for i in range(len(text) - 1)}
    return {word.strip(".,!?;:'\"") for word in text.lower().split()} - {""}
