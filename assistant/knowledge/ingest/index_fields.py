"""What of a chunk goes into the indexes: its words for keyword search, its texts for the vectors."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.domain.knowledge import Article, Chunk, Terms
from assistant.text.segmentation import terms

#: Vectors per chunk at most; an id in the vector index is chunk * SLOTS + slot.
SLOTS = 16
#: Slot of the title and headings; the text itself is slot 0.
TITLE = 1


def words_of(article: Article, chunk: Chunk) -> Terms:
    """The words that keyword search finds the chunk by."""
    return Terms(
        title=" ".join(terms(article.title)),
        headings=" ".join(terms("\n".join(chunk.headings))),
        body=" ".join(terms(chunk.text)),
    )


def texts_of(title: str, chunk: Chunk) -> list[str]:
    """The texts that become the chunk's vectors, by slot: the text under its title, and the title alone."""
    heading, whole = under_heading(title, chunk.headings, chunk.text)
    return [whole, heading.rstrip("\n")]


def under_heading(title: str, headings: Sequence[str], text: str) -> tuple[str, str]:
    """What stands above a chunk's text in its vectors, and the two together."""
    heading = " > ".join((title, *headings)) + "\n"
    return heading, heading + text
