"""Encodes a question and a passage as token ids for the cross-encoder."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING

from assistant.answering.spans import get_locator
from assistant.text.quotable import extract_units

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from assistant.domain.knowledge import Passage
    from assistant.text.quotable import Unit

#: Special tokens: start and end of a text.
START = 0
END = 2
#: Tokens of the question and of the passage per window; longer passages take several windows.
MAX_QUESTION_TOKENS = 64
MAX_WINDOW_TOKENS = 200
MAX_TITLE_TOKENS = 48
#: Windows per passage: our own chunks need three at most.
MAX_WINDOWS = 8
#: Characters of a question, of a passage's title with its headings, and of its text that are read.
MAX_QUESTION_CHARACTERS = 600
MAX_TITLE_CHARACTERS = 600
MAX_PASSAGE_CHARACTERS = 16_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Input of one run: the question, then a passage or a run of its units."""

    ids: tuple[int, ...]
    #: Index of the passage's first token.
    passage_start: int
    #: Index of each unit in the passage, and its token span in the window.
    units: tuple[tuple[int, int, int], ...]


def encode_question(tokenizer: Tokenizer, question: str, context: str = "") -> list[int]:
    """The question's token ids; *context* is the customer's previous text.

    Of a long question the beginning and the end are kept: people ask first and explain, or explain first and
    ask.
    """
    asked = f"{context.strip()} / {question.strip()}" if context.strip() else question.strip()
    return encode_ends(tokenizer, "query: " + asked, MAX_QUESTION_TOKENS)


def encode_ends(tokenizer: Tokenizer, text: str, max_tokens: int) -> list[int]:
    """The token ids of *text*; of more than *max_tokens* the first and the last ones."""
    text = _keep_ends(" ".join(text.split()), MAX_QUESTION_CHARACTERS)
    ids: list[int] = tokenizer.encode(_replace_surrogates(text), add_special_tokens=False).ids
    if len(ids) <= max_tokens:
        return ids
    half = max_tokens // 2
    return [*ids[:half], *ids[-half:]]


def _replace_surrogates(text: str) -> str:
    """Replace lone surrogates, which the tokenizer refuses, by question marks; offsets stay the same."""
    return text.encode("utf-8", "replace").decode()


def _keep_ends(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most // 2]} {text[-most // 2 :]}"


def build_windows(tokenizer: Tokenizer, question: Sequence[int], passage: Passage) -> list[Window]:
    """The windows of *passage*, at least one; every unit found in its text is in one of them."""
    title = ("passage: " + " > ".join((passage.title, *passage.headings)))[:MAX_TITLE_CHARACTERS]
    head = tokenizer.encode(_replace_surrogates(title), add_special_tokens=False).ids[:MAX_TITLE_TOKENS]
    body = tokenizer.encode(
        "\n" + _replace_surrogates(passage.text[:MAX_PASSAGE_CHARACTERS]), add_special_tokens=False
    )
    starts = [START, *question, END, *head]
    found = []
    cuts = _split_windows(body.offsets, passage, extract_units(passage, 0))
    for start, end, inside in islice(cuts, MAX_WINDOWS):
        shift = len(starts) - start
        found.append(
            Window(
                ids=(*starts, *body.ids[start:end], END),
                passage_start=len(question) + 2,
                units=tuple((unit, a + shift, b + shift) for unit, a, b in inside),
            )
        )
    return found


def _split_windows(
    offsets: Sequence[tuple[int, int]], passage: Passage, every: Sequence[Unit]
) -> Iterator[tuple[int, int, list[tuple[int, int, int]]]]:
    """Windows of at most MAX_WINDOW_TOKENS, split between units, with the units in each."""
    known = get_locator(passage.text)
    placed = []
    for index, unit in enumerate(every):
        if place := known.locate_unit(unit):
            # A newline precedes the text.
            first = bisect_right(offsets, place[0] + 1, key=itemgetter(1))
            behind = bisect_left(offsets, place[1] + 1, key=itemgetter(0))
            if first < behind:
                placed.append((index, first, behind))
    start, members = 0, list[tuple[int, int, int]]()
    for each in placed:
        if each[1] < start:
            continue  # already read in an earlier window
        if each[2] - start > MAX_WINDOW_TOKENS:
            if members:
                yield start, min(each[1], start + MAX_WINDOW_TOKENS), members
            start, members = each[1], []
        members.append((each[0], each[1], min(each[2], start + MAX_WINDOW_TOKENS)))
    yield start, min(len(offsets), start + MAX_WINDOW_TOKENS), members
