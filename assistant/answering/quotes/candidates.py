"""Quote candidates: single units, and lists whose items belong together."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.answering.quotes.phrases import HOW, REFERS, TROUBLE
from assistant.domain.knowledge import Passage
from assistant.text.characters import contains_japanese
from assistant.text.quotable import Unit, UnitKind, extract_units
from assistant.text.terms import extract_terms

MAX_ITEMS = 10
#: Characters that are enough to tell what a list is about.
_COMPARED_CHARACTERS = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Units that are quoted together or not at all."""

    units: tuple[Unit, ...]
    #: Its text, for comparison with the question.
    text: str
    #: The title and headings above it.
    heading: str
    #: The passage's score, 0–1, and its language.
    passage_score: float
    language: str
    #: Whether it is the first under its heading.
    opens_section: bool

    @property
    def kind(self) -> UnitKind:
        return self.units[0].kind if not self.units[0].leads_in else self.units[-1].kind

    @property
    def opens_article(self) -> bool:
        """Whether it begins its article, where authors put the short answer."""
        return self.units[0].place == 0 and not self.units[0].headings

    @property
    def terms(self) -> frozenset[str]:
        return extract_terms(self.text)


def asks_how(question: str) -> bool:
    """Whether the question asks for steps rather than a fact."""
    return bool(HOW.search(question.strip()) or TROUBLE.search(question))


def list_candidates(question: str, passages: Sequence[Passage]) -> list[Candidate]:
    """The candidates of *passages*, in order; a text that two passages share counts once."""
    found: dict[str, Candidate] = {}
    for rank, passage in enumerate(passages):
        section: tuple[str, ...] | None = None
        every, steps = extract_units(passage, rank), asks_how(question)
        # A passage of nothing but labels is still quotable.
        groups = list(_group_units(every, whole_steps=steps)) or [
            (unit,) for unit in every if _says_anything(unit)
        ]
        for group in groups:
            candidate = _build_candidate(group, passage, opens_section=group[0].headings != section)
            section = group[0].headings
            found.setdefault(candidate.text, candidate)
    return list(found.values())


def _group_units(every: Sequence[Unit], *, whole_steps: bool) -> Iterator[tuple[Unit, ...]]:
    under = Counter(unit.headings for unit in every)
    blocks = [tuple(block) for _, block in groupby(every, key=lambda unit: unit.block)]
    for position, block in enumerate(blocks):
        if block[0].kind is UnitKind.STEP and whole_steps:
            yield block
        else:
            # The only content of its section is an answer, however short: "30台", "Yes".
            yield from _list_single_units(block, whole=under[block[0].headings] == 1)
        following = blocks[position + 1] if position + 1 < len(blocks) else ()
        if block[-1].leads_in and 0 < len(following) <= MAX_ITEMS and not REFERS.search(block[-1].text):
            yield (block[-1], *following)


def _list_single_units(block: Sequence[Unit], *, whole: bool) -> Iterator[tuple[Unit, ...]]:
    for position, unit in enumerate(block):
        if unit.leads_in or not _says_anything(unit):
            continue
        if _is_fragment(unit) and not whole:
            continue
        yield (*_find_parents(block, position), unit)


def _find_parents(block: Sequence[Unit], position: int) -> tuple[Unit, ...]:
    """The parent items of a nested item, outermost first."""
    found: list[Unit] = []
    depth = block[position].depth
    for unit in reversed(block[:position]):
        if unit.depth < depth:
            found.insert(0, unit)
            depth = unit.depth
    return tuple(found)


def _says_anything(unit: Unit) -> bool:
    """Whether it says more than a reference or its own heading."""
    return unit.kind is not UnitKind.CODE and not REFERS.search(unit.text) and unit.text not in unit.headings


def _is_fragment(unit: Unit) -> bool:
    """Whether it is a caption or label rather than a sentence."""
    if unit.kind is not UnitKind.SENTENCE or unit.text[-1] in '。．！？.!?」）)"”':
        return False
    return len(unit.text) < 20 if contains_japanese(unit.text) else len(unit.text.split()) < 6


def _build_candidate(group: tuple[Unit, ...], passage: Passage, *, opens_section: bool) -> Candidate:
    return Candidate(
        units=group,
        text=" ".join(unit.format_text() for unit in group)[:_COMPARED_CHARACTERS],
        heading=" ".join((passage.title, *group[0].headings)),
        passage_score=passage.score,
        language=passage.language,
        opens_section=opens_section,
    )
