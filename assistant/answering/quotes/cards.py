"""Article cards: titles with their most likely line, for when no passage answers with certainty.

Only of articles on the subject of the question: others would be noise.
"""

from assistant.answering.quotes.reader_scores import score_unit
from assistant.answering.quotes.yes_no import list_content_words
from assistant.domain.knowledge import Passage
from assistant.domain.messages import Citation
from assistant.ports.answering import AnswerRequest
from assistant.text.quotable import Unit, UnitKind, extract_units

#: Cards shown, and characters of a line by the language of the reply.
MAX_CARDS = 3
MAX_LINE_CHARACTERS = {"ja": 90, "en": 170}


def list_cards(ask: AnswerRequest) -> list[Citation]:
    """One card for each article on the subject, best first, with the line as its quote.

    None where the best passage is not on it.
    """
    found: dict[str, Citation] = {}
    asked = list_content_words(ask.question)
    for rank, passage in enumerate(ask.passages):
        if not _is_on_subject(asked, passage, whole=rank == 0):
            if rank == 0:
                return []
            continue
        line = _select_line(ask, passage, rank)
        if passage.article not in found and line and len(found) < MAX_CARDS:
            found[passage.article] = Citation(
                n=len(found) + 1,
                article=passage.article,
                title=passage.title,
                url=passage.url,
                quote=line,
            )
    return list(found.values())


def _is_on_subject(asked: frozenset[str], passage: Passage, *, whole: bool) -> bool:
    """Whether it has a word of the question: in its title or headings, or, if *whole*, anywhere."""
    texts = (passage.title, *passage.headings, *([passage.text] if whole else []))
    return not asked.isdisjoint(list_content_words(" ".join(texts)))


def _select_line(ask: AnswerRequest, passage: Passage, rank: int) -> str:
    """The passage's most likely sentence, item or row; the first where the reader has not read it."""
    units = [unit for unit in extract_units(passage, rank) if unit.kind is not UnitKind.CODE]
    units = [unit for unit in units if not unit.leads_in] or units
    if not units:
        return ""
    best = max(units, key=lambda unit: score_unit(ask, unit))
    return _shorten(_format_unit(best), MAX_LINE_CHARACTERS.get(ask.language, MAX_LINE_CHARACTERS["en"]))


def _format_unit(unit: Unit) -> str:
    """The text of a unit, a table row with its column names."""
    if unit.kind is not UnitKind.ROW or len(unit.header) != len(unit.cells):
        return " ".join(unit.text.split())
    rest = zip(unit.header[1:], unit.cells[1:], strict=True)
    return f"{unit.cells[0]}: " + ", ".join(f"{name} {cell}" for name, cell in rest)


def _shorten(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
