"""Trains the quote ranking: ``python -m evals train quotes``.

From JSQuAD, with marked answers, and from our own questions to two help centres, with the fact that a good
quote contains. Writes assistant/answering/quotes/weights.json and prints how often the best candidate
contains the answer, cross-validated by article.
"""

import argparse
import asyncio
import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.answering.quotes import features
from assistant.answering.quotes.candidates import Candidate, list_candidates
from assistant.answering.quotes.ranker import QuoteRanker
from assistant.domain.knowledge import Passage
from assistant.knowledge.retrieval.token_vectors import StoredTokenVectors
from assistant.ports.answering import AnswerRequest
from evals.data.embedding_cache import CachingEmbedder
from evals.data.retrieval_sets import LabelledQuestion, load_stored_set
from evals.quality.pipeline import open_knowledge_over
from evals.quality.retrieval_runs import build_retriever
from evals.quality.sample import TODAY
from evals.train.optimisers import Adam

Array = NDArray[np.float64]
ROOT = Path(__file__).parents[2]
CASES = ROOT / "evals" / "cases"
PASSAGES = 6
QUESTIONS = 700
FOLDS = 5
STEPS = 400
RATE = 0.1
RIDGE = 0.02
#: The features, in the order of an example's columns.
NAMES = (
    "words",
    "words_or_heading",
    "fact",
    "length",
    "passage",
    "passage_to_best",
    "opens_article",
    "opens_section",
    "opens_asked_article",
    "opens_asked_section",
    "steps_asked",
    "row",
    "item",
    "step",
    "meaning",
)
LICENCES = "JSQuAD (CC BY-SA 4.0), mackerelio/documents (MIT); questions of our own"


@dataclass(frozen=True, slots=True, eq=False)
class TrainingExample:
    """The candidates of one question, a row each, and which of them contain the answer."""

    source: str
    #: Examples about one article are held out together.
    article: str
    features: Array
    holds: NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals train quotes", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    data: Path = parser.parse_args().data
    lessons = asyncio.run(_load_examples(data))
    for source, found in _measure_held_out(lessons).items():
        print(
            f"held out {source:12} best candidate holds the answer {found[0]:.3f} of {found[1]}", flush=True
        )
    learned = dict(zip(NAMES, np.round(_fit_weights(lessons), 3).tolist(), strict=True))
    about = {"made_by": "python -m evals train quotes", "licences": LICENCES}
    features.FILE.write_text(json.dumps(about | {"weights": learned}, indent=1) + "\n", encoding="utf-8")


async def _load_examples(data: Path) -> list[TrainingExample]:
    return [
        *await _load_squad(data / "retrieval"),
        *await _load_help_centre("sample", ROOT / "knowledge_base", CASES / "sample_kb.jsonl"),
        *await _load_help_centre("help_center", data / "help_center", CASES / "help_center.jsonl"),
    ]


async def _load_squad(data: Path) -> list[TrainingExample]:
    """Questions of JSQuAD with its passages, as the product would retrieve and chunk them."""
    embedder, collection = CachingEmbedder(), load_stored_set(data, "jsquad")
    rows = map(json.loads, (data / "jsquad" / "queries.jsonl").read_text("utf-8").splitlines())
    answers = {row["text"]: row["answers"] for row in rows}
    retriever, database = await build_retriever(collection, embedder)
    ranker = QuoteRanker(embedder, StoredTokenVectors(database, embedder))
    found = []
    for asked in random.Random(5).sample(collection.questions, QUESTIONS):
        passages = await retriever.search(asked.text, language="ja", limit=PASSAGES)
        holds = _AnswerTest(asked, passages, answers[asked.text], enough=any)
        found.append(await _build_example("jsquad", ranker, holds))
    database.close()
    return [lesson for lesson in found if lesson]


async def _load_help_centre(source: str, folder: Path, cases: Path) -> list[TrainingExample]:
    """Questions to a folder of articles, chunked as an ingest would."""
    embedder = CachingEmbedder()
    knowledge = await open_knowledge_over(folder, embedder, TODAY)
    ranker = QuoteRanker(embedder, StoredTokenVectors(knowledge.database, embedder))
    found = []
    for case in map(json.loads, cases.read_text("utf-8").splitlines()):
        if case["relevant"]:
            relevant = dict.fromkeys(case["relevant"], 1)
            asked = LabelledQuestion(text=case["text"], language=case["lang"], relevant=relevant)
            passages = await knowledge.retriever.search(asked.text, language=asked.language, limit=PASSAGES)
            holds = _AnswerTest(asked, passages, case["answer_contains"], enough=all)
            found.append(await _build_example(source, ranker, holds))
    await knowledge.close()
    return [lesson for lesson in found if lesson]


@dataclass(frozen=True, slots=True)
class _AnswerTest:
    """Whether a candidate answers: from the right article, with the facts."""

    asked: LabelledQuestion
    passages: Sequence[Passage]
    facts: Sequence[str]
    enough: Callable[[Iterable[bool]], bool]

    def __call__(self, candidate: Candidate) -> bool:
        article = self.passages[candidate.units[0].passage].article
        return article in self.asked.relevant and self.enough(fact in candidate.text for fact in self.facts)


async def _build_example(source: str, ranker: QuoteRanker, holds: _AnswerTest) -> TrainingExample | None:
    """None when no candidate contains the answer."""
    asked = holds.asked
    ask = AnswerRequest(question=asked.text, language=asked.language, passages=holds.passages)
    found = list_candidates(asked.text, holds.passages)
    right = np.array([holds(candidate) for candidate in found], bool)
    close = await ranker.compute_closeness(ask, found)
    if not right.any() or close is None:
        return None
    told = features.compute_quote_features(asked.text, found)
    rows = [[row[name] for name in NAMES[:-1]] for row in told]
    meaning = features.standardize_closeness(close)[:, None]
    return TrainingExample(
        source, min(asked.relevant), np.concatenate([np.array(rows), meaning], axis=1), right
    )


def _measure_held_out(lessons: Sequence[TrainingExample]) -> dict[str, tuple[float, int]]:
    """Per source: the share of questions whose best candidate contains the answer, and their number."""
    articles = sorted({lesson.article for lesson in lessons})
    fold = dict(zip(articles, np.random.default_rng(0).integers(0, FOLDS, len(articles)), strict=True))
    hits: dict[str, list[bool]] = {}
    for held in range(FOLDS):
        learned = _fit_weights([lesson for lesson in lessons if fold[lesson.article] != held])
        for lesson in lessons:
            if fold[lesson.article] == held:
                hits.setdefault(lesson.source, []).append(
                    bool(lesson.holds[np.argmax(lesson.features @ learned)])
                )
    return {source: (float(np.mean(found)), len(found)) for source, found in hits.items()}


def _fit_weights(lessons: Sequence[TrainingExample]) -> Array:
    """Adam on the likelihood of the answering candidates in a softmax over a question's candidates."""
    every = np.concatenate([lesson.features for lesson in lessons])
    spread = every.std(axis=0) + 1e-6
    model = Adam(len(NAMES))
    for step in range(1, STEPS + 1):
        slope = RIDGE * model.values[0]
        for lesson in lessons:
            told = lesson.features / spread
            shares = _compute_softmax(told @ model.values[0])
            wanted = shares * lesson.holds
            slope = slope + told.T @ (shares - wanted / wanted.sum()) / len(lessons)
        model.apply_gradients([slope], [RATE * (1 - step / (STEPS + 1))])
    return np.asarray(model.values[0] / spread)


def _compute_softmax(scores: Array) -> Array:
    shares = np.exp(scores - scores.max())
    return np.asarray(shares / shares.sum())
