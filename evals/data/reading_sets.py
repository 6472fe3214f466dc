"""Questions with labelled passages for the reader: which passages answer, and which of their units.

Two kinds. *Warm-up*: encyclopedic and policy texts with marked answers (`../shared/data/reading`: JaQuAD,
PolicyQA, XQuAD). *Help*: help pages of invented firms with customers' questions and near misses
(`evals/cases/reading`, one domain and one writer per file; `evals/cases/faq`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.domain.knowledge import Article, Passage
from assistant.knowledge.ingest.chunking import split_into_chunks
from assistant.ports.models import Embedder
from assistant.text.quotable import Unit, extract_units
from evals.data.retrieval_sets import load_json_lines

CASES = Path(__file__).parents[1] / "cases"
#: Passages per question in training: those that answer, and the best-ranked of the others.
GROUP = 6

Row = dict[str, Any]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedPassage:
    """A passage with the parts that answer a question; spans are (start, end) in its text."""

    passage: Passage
    answers: bool
    #: None where it is unknown which part answers.
    spans: tuple[Span, ...] | None = ()
    #: Parts that a short answer must not omit.
    needs: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingQuestion:
    """A question with its passages; *source* names the domain or set, for holding out."""

    id: str
    text: str
    language: str
    source: str
    passages: tuple[MarkedPassage, ...]
    #: The customer's previous messages, for follow-ups.
    context: str = ""


def split_article(article: Article, count_tokens: Callable[[str], int]) -> list[Passage]:
    """The passages of an article as the product chunks it."""
    return [
        Passage(
            chunk=0,
            article=article.id,
            title=article.title,
            url="",
            language=article.language,
            headings=chunk.headings,
            text=chunk.text,
            score=0.0,
        )
        for chunk in split_into_chunks(article.text, count_tokens)
    ]


def list_trades(folder: Path = CASES / "reading") -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


class PassagePool:
    """The passages of one knowledge base, with nearest-neighbour search."""

    def __init__(self, articles: Sequence[Article], embedder: Embedder) -> None:
        self._embedder = embedder
        self.passages = [
            each for article in articles for each in split_article(article, embedder.count_tokens)
        ]
        self._vectors: NDArray[np.float32] | None = None

    async def find_likeliest(self, question: str, most: int) -> list[Passage]:
        if self._vectors is None:
            texts = [": ".join((p.title, *p.headings, p.text)) for p in self.passages]
            self._vectors = await self._embedder.embed_passages(texts)
        order = np.argsort(-(self._vectors @ await self._embedder.embed_query(question)), kind="stable")
        return [self.passages[i] for i in order[:most].tolist()]


async def load_invented_questions(path: Path, embedder: Embedder) -> list[ReadingQuestion]:
    """The questions of one domain, each with its answering passages and the nearest others."""
    lines = load_json_lines(path)
    pages = {line["id"]: line for line in lines if line["type"] == "page"}
    articles = [
        Article(id=key, title=page["title"], language=page["lang"], text=page["text"])
        for key, page in pages.items()
    ]
    known = PassagePool(articles, embedder)
    found = []
    for line in lines:
        if line["type"] != "q":
            continue
        marked = [
            _mark_passage(passage, line) for passage in known.passages if passage.article == line["page"]
        ]
        right = [each for each in marked if each.answers]
        if line["answer"] and not right:
            continue
        asked = "\n".join(part for part in (line.get("context"), line["text"]) if part)
        seen = {id(each.passage) for each in right}
        others = [
            MarkedPassage(passage=each, answers=False)
            for each in await known.find_likeliest(asked, 4 * GROUP)
            if id(each) not in seen and not _contains_answer(each, line["answer"])
        ]
        found.append(
            ReadingQuestion(
                id=f"{path.stem}-{line['id']}",
                text=line["text"],
                context=line.get("context") or "",
                language=line["lang"],
                source=path.stem,
                passages=tuple([*right, *others][: GROUP + len(right)]),
            )
        )
    return found


def _mark_passage(passage: Passage, line: Row) -> MarkedPassage:
    """Mark the part of *passage* that holds the line's answer; chunks keep their article's characters."""
    spans = tuple(_find_places(passage.text, line["answer"]))
    return MarkedPassage(
        passage=passage,
        answers=bool(spans),
        spans=spans,
        needs=tuple(_find_places(passage.text, line.get("needs") or [])),
    )


def _find_places(text: str, parts: Sequence[str]) -> Iterator[Span]:
    """The spans of each part in *text*; a part that does not occur is searched line by line."""
    for part in parts:
        at = text.find(part.strip())
        if at < 0 and "\n" in part:
            yield from _find_places(text, part.split("\n"))
        elif at >= 0 and part.strip():
            yield at, at + len(part.strip())


def _contains_answer(passage: Passage, answers: Sequence[str]) -> bool:
    """Whether the passage contains the answer too, and so is no near miss."""
    return any(answer.strip() in passage.text for answer in answers if len(answer) > 3)


async def load_faq_questions(name: str, embedder: Embedder) -> list[ReadingQuestion]:
    """Questions of a domain of `evals/cases/faq`, labelled by article but not by part."""
    articles = [
        Article(id=row["id"], title=row["title"], language=row["lang"], text=row["text"])
        for row in load_json_lines(CASES / "faq" / f"{name}.kb.jsonl")
    ]
    known = PassagePool(articles, embedder)
    found = []
    for n, line in enumerate(load_json_lines(CASES / "faq" / f"{name}.queries.jsonl")):
        likely = await known.find_likeliest(line["text"], GROUP + 2)
        right = [each for each in known.passages if line["relevant"].get(each.article, 0) > 0]
        if line["relevant"] and not right:
            continue
        marked = [MarkedPassage(passage=each, answers=True, spans=None) for each in right[:2]]
        marked += [MarkedPassage(passage=each, answers=False) for each in likely if each not in right]
        found.append(
            ReadingQuestion(
                id=f"{name}-{n}",
                text=line["text"],
                language=line["lang"],
                source=name,
                passages=tuple(marked[: GROUP + 1]),
            )
        )
    return found


def load_warm_up_questions(data: Path, seed: int = 5) -> list[ReadingQuestion]:
    """Encyclopedic and policy questions: the marked text, and another one of the same title as a
    near miss.
    """
    found: list[ReadingQuestion] = []
    chance = random.Random(seed)
    for name in ("jaquad_train", "jaquad_dev", "policyqa_dev", "policyqa_test", "xquad_en"):
        contexts = {row["id"]: row for row in load_json_lines(data / f"{name}.contexts.jsonl")}
        of_title: dict[str, list[str]] = {}
        for key, row in contexts.items():
            of_title.setdefault(row["title"], []).append(key)
        for row in load_json_lines(data / f"{name}.questions.jsonl"):
            context = contexts[row["context"]]
            others = [key for key in of_title[context["title"]] if key != row["context"]]
            spans = tuple((a, b) for a, b in row["spans"])
            marked = [MarkedPassage(passage=_build_passage(context), answers=True, spans=spans)]
            if others:
                marked.append(
                    MarkedPassage(passage=_build_passage(contexts[chance.choice(others)]), answers=False)
                )
            found.append(
                ReadingQuestion(
                    id=row["id"],
                    text=row["text"],
                    language=context["lang"],
                    source=name,
                    passages=tuple(marked),
                )
            )
    return found


def _build_passage(context: Row) -> Passage:
    return Passage(
        chunk=0,
        article=context["id"],
        title=context["title"],
        url="",
        language=context["lang"],
        headings=(),
        text=context["text"],
        score=0.0,
    )


@cache
def extract_passage_units(passage: Passage) -> tuple[Unit, ...]:
    return tuple(extract_units(passage, 0))
