"""A retriever over a list of passages by word overlap: test double of the hybrid retriever."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.domain.errors import IndexUnavailable
from assistant.domain.knowledge import Passage
from assistant.text.segmentation import tokenize_text


class InMemoryRetriever:
    """Scores a passage by the share of the question's words that it contains."""

    def __init__(self, *passages: Passage) -> None:
        self.passages = passages
        #: Set to make every search fail, as a broken index does.
        self.down = False
        self.asked: list[str] = []

    async def search(self, question: str, *, language: str | None = None, limit: int = 5) -> list[Passage]:
        self.asked.append(question)
        if self.down:
            raise IndexUnavailable
        wanted = set(tokenize_text(question))
        scored = [replace(passage, score=_compute_word_share(wanted, passage)) for passage in self.passages]
        best: Sequence[Passage] = sorted(scored, key=lambda passage: -passage.score)
        return [passage for passage in best if passage.score > 0][:limit]


def _compute_word_share(wanted: set[str], passage: Passage) -> float:
    if not wanted:
        return 0.0
    there = set(tokenize_text(f"{passage.title} {' '.join(passage.headings)} {passage.text}"))
    return len(wanted & there) / len(wanted)
