"""A draft in progress: every sentence is checked, and only supported ones become part of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from assistant.answering.drafts.stream_splitter import DraftPiece
from assistant.answering.grounding.checker import GroundingChecker
from assistant.answering.grounding.rules import (
    MIN_COSINE_OF_PARAPHRASE,
    MIN_SHARED_OF_PARAPHRASE,
    GroundingSource,
    find_evidence,
    find_nearest_texts,
    find_objection,
    find_unfit_reason,
    find_wrong_fact,
    makes_unsupported_promise,
)
from assistant.domain.markdown import remove_literal_marks
from assistant.domain.messages import Citation
from assistant.domain.turns import WithheldSentence
from assistant.domain.withheld_reasons import WithheldReason
from assistant.ports.answering import AnswerRequest
from assistant.text.pii_masking import PiiMask, remove_marks
from assistant.text.quotable import Unit
from assistant.text.terms import normalize_text

Likeness = Callable[[str, Sequence[str]], Awaitable[float]]
#: What the prompt tells a model to write when the passages do not answer.
NO_ANSWER = "NO_ANSWER"
_MAX_PIECES = 10


@dataclass(slots=True, kw_only=True)
class DraftInProgress:
    """The answer so far."""

    request: AnswerRequest
    sources: Sequence[GroundingSource]
    #: PII that was masked in the prompt; restored in what is shown.
    mask: PiiMask
    #: Scores a sentence against a passage.
    evidence: GroundingChecker
    #: Cosine of a text with the nearest of others, 0–1: used where there is no grounding classifier.
    likeness: Likeness
    accepted: list[str] = field(default_factory=list)
    withheld: list[WithheldSentence] = field(default_factory=list)
    #: (passage, block) -> its cited units; the order gives the citation numbers.
    _cited: dict[tuple[int, int], list[Unit]] = field(default_factory=dict)
    _said: set[str] = field(default_factory=set)
    says_no_answer: bool = False
    #: The model's whole output, and the tokens of prompt and completion.
    raw_text: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def text(self) -> str:
        return "".join(self.accepted).strip()

    @property
    def is_full(self) -> bool:
        return len(self.accepted) >= _MAX_PIECES or len(self.withheld) >= _MAX_PIECES

    @property
    def is_in_another_language(self) -> bool:
        return (
            not self.accepted and [w.why for w in self.withheld[:2]].count(WithheldReason.OTHER_LANGUAGE) == 2
        )

    async def add_piece(self, piece: DraftPiece) -> bool:
        """Check a piece and add it; returns whether it became part of the answer."""
        if NO_ANSWER in piece.text:
            self.says_no_answer = True
            return False
        if (same := normalize_text(piece.text)) in self._said:
            self.withheld.append(WithheldSentence(text=piece.text, why=WithheldReason.SAID_ALREADY))
            return False
        self._said.add(same)
        why, proof = await self._check_piece(replace(piece, text=remove_marks(piece.text)))
        if proof is None:
            self.withheld.append(WithheldSentence(text=piece.text, why=why))
            return False
        self.accepted.append(self._render_piece(piece, self._assign_citation_number(proof)))
        return True

    def withdraw_text(self, why: str) -> None:
        """Withdraw the answer: an incomplete one is not shown; it counts as withheld."""
        self.withheld += [WithheldSentence(text=text.strip(), why=why) for text in self.accepted]
        self.accepted = []

    async def _check_piece(self, piece: DraftPiece) -> tuple[str, "Unit | None"]:
        """The unit that supports the piece, of the cited passage or another, or the reason why none does."""
        if unfit := find_unfit_reason(piece.text, self.request.language):
            return unfit, None
        cited = [n - 1 for n in piece.cited if 0 < n <= len(self.sources)]
        why: str = "" if cited else WithheldReason.NO_CITATION
        for rank in [*cited, *(i for i in range(len(self.sources)) if i not in cited)]:
            reason = await self._find_objection(piece.text, rank)
            if reason is None:
                return "", find_evidence(piece.text, self.sources[rank], rank)
            why = why or reason
        return why, None

    async def _find_objection(self, text: str, rank: int) -> str | None:
        """The objection to a piece: exact facts first, then its meaning, by the classifier or by words."""
        source, language = self.sources[rank], self.request.language
        if source.contains_sentence(text):
            return None
        weighed = await self.evidence.score_support(text, rank)
        if weighed is None:
            return await self._find_lexical_objection(text, source, language)
        if reason := find_wrong_fact(text, source, weighed.nearest):
            return reason
        promise = makes_unsupported_promise(text, source)
        enough = weighed.head.enough_to_promise if promise else weighed.head.enough
        if weighed.probability >= enough:
            return None
        if promise:
            return WithheldReason.PROMISES_ACT
        return WithheldReason.HARDLY_SUPPORTED.with_detail(f"{weighed.probability:.0%}")

    async def _find_lexical_objection(self, text: str, source: GroundingSource, language: str) -> str | None:
        reason = find_objection(text, source, language)
        if reason is None or find_objection(text, source, language, MIN_SHARED_OF_PARAPHRASE):
            return reason
        alike = await self.likeness(text, find_nearest_texts(text, source))
        return (
            None
            if alike >= MIN_COSINE_OF_PARAPHRASE.get(language, max(MIN_COSINE_OF_PARAPHRASE.values()))
            else reason
        )

    def _assign_citation_number(self, proof: Unit) -> int:
        units = self._cited.setdefault((proof.passage, proof.block), [])
        if proof not in units:
            units.append(proof)
        return list(self._cited).index((proof.passage, proof.block)) + 1

    def _render_piece(self, piece: DraftPiece, n: int) -> str:
        break_before = (
            "\n" if piece.mark and self.accepted else "\n\n" if piece.opens_line and self.accepted else ""
        )
        mark = f"{piece.mark} " if piece.mark else ""
        space = " " if piece.text[-1].isascii() else ""
        text = self.mask.unmask_text(piece.text)
        return f"{break_before}{mark}{text}{space}[{n}]" + ("" if piece.mark else space)

    def build_citations(self) -> tuple[Citation, ...]:
        return tuple(
            Citation(n=n, article=p.article, title=p.title, url=p.url, quote=_format_quote(cited))
            for n, ((rank, _), cited) in enumerate(self._cited.items(), 1)
            for p in [self.request.passages[rank]]
        )


def _format_quote(cited: Sequence[Unit]) -> str:
    texts = [remove_literal_marks(unit.text) for unit in sorted(cited, key=lambda unit: unit.place)]
    return "\n".join(texts) if cited[0].cells or cited[0].marker != "-" else " ".join(texts)
