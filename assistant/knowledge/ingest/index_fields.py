"""The fields of a chunk that are indexed: terms for lexical search, texts for the vectors."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.domain.knowledge import Article, Chunk, Terms
from assistant.text.segmentation import tokenize_text

#: Most vectors per chunk; an id in the vector index is chunk * SLOTS + slot.
SLOTS = 16
#: Slot of the title and headings; slot 0 is the text itself.
TITLE = 1


def build_index_terms(article: Article, chunk: Chunk) -> Terms:
    """The terms of the chunk for lexical search."""
    return Terms(
        title=" ".join(tokenize_text(article.title)),
        headings=" ".join(tokenize_text("\n".join(chunk.headings))),
        body=" ".join(tokenize_text(chunk.text)),
    )


def build_embedding_texts(title: str, chunk: Chunk) -> list[str]:
    """The texts to embed, by slot: the text under its title and headings, and these alone."""
    heading, whole = prepend_headings(title, chunk.headings, chunk.text)
    return [whole, heading.rstrip("\n")]


def prepend_headings(title: str, headings: Sequence[str], text: str) -> tuple[str, str]:
    """The title and headings above a chunk's text, and these followed by the text."""
    heading = " > ".join((title, *headings)) + "\n"
    return heading, heading + text
