"""True sentences of a knowledge base made false in one way each: what the check of answers has to catch."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from assistant.domain.knowledge import Passage
from assistant.llm.units import Kind, units


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A sentence said with a passage as its proof."""

    kind: str
    language: str
    sentence: str
    passage: Passage


_WORDS = json.loads((Path(__file__).parent / "cases" / "mutations.json").read_text(encoding="utf-8"))

_DATE = re.compile(r"(\d{1,2})月(\d{1,2})日|(January|October|November|December) (\d{1,2})")
_NUMBER = re.compile(r"\d[\d,]*")
_NAME = {
    "ja": re.compile(r"[ァ-ヴー]{4,}|[A-Z][a-zA-Z]+(?: [A-Z][a-zA-Z]+)?"),
    "en": re.compile(r"(?<=[a-z] )[A-Z][a-zA-Z]+(?: [A-Z][a-zA-Z]+)?"),
}


def true_cases(passages: Sequence[Passage]) -> Iterator[Case]:
    """Every sentence and item as it stands, and said a little differently."""
    for passage in passages:
        for text in _statements(passage):
            for sentence in dict.fromkeys((text, _said_differently(text))):
                yield Case(kind="true", language=passage.language, sentence=sentence, passage=passage)


def _statements(passage: Passage) -> Iterator[str]:
    for unit in units(passage, 0):
        if unit.kind in (Kind.SENTENCE, Kind.ITEM, Kind.STEP) and len(unit.text) > 12 and not unit.leads_in:
            yield unit.text


def _said_differently(text: str) -> str:
    for words, others in _WORDS["said_differently"]:
        text = text.replace(words, others, 1)
    return text


def false_cases(passages: Sequence[Passage], random: Random) -> Iterator[Case]:
    for case in list(true_cases(passages)):
        for kind, change in _CHANGES.items():
            sentence = change(case, random)
            if sentence and sentence != case.sentence and sentence not in case.passage.text:
                yield Case(kind=kind, language=case.language, sentence=sentence, passage=case.passage)


def _wrong_number(case: Case, random: Random) -> str | None:
    without_dates = _DATE.sub(lambda found: "#" * len(found[0]), case.sentence)
    found = list(_NUMBER.finditer(without_dates))
    if not found:
        return None
    which = random.choice(found)
    value = int(which[0].replace(",", ""))
    others = (f"{n:,}" for n in (value + random.choice([1, 5, 10]), value * 2 + 3, value + 17))
    known = case.passage.text
    other = next((n for n in others if n not in known and n.replace(",", "") not in known), None)
    return other and case.sentence[: which.start()] + other + case.sentence[which.end() :]


def _wrong_date(case: Case, random: Random) -> str | None:
    found = _DATE.search(case.sentence)
    if not found:
        return None
    day = int(found[2] or found[4])
    other = next(d for d in range(day % 28 + 1, 60) if str(d) not in case.passage.text)
    return case.sentence.replace(found[0], found[0].replace(str(day), str(other % 31 + 1)), 1)


def _flipped(case: Case, _random: Random) -> str | None:
    for words, others in _WORDS["flips"][case.language]:
        if case.sentence.count(words) == 1:
            return case.sentence.replace(words, others)
    return None


def _other_product(case: Case, random: Random) -> str | None:
    found = _NAME[case.language].search(case.sentence)
    other = random.choice(_WORDS["other_names"][case.language])
    return case.sentence.replace(found[0], other) if found and other not in case.passage.text else None


def _from(templates: dict[str, list[str]]) -> Callable[[Case, Random], str | None]:
    def change(case: Case, random: Random) -> str | None:
        topic = case.passage.title if case.language == "ja" else case.passage.title.lower()
        return random.choice(templates[case.language]).format(topic=topic) if random.random() < 0.15 else None

    return change


_CHANGES: dict[str, Callable[[Case, Random], str | None]] = {
    "wrong number": _wrong_number,
    "wrong date": _wrong_date,
    "flipped negation": _flipped,
    "invented policy": _from(_WORDS["invented_policies"]),
    "invented promise": _from(_WORDS["invented_promises"]),
    "other product": _other_product,
}
