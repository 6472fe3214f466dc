"""Selects the parts of passages and history for a prompt, and sanitizes them as data."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.answering.quotes.candidates import Candidate
from assistant.domain.markdown import remove_literal_marks
from assistant.domain.messages import Author
from assistant.domain.turns import Utterance
from assistant.models.token_count import count_tokens
from assistant.ports.answering import AnswerRequest
from assistant.text.characters import strip_every_invisible
from assistant.text.pii_masking import PiiMask
from assistant.text.quotable import Unit, UnitKind, extract_units

#: Tokens of all passages together.
BUDGET = 650
#: A part whose score is lower than the best one's by more than this is left out; within the second value it
#: is given with its whole paragraph or list. Log-odds of the quote ranking; tuned on
#: evals/cases/sample_kb.jsonl, not on its held-out set.
_MAX_LOG_ODDS_BEHIND = 4.8
_MAX_LOG_ODDS_BEHIND_FOR_CONTEXT = 0.5
_MAX_BLOCK_CHARACTERS = 600
#: Characters of a question that a model reads.
MAX_QUESTION_CHARACTERS = 2_000

_DELIMITER = re.compile(
    r"</?\s*(passages?|conversation|customer|system|assistant|text)\b[^>]*>", re.IGNORECASE
)
_ROLE = {Author.CUSTOMER: "Customer", Author.ASSISTANT: "Assistant", Author.AGENT: "Agent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLimits:
    """How much of a conversation a model is shown, counted from its end."""

    lines: int
    #: Characters of a customer's and of our messages: the customer's tell more about the question.
    characters: int
    characters_of_ours: int
    #: Characters of all lines together.
    total: int


#: What a follow-up may refer to.
FOLLOW_UP = HistoryLimits(lines=2, characters=140, characters_of_ours=80, total=400)


def build_prompt_context(
    request: AnswerRequest, ranked: Sequence[tuple[Candidate, float]], model: str, budget: int = BUDGET
) -> str:
    """The parts of the passages that the question needs, best first, within the token *budget*.

    Each passage keeps its rank in the search, from 1, as its number.
    """
    chosen: dict[int, set[Unit]] = {}
    left = budget
    for candidate, score in _promote_best_passage(request, ranked):
        if score < ranked[0][1] - _MAX_LOG_ODDS_BEHIND:
            continue
        rank = candidate.units[0].passage
        together = (
            _expand_to_block(request, candidate)
            if score >= ranked[0][1] - _MAX_LOG_ODDS_BEHIND_FOR_CONTEXT
            else candidate.units
        )
        new = set(together) - chosen.get(rank, set())
        cost = sum(count_tokens(unit.text, model) + 2 for unit in new) + (20 if rank not in chosen else 0)
        if cost <= left:
            chosen.setdefault(rank, set()).update(new)
            left -= cost
    return "\n\n".join(_format_passage(request, rank, chosen[rank]) for rank in sorted(chosen))


def _promote_best_passage(
    request: AnswerRequest, ranked: Sequence[tuple[Candidate, float]]
) -> list[tuple[Candidate, float]]:
    """Move the best part of the top-ranked passage to the first or second place, whatever its own score."""
    if not ranked:
        return []
    best = max(range(len(request.passages)), key=lambda rank: request.passages[rank].score)
    own = next((each for each in ranked if each[0].units[0].passage == best), None)
    if own is None or own == ranked[0]:
        return list(ranked)
    others = [each for each in ranked if each is not own]
    return [others[0], (own[0], max(own[1], ranked[0][1] - _MAX_LOG_ODDS_BEHIND)), *others[1:]]


def _expand_to_block(request: AnswerRequest, candidate: Candidate) -> Iterable[Unit]:
    """Extend a sentence to its paragraph and an item to its list, unless these are long."""
    first = candidate.units[0]
    block = [
        u for u in extract_units(request.passages[first.passage], first.passage) if u.block == first.block
    ]
    return block if sum(len(unit.text) for unit in block) <= _MAX_BLOCK_CHARACTERS else candidate.units


def _format_passage(request: AnswerRequest, rank: int, chosen: set[Unit]) -> str:
    passage = request.passages[rank]
    heading = " > ".join((passage.title, *passage.headings))
    lines = [_format_unit(unit) for unit in sorted(chosen, key=lambda unit: unit.place)]
    return f"[{rank + 1}] {sanitize_data(heading)}\n" + "\n".join(sanitize_data(line) for line in lines)


def _format_unit(unit: Unit) -> str:
    if unit.kind in (UnitKind.STEP, UnitKind.ITEM):
        return f"{unit.marker} {remove_literal_marks(unit.text)}"
    return remove_literal_marks(unit.format_text("; "))


def condense_history(lines: Sequence[Utterance], mask: PiiMask, limits: HistoryLimits = FOLLOW_UP) -> str:
    """The last lines of the conversation, truncated, with PII masked."""
    last = [line for line in lines if line.author in _ROLE][-limits.lines :]
    said: list[str] = []
    for line in reversed(last):
        condensed = _condense_line(line, mask, limits)
        if said and sum(map(len, said)) + len(condensed) > limits.total:
            break
        said.insert(0, condensed)
    return "\n".join(said) or "(nothing)"


def _condense_line(line: Utterance, mask: PiiMask, limits: HistoryLimits) -> str:
    most = limits.characters if line.author is Author.CUSTOMER else limits.characters_of_ours
    return f"{_ROLE[line.author]}: {_truncate_line(sanitize_data(mask.mask_text(line.text)), most)}"


def _truncate_line(text: str, most: int) -> str:
    text = re.sub(r"\s+", " ", text)
    return text if len(text) <= most else text[:most] + "…"


def sanitize_data(text: str) -> str:
    """Remove what could end the data section or hide in it, against prompt injection."""
    return _DELIMITER.sub(" ", strip_every_invisible(text)).strip()
