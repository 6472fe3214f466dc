"""Selects quotes by words and vectors: the direct answer, what it depends on, then additions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answering.quotes.candidates import MAX_ITEMS, Candidate
from assistant.answering.quotes.phrases import JOINS, POINTS_BACK, QUALIFIES
from assistant.ports.answering import AnswerRequest
from assistant.text.quotable import Unit, UnitKind
from assistant.text.terms import extract_terms

#: Most whole sentences, or whole lists and tables, in one answer.
MAX_QUOTES = 4
_MAX_CHARACTERS = 700
#: A further quote scores at most this much below the best one, in log-odds; less for another article.
_MAX_LOG_ODDS_BEHIND = 1.5
_MAX_LOG_ODDS_BEHIND_ROW = 0.8
_MAX_LOG_ODDS_BEHIND_ELSEWHERE = 0.7
_SAME_WORDS = 0.6
#: Quotes beside a whole list of steps.
_MAX_QUOTES_BESIDE_STEPS = 2
#: Rows added to an existing answer; a whole table would repeat it.
_MAX_ROWS_BESIDE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Units of one block that are quoted together."""

    units: tuple[Unit, ...]
    score: float

    @property
    def text(self) -> str:
        return " ".join(unit.text for unit in self.units)


def choose_quotes(
    request: AnswerRequest, scored: Sequence[tuple[Candidate, float]], every: Sequence[Unit]
) -> list[Quote]:
    """At most four quotes from the *scored* candidates; *every* unit may complete them."""
    ranked = sorted(scored, key=lambda pair: -pair[1])
    context = QuoteContext(every, ranked)
    chosen: list[Quote] = []
    for candidate, score in ranked:
        quote = context.complete_candidate(candidate, score)
        if quote and _adds_information(request, quote, chosen):
            chosen.append(quote)
        if _is_enough(chosen):
            break
    return sort_in_reading_order(chosen)


def _adds_information(request: AnswerRequest, quote: Quote, chosen: Sequence[Quote]) -> bool:
    if not chosen:
        return True
    elsewhere = _get_article(request, quote) != _get_article(request, chosen[0])
    if quote.score < chosen[0].score - _MAX_LOG_ODDS_BEHIND + _MAX_LOG_ODDS_BEHIND_ELSEWHERE * elsewhere:
        return False
    if is_steps(quote) and any(map(is_steps, chosen)):
        return False
    if sum(unit.kind is UnitKind.ROW for unit in quote.units) > _MAX_ROWS_BESIDE:
        return False
    if len(quote.text) + sum(len(q.text) for q in chosen) > _MAX_CHARACTERS:
        return False
    said = {unit for q in chosen for unit in q.units}
    return not said.intersection(quote.units) and all(are_different(quote, q) for q in chosen)


def _get_article(request: AnswerRequest, quote: Quote) -> str:
    return request.passages[quote.units[0].passage].article


def are_different(one: Quote, other: Quote) -> bool:
    here, there = extract_terms(one.text), extract_terms(other.text)
    return len(here & there) < _SAME_WORDS * max(1, len(here | there))


def is_steps(quote: Quote) -> bool:
    return quote.units[-1].kind is UnitKind.STEP and len(quote.units) > 1


def _is_enough(chosen: Sequence[Quote]) -> bool:
    if chosen and is_steps(chosen[0]):
        return len(chosen) > _MAX_QUOTES_BESIDE_STEPS
    return sum(len(q.units) if q.units[0].kind is UnitKind.SENTENCE else 1 for q in chosen) >= MAX_QUOTES


def sort_in_reading_order(chosen: Sequence[Quote]) -> list[Quote]:
    """The direct answer first, then the order of the articles."""
    return [*chosen[:1], *sorted(chosen[1:], key=lambda q: (q.units[0].passage, q.units[0].place))]


class QuoteContext:
    """The passages around the candidates."""

    def __init__(self, every: Sequence[Unit], ranked: Sequence[tuple[Candidate, float]]) -> None:
        self._blocks: dict[tuple[int, int], list[Unit]] = {}
        self._lead_ins: dict[tuple[int, int], Unit] = {}
        for before, unit in zip([None, *every[:-1]], every, strict=False):
            self._blocks.setdefault((unit.passage, unit.block), []).append(unit)
            if before and before.leads_in and before.passage == unit.passage:
                self._lead_ins[unit.passage, unit.block] = before
        self._scores = {candidate.units: score for candidate, score in ranked}

    def complete_candidate(self, candidate: Candidate, score: float) -> Quote | None:
        """The candidate with what it needs to be understood; None if that is missing."""
        last = candidate.units[-1]
        if last.kind is UnitKind.ROW and len(candidate.units) == 1:
            return Quote(units=self._select_similar_rows(last, score), score=score)
        if len(candidate.units) == 1 and last.kind is UnitKind.SENTENCE:
            sentences = self._select_sentences_around(last)
            return Quote(units=sentences, score=score) if sentences else None
        return Quote(units=candidate.units[: MAX_ITEMS + 1], score=score)

    def get_block(self, unit: Unit) -> list[Unit]:
        """The units of the paragraph, list or table that contains *unit*."""
        return self._blocks[unit.passage, unit.block]

    def prepend_lead_in(self, rows: Sequence[Unit]) -> tuple[Unit, ...]:
        """Rows of one table after the sentence that announces the table."""
        lead_in = self._lead_ins.get((rows[0].passage, rows[0].block))
        return (lead_in, *rows) if lead_in else tuple(rows)

    def _select_similar_rows(self, row: Unit, score: float) -> tuple[Unit, ...]:
        """Rows of the same table that score nearly as well, in its order, after the table's announcement."""
        near = [
            unit
            for unit in self.get_block(row)
            if self._scores.get((unit,), 0.0) >= score - _MAX_LOG_ODDS_BEHIND_ROW
        ]
        return self.prepend_lead_in(near if len(near) <= MAX_ITEMS else [row])

    def _select_sentences_around(self, unit: Unit) -> tuple[Unit, ...]:
        block = self.get_block(unit)
        position = block.index(unit)
        first = position
        while POINTS_BACK.search(block[first].text):
            if first == 0:
                return ()
            first -= 1
        after = block[position + 1 : position + 2]
        last = position + 1 + bool(after and QUALIFIES.search(after[0].text) and not after[0].leads_in)
        if last - first > MAX_QUOTES - 1:
            return ()
        return (_strip_joining_word(block[first]), *block[first + 1 : last])


def _strip_joining_word(unit: Unit) -> Unit:
    joint = JOINS.match(unit.text)
    if not joint:
        return unit
    rest = unit.text[joint.end() :]
    return replace(unit, text=rest[:1].upper() + rest[1:])
