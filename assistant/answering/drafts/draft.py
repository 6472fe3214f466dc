"""A draft while it is written: every sentence is checked, and only what is supported becomes part of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from assistant.answering.drafts.stream_splitter import Piece
from assistant.answering.grounding.checker import Evidence
from assistant.answering.grounding.rules import (
    ALIKE,
    LEAST_SHARED_IF_ALIKE,
    Source,
    evidence,
    nearest,
    objection,
    promises_more,
    unfit,
    wrong_fact,
)
from assistant.answering.pii_masking import Mask, without_marks
from assistant.domain.messages import Citation
from assistant.domain.turns import WithheldSentence
from assistant.ports.answering import AnswerRequest
from assistant.text.quotable import Unit
from assistant.text.terms import normal

Likeness = Callable[[str, Sequence[str]], Awaitable[float]]
#: What the prompt tells a model to write when the passages do not answer.
NO_ANSWER = "NO_ANSWER"
_MOST_PIECES = 10


@dataclass(slots=True, kw_only=True)
class Writing:
    """The answer so far."""

    ask: AnswerRequest
    sources: Sequence[Source]
    #: What the model was not told; put back into what is shown.
    mask: Mask
    #: Weighs a sentence against a passage.
    evidence: Evidence
    #: How near a text comes in meaning to the nearest of some others, 0–1: where nothing can be weighed.
    likeness: Likeness
    shown: list[str] = field(default_factory=list)
    withheld: list[WithheldSentence] = field(default_factory=list)
    #: (passage, block) -> the units of it that are cited; its order gives the numbers.
    _cited: dict[tuple[int, int], list[Unit]] = field(default_factory=dict)
    _said: set[str] = field(default_factory=set)
    says_no_answer: bool = False
    #: Everything that the model said, and the tokens of the prompt and of that.
    heard: str = ""
    taken: int = 0
    given: int = 0

    @property
    def text(self) -> str:
        return "".join(self.shown).strip()

    @property
    def is_full(self) -> bool:
        return len(self.shown) >= _MOST_PIECES or len(self.withheld) >= _MOST_PIECES

    @property
    def is_in_another_language(self) -> bool:
        return not self.shown and [w.why for w in self.withheld[:2]].count("wrong language") == 2

    async def add(self, piece: Piece) -> bool:
        """True if the piece became part of the answer."""
        if NO_ANSWER in piece.text:
            self.says_no_answer = True
            return False
        if (same := normal(piece.text)) in self._said:
            self.withheld.append(WithheldSentence(text=piece.text, why="said already"))
            return False
        self._said.add(same)
        why, proof = await self._checked(replace(piece, text=without_marks(piece.text)))
        if proof is None:
            self.withheld.append(WithheldSentence(text=piece.text, why=why))
            return False
        self.shown.append(self._rendered(piece, self._number(proof)))
        return True

    def withdraw(self, why: str) -> None:
        """A half answer is none: what was shown goes to what was withheld."""
        self.withheld += [WithheldSentence(text=text.strip(), why=why) for text in self.shown]
        self.shown = []

    async def _checked(self, piece: Piece) -> tuple[str, "Unit | None"]:
        """The unit that proves the piece, or why none does; another passage than the cited may prove it."""
        if why := unfit(piece.text, self.ask.language):
            return why, None
        cited = [n - 1 for n in piece.cited if 0 < n <= len(self.sources)]
        why = "" if cited else "no citation"
        for rank in [*cited, *(i for i in range(len(self.sources)) if i not in cited)]:
            reason = await self._objection(piece.text, rank)
            if reason is None:
                return "", evidence(piece.text, self.sources[rank], rank)
            why = why or reason
        return why, None

    async def _objection(self, text: str, rank: int) -> str | None:
        """Facts have to be exact; the meaning is weighed, where there is no head for it by words alone."""
        source, language = self.sources[rank], self.ask.language
        if source.says(text):
            return None
        weighed = await self.evidence.weigh(text, rank)
        if weighed is None:
            return await self._objection_of_words(text, source, language)
        if reason := wrong_fact(text, source, weighed.nearest):
            return reason
        promise = promises_more(text, source)
        enough = weighed.head.enough_to_promise if promise else weighed.head.enough
        if weighed.probability >= enough:
            return None
        return "promises an act" if promise else f"hardly supported: {weighed.probability:.0%}"

    async def _objection_of_words(self, text: str, source: Source, language: str) -> str | None:
        reason = objection(text, source, language)
        if reason is None or objection(text, source, language, LEAST_SHARED_IF_ALIKE):
            return reason
        alike = await self.likeness(text, nearest(text, source))
        return None if alike >= ALIKE.get(language, max(ALIKE.values())) else reason

    def _number(self, proof: Unit) -> int:
        units = self._cited.setdefault((proof.passage, proof.block), [])
        if proof not in units:
            units.append(proof)
        return list(self._cited).index((proof.passage, proof.block)) + 1

    def _rendered(self, piece: Piece, n: int) -> str:
        break_before = (
            "\n" if piece.mark and self.shown else "\n\n" if piece.opens_line and self.shown else ""
        )
        mark = f"{piece.mark} " if piece.mark else ""
        space = " " if piece.text[-1].isascii() else ""
        text = self.mask.reveal(piece.text)
        return f"{break_before}{mark}{text}{space}[{n}]" + ("" if piece.mark else space)

    def citations(self) -> tuple[Citation, ...]:
        return tuple(
            Citation(n=n, article=p.article, title=p.title, url=p.url, quote=_quote(cited))
            for n, ((rank, _), cited) in enumerate(self._cited.items(), 1)
            for p in [self.ask.passages[rank]]
        )


def _quote(cited: Sequence[Unit]) -> str:
    texts = [unit.text for unit in sorted(cited, key=lambda unit: unit.place)]
    return "\n".join(texts) if cited[0].cells or cited[0].marker != "-" else " ".join(texts)
