"""Which articles are valid today, and which contradict each other; kept in memory for retrieval."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from assistant.domain.article_lifecycle import Contradiction, ContradictionSide
from assistant.domain.knowledge import Dispute, Passage
from assistant.ports.storage.knowledge import ArticleLifecycleStore


class ArticleValidity:
    def __init__(self) -> None:
        self._today: date | None = None
        self._inactive: frozenset[int] = frozenset()
        self._open: Sequence[Contradiction] = ()

    def load_state(self, store: ArticleLifecycleStore, today: date) -> None:
        self._today, self._inactive = today, frozenset(store.list_inactive_chunks(today))
        # Contradictions across languages are too uncertain for customers: support leads see them at ingest.
        self._open = [
            each for each in store.list_open_contradictions(today) if each.one.language == each.other.language
        ]

    def is_loaded_for(self, today: date) -> bool:
        return self._today == today

    def select_answerable(self, chunks: Iterable[int]) -> list[int]:
        """Those of *chunks* whose article is already valid and not superseded."""
        return [chunk for chunk in chunks if chunk not in self._inactive]

    def apply_contradictions(
        self, passages: Sequence[Passage], link: Callable[[str], str] = str
    ) -> list[Passage]:
        """Remove passages that a newer article contradicts; where neither is newer, note the dispute.

        A passage is removed only when the newer sentence is among the passages.
        """
        kept = [passage for passage in passages if not self._is_outdated(passage, passages)]
        return [replace(passage, disputes=tuple(self._find_disputes(passage, link))) for passage in kept]

    def _is_outdated(self, passage: Passage, all_: Sequence[Passage]) -> bool:
        return any(
            newer is not None and newer != mine and any(_contains_side(other, newer) for other in all_)
            for mine, _, newer in self._find_sides(passage)
        )

    def _find_disputes(self, passage: Passage, link: Callable[[str], str]) -> Iterator[Dispute]:
        for mine, other, newer in self._find_sides(passage):
            if newer != mine:
                yield Dispute(
                    text=mine.text,
                    article=other.article,
                    title=other.title,
                    url=other.url or link(other.article),
                    other=other.text,
                )

    def _find_sides(
        self, passage: Passage
    ) -> Iterator[tuple[ContradictionSide, ContradictionSide, ContradictionSide | None]]:
        """Per contradiction of the passage: its own side, the other side, and the newer one."""
        for found in self._open:
            for mine, other in ((found.one, found.other), (found.other, found.one)):
                if _contains_side(passage, mine):
                    yield mine, other, found.newer_side


def _contains_side(passage: Passage, side: ContradictionSide) -> bool:
    return passage.article == side.article and strip_punctuation(side.text) in strip_punctuation(passage.text)


def strip_punctuation(text: str) -> str:
    """Letters and digits only, so that Markdown and line breaks do not matter in comparisons."""
    return "".join(filter(str.isalnum, text))
