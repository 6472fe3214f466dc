"""Vertical writing on a PDF page: columns from right to left."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from assistant.knowledge.loaders.pdf_tables import normalize_whitespace


def is_vertical(chars: Sequence[dict[str, Any]]) -> bool:
    """Whether most letters are below the letter before them."""
    down = across = 0
    for before, char in pairwise(chars):
        size = max(char["size"], 1.0)
        x, y = char["x0"] - before["x0"], char["top"] - before["top"]
        if abs(x) < 0.3 * size and 0.3 * size < y < 2.5 * size:
            down += 1
        elif abs(y) < 0.3 * size and 0.1 * size < x < 2.5 * size:
            across += 1
    return down > 2 * across and down >= len(chars) * 0.4


def extract_vertical_columns(chars: Sequence[dict[str, Any]]) -> Iterator[tuple[str, float]]:
    """Each column with its letter size, right to left, text top to bottom."""
    columns: list[list[dict[str, Any]]] = []
    for char in sorted(chars, key=lambda one: -(one["x0"] + one["x1"]) / 2):
        middle = (char["x0"] + char["x1"]) / 2
        if columns and abs((columns[-1][0]["x0"] + columns[-1][0]["x1"]) / 2 - middle) < 0.5 * char["size"]:
            columns[-1].append(char)
        else:
            columns.append([char])
    for column in columns:
        column.sort(key=lambda one: one["top"])
        sizes = Counter(round(char["size"], 1) for char in column)
        yield normalize_whitespace("".join(char["text"] for char in column)), sizes.most_common(1)[0][0]
