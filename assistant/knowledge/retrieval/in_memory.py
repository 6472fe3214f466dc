"""A retriever over passages in a list, compared word by word: the in-memory twin of the hybrid search."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.domain.errors import IndexUnavailable
from assistant.domain.knowledge import Passage
from assistant.text.segmentation import terms


class ListedPassages:
    """Scores a passage by the share of the question's words that stand in it."""

    def __init__(self, *passages: Passage) -> None:
        self.passages = passages
        #: Set to make every search fail, as a broken index does.
        self.down = False
        self.asked: list[str] = []

    async def search(self, question: str, *, language: str | None = None, limit: int = 5) -> list[Passage]:
        self.asked.append(question)
        if self.down:
            raise IndexUnavailable
        wanted = set(terms(question))
        scored = [replace(passage, score=_share(wanted, passage)) for passage in self.passages]
        best: Sequence[Passage] = sorted(scored, key=lambda passage: -passage.score)
        return [passage for passage in best if passage.score > 0][:limit]


def _share(wanted: set[str], passage: Passage) -> float:
    if not wanted:
        return 0.0
    there = set(terms(f"{passage.title} {' '.join(passage.headings)} {passage.text}"))
    return len(wanted & there) / len(wanted)
