"""What of a chunk goes into the indexes: its words for keyword search, its texts for the vectors."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.domain.knowledge import Article, Chunk, Terms
from assistant.text.segmentation import tokenize_text

#: Vectors per chunk at most; an id in the vector index is chunk * SLOTS + slot.
SLOTS = 16
#: Slot of the title and headings; the text itself is slot 0.
TITLE = 1


def build_index_terms(article: Article, chunk: Chunk) -> Terms:
    """The words that keyword search finds the chunk by."""
    return Terms(
        title=" ".join(tokenize_text(article.title)),
        headings=" ".join(tokenize_text("\n".join(chunk.headings))),
        body=" ".join(tokenize_text(chunk.text)),
    )


def build_embedding_texts(title: str, chunk: Chunk) -> list[str]:
    """The texts that become the chunk's vectors, by slot: the text under its title, and the title alone."""
    heading, whole = prepend_headings(title, chunk.headings, chunk.text)
    return [whole, heading.rstrip("\n")]


def prepend_headings(title: str, headings: Sequence[str], text: str) -> tuple[str, str]:
    """What stands above a chunk's text in its vectors, and the two together."""
    heading = " > ".join((title, *headings)) + "\n"
    return heading, heading + text
