"""Selects quotes by the reader's score of each unit.

The direct answer first, then what it depends on, then parts that score nearly as well, within a readable
length.
"""

import math
import re
from collections.abc import Iterator, Sequence

from assistant.answering.quotes.candidates import MAX_ITEMS, Candidate
from assistant.answering.quotes.reader_scores import score_unit
from assistant.answering.quotes.selection import (
    Quote,
    QuoteContext,
    are_different,
    is_steps,
    sort_in_reading_order,
)
from assistant.ports.answering import AnswerRequest
from assistant.text.quotable import Unit, UnitKind, extract_units
from assistant.text.terms import normalize_text

#: Characters of an answer, by language; whole lists of steps may be longer. Only unsure answers get near it.
MAX_CHARACTERS = {"ja": 320, "en": 640}
#: A further part scores at most this much below the best one, in log-odds, and is likely by itself.
MAX_LOG_ODDS_BEHIND = 5.0
MIN_LOG_ODDS = -4.0
#: Nothing more is added once one of the parts answers with this probability; chosen on the seen questions of
#: `python -m evals sample`, where it costs no fact.
ENOUGH = 0.995
#: Log-odds from which a part is needed beside the answer.
MIN_NEEDED = 0.0
#: Ratio of probabilities from which a second passage is quoted too.
MIN_SECOND = 0.6
#: Lead in log-odds from which one row stands out; most rows of a table shown whole.
MIN_ROW_MARGIN = 3.0
MAX_ROWS = 8


def select_quotes(request: AnswerRequest, scored: Sequence[tuple[Candidate, float]]) -> list[Quote]:
    """The quotes of an answer, the direct one first; empty when nothing is quotable.

    *scored*: the candidates with their log-odds (`QuoteRanker.score_by_reader`).
    """
    every = [unit for rank, passage in enumerate(request.passages) for unit in extract_units(passage, rank)]
    context = QuoteContext(every, scored)
    chosen: list[Quote] = []
    doubt = 1.0
    for candidate, likely in _order_candidates(request, scored):
        if doubt <= 1 - ENOUGH:
            break
        quote = _complete_candidate(request, candidate, likely, context)
        if (
            quote
            and _is_compatible(request, quote, chosen)
            and (not chosen or _is_near(request, quote, chosen[0]))
        ):
            chosen.append(quote)
            doubt /= 1 + math.exp(likely)  # times the probability that this one does not answer
            chosen += [
                need
                for need in _find_needed_quotes(request, quote, every)
                if _is_compatible(request, need, chosen)
            ]
    return sort_in_reading_order(chosen)


def _complete_candidate(
    request: AnswerRequest, candidate: Candidate, likely: float, context: QuoteContext
) -> Quote | None:
    """The candidate completed: all steps of a list, the rows that the question names."""
    last = candidate.units[-1]
    block = context.get_block(last)
    if last.kind is UnitKind.STEP and len(block) <= MAX_ITEMS:
        return Quote(units=tuple(block), score=likely)
    if last.kind is UnitKind.ROW and (rows := _select_asked_rows(request, block)):
        return Quote(units=context.prepend_lead_in(rows), score=likely)
    return context.complete_candidate(candidate, likely)


def _select_asked_rows(request: AnswerRequest, table: Sequence[Unit]) -> list[Unit]:
    """The rows whose first cell the question names; else all rows of a small table if none stands out.

    A single row would be wrong for a question about another one.
    """
    asked = normalize_text(request.question)
    named = [row for row in table if any(name in asked for name in _split_row_names(row))]
    if named:
        return named[:MAX_ITEMS]
    scores = sorted((score_unit(request, row) for row in table), reverse=True)
    stands_out = len(scores) < 2 or scores[0] - scores[1] >= MIN_ROW_MARGIN
    return [] if stands_out or len(table) > MAX_ROWS else list(table)


def _split_row_names(row: Unit) -> list[str]:
    parts = re.split(r"[・、,/／()（）]|\bor\b|\band\b", normalize_text(row.cells[0])) if row.cells else []
    return [part.strip() for part in parts if len(part.strip()) > 1]


def _order_candidates(
    request: AnswerRequest, scored: Sequence[tuple[Candidate, float]]
) -> list[tuple[Candidate, float]]:
    """The best passage's candidates, best first; then the second's, if nearly as likely."""
    best = request.passages[0].score if request.passages else 0.0
    likely = [n for n, passage in enumerate(request.passages[:2]) if passage.score >= MIN_SECOND * best]
    ranked = sorted(scored, key=lambda pair: (pair[0].units[0].passage, -pair[1]))
    return [pair for pair in ranked if pair[0].units[0].passage in likely]


def _is_near(request: AnswerRequest, quote: Quote, best: Quote) -> bool:
    return quote.score >= max(best.score - MAX_LOG_ODDS_BEHIND, MIN_LOG_ODDS)


def _is_compatible(request: AnswerRequest, quote: Quote, chosen: Sequence[Quote]) -> bool:
    if not chosen:
        return True
    said = {unit for each in chosen for unit in each.units}
    if said.intersection(quote.units) or not all(are_different(quote, each) for each in chosen):
        return False
    if is_steps(quote) and any(map(is_steps, chosen)):
        return False
    limit = MAX_CHARACTERS.get(request.language, MAX_CHARACTERS["en"])
    return len(quote.text) + sum(len(each.text) for each in chosen) <= limit


def _find_needed_quotes(request: AnswerRequest, quote: Quote, every: Sequence[Unit]) -> Iterator[Quote]:
    """Sentences and items of the same passage without which the quote would mislead."""
    passage = quote.units[0].passage
    parts = request.passages[passage].parts
    for unit in every:
        if unit.passage != passage or unit in quote.units or unit.place >= len(parts):
            continue
        part = parts[unit.place]
        if (
            part is not None
            and part[1] >= MIN_NEEDED
            and unit.kind is not UnitKind.CODE
            and not unit.leads_in
        ):
            yield Quote(units=(unit,), score=part[0])
