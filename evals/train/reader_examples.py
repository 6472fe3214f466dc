"""The reader's training examples as token ids: ``python -m evals.train.reader_examples warm|help OUT``.

*warm* are the marked encyclopedic and policy texts, *help* the help pages; OUT is a pickled
list of `WindowExample`.
"""

from __future__ import annotations

import argparse
import asyncio
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from tokenizers import Tokenizer

from assistant.answering.reader.encoding import build_windows, encode_question
from assistant.answering.spans import get_locator
from assistant.models.embeddings.e5_cache import prepare_e5
from assistant.ports.models import Embedder
from evals.data.embedding_cache import CACHE, CachingEmbedder
from evals.data.reading_sets import (
    CASES,
    MarkedPassage,
    ReadingQuestion,
    Span,
    extract_passage_units,
    list_trades,
    load_faq_questions,
    load_invented_questions,
    load_warm_up_questions,
)

#: Labels of a unit: it answers, it does not, unknown.
YES = 1
NO = 0
UNKNOWN = -1


class WindowExample(TypedDict):
    """A question with a window of a passage as the reader gets it, and its labels."""

    ids: Sequence[int]
    #: Index of the passage's first token.
    passage_start: int
    #: Token span of each unit.
    spans: list[tuple[int, int]]
    answers: bool
    #: Of each unit YES, NO or UNKNOWN: it answers; it is needed beside the answer.
    labels: list[int]
    needs: list[int]
    #: Index of the passage among the question's.
    passage: int


class ReaderExample(TypedDict):
    """A question with the windows of its passages."""

    id: str
    source: str
    language: str
    windows: list[WindowExample]


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals.train.reader_examples", description=__doc__)
    parser.add_argument("set", choices=("warm", "help"))
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/reading"))
    parser.add_argument("--trades", type=Path, default=CASES / "reading")
    chosen = parser.parse_args()
    if chosen.set == "warm":
        questions = load_warm_up_questions(chosen.data)
    else:
        questions = asyncio.run(load_help_questions(chosen.trades, CachingEmbedder()))
    tokenizer = Tokenizer.from_file(str(prepare_e5(CACHE) / "tokenizer.json"))
    tokenizer.no_truncation()
    groups = [encode_example(tokenizer, each) for each in questions]
    chosen.out.write_bytes(pickle.dumps(groups))
    windows = sum(len(group["windows"]) for group in groups)
    print(f"{len(groups)} questions, {windows} windows, {chosen.out}")


async def load_help_questions(folder: Path, embedder: Embedder) -> list[ReadingQuestion]:
    """The questions of all domains in *folder*, and of the four in `evals/cases/faq`."""
    found: list[ReadingQuestion] = []
    for path in list_trades(folder):
        found += await load_invented_questions(path, embedder)
    for name in ("telecom", "hospital", "airline", "payroll"):
        found += await load_faq_questions(name, embedder)
    return found


def encode_example(tokenizer: Tokenizer, question: ReadingQuestion) -> ReaderExample:
    asked = encode_question(tokenizer, question.text, question.context)
    windows: list[WindowExample] = []
    for place, marked in enumerate(question.passages):
        windows += _build_windows(tokenizer, asked, marked, place)
    return {"id": question.id, "source": question.source, "language": question.language, "windows": windows}


def _build_windows(
    tokenizer: Tokenizer, asked: Sequence[int], marked: MarkedPassage, place: int
) -> list[WindowExample]:
    every = extract_passage_units(marked.passage)
    known = get_locator(marked.passage.text)
    at = [known.locate_unit(unit) for unit in every]
    found: list[WindowExample] = []
    for window in build_windows(tokenizer, asked, marked.passage):
        labels = [_label_unit(at[unit], marked.spans) for unit, _, _ in window.units]
        needs = [_label_unit(at[unit], marked.needs) for unit, _, _ in window.units]
        # A window without the answer of a passage that answers is a near miss.
        answers = marked.answers and (marked.spans is None or YES in labels)
        found.append(
            {
                "ids": window.ids,
                "passage_start": window.passage_start,
                "spans": [(a, b) for _, a, b in window.units],
                "answers": answers,
                "labels": labels,
                "needs": needs if marked.spans is not None else [UNKNOWN] * len(labels),
                "passage": place,
            }
        )
    return found


def _label_unit(at: Span | None, spans: Sequence[Span] | None) -> int:
    """The label of a unit with the span *at*; None as *at*: it was not found."""
    if spans is None or at is None:
        return UNKNOWN
    start, end = at
    # A span that covers most of a unit, or lies within it.
    covered = any(min(end, b) - max(start, a) > 0.5 * min(end - start, b - a) for a, b in spans)
    return YES if covered else NO


if __name__ == "__main__":
    main()
