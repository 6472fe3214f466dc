"""True sentences of a knowledge base made false in one way each: test data of the grounding check.

Two vocabularies (``train``, ``held``), so that the check is never measured on phrases that it was trained on.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random

from assistant.domain.knowledge import Passage
from assistant.text.quotable import UnitKind, extract_units


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundingCase:
    """A sentence with the passage that is given as its source."""

    kind: str
    language: str
    sentence: str
    passage: Passage


Change = Callable[[GroundingCase, Random], str | None]

_WORDS = json.loads((Path(__file__).parents[1] / "cases" / "mutations.json").read_text(encoding="utf-8"))

_DATE = re.compile(
    r"(\d{1,2})月(\d{1,2})日|(January|February|March|April|May|June|July|August|September|October|November"
    r"|December) (\d{1,2})"
)
_NUMBER = re.compile(r"\d[\d,]*")
_NAME = {
    "ja": re.compile(r"[ァ-ヴー]{4,}|[A-Z][a-zA-Z]+(?: [A-Z][a-zA-Z]+)?"),
    "en": re.compile(r"(?<=[a-z] )[A-Z][a-zA-Z]+(?: [A-Z][a-zA-Z]+)?"),
}


def generate_true_cases(passages: Sequence[Passage]) -> Iterator[GroundingCase]:
    """Every sentence and item unchanged, and slightly reworded."""
    for passage in passages:
        for text in _list_statements(passage):
            for sentence, kind in {text: "as it stands", _reword_sentence(text): "reworded"}.items():
                yield GroundingCase(kind=kind, language=passage.language, sentence=sentence, passage=passage)


def _list_statements(passage: Passage) -> Iterator[str]:
    for unit in extract_units(passage, 0):
        if (
            unit.kind in (UnitKind.SENTENCE, UnitKind.ITEM, UnitKind.STEP)
            and len(unit.text) > 12
            and not unit.leads_in
        ):
            yield unit.text


def _reword_sentence(text: str) -> str:
    for words, others in _WORDS["said_differently"]:
        text = text.replace(words, others, 1)
    return text


def generate_false_cases(true: Sequence[GroundingCase], random: Random, half: str) -> Iterator[GroundingCase]:
    """Each true sentence with every applicable mutation."""
    for case in true:
        for kind, change in list_changes(half).items():
            sentence = change(case, random)
            if sentence and sentence != case.sentence and sentence not in case.passage.text:
                yield replace(case, kind=kind, sentence=sentence)


def list_changes(half: str) -> Mapping[str, Change]:
    return {
        "wrong number": _change_number,
        "wrong date": _change_date,
        "flipped negation": _flip_negation,
        "invented policy": partial(_fill_claim_template, _WORDS["invented_policies"][half]),
        "invented promise": partial(_fill_claim_template, _WORDS["invented_promises"][half]),
        "added claim": partial(_append_claim, _WORDS["added_claims"][half]),
        "generic claim": partial(_choose_generic_claim, _WORDS["generic_claims"][half]),
        "other product": partial(_change_product, _WORDS["other_names"][half]),
    }


def _change_number(case: GroundingCase, random: Random) -> str | None:
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


def _change_date(case: GroundingCase, random: Random) -> str | None:
    found = _DATE.search(case.sentence)
    if not found:
        return None
    day = found[2] or found[4]
    free = [d for d in range(1, 29) if str(d) not in case.passage.text]
    if not free:
        return None
    changed = re.sub(rf"(?<!\d){day}(?!\d)", str(random.choice(free)), found[0])
    return case.sentence.replace(found[0], changed, 1)


def _flip_negation(case: GroundingCase, _random: Random) -> str | None:
    for words, others in _WORDS["flips"][case.language]:
        if case.sentence.count(words) == 1:
            return case.sentence.replace(words, others)
    return None


def _change_product(names: Mapping[str, list[str]], case: GroundingCase, random: Random) -> str | None:
    found = _NAME[case.language].search(case.sentence)
    other = random.choice(names[case.language])
    return case.sentence.replace(found[0], other) if found and other not in case.passage.text else None


def _fill_claim_template(
    templates: Mapping[str, list[str]], case: GroundingCase, random: Random
) -> str | None:
    topic = case.passage.title if case.language == "ja" else case.passage.title.lower()
    return random.choice(templates[case.language]).format(topic=topic) if random.random() < 0.2 else None


def _choose_generic_claim(claims: Mapping[str, list[str]], case: GroundingCase, random: Random) -> str | None:
    return random.choice(claims[case.language]) if random.random() < 0.2 else None


def _append_claim(claims: Mapping[str, list[str]], case: GroundingCase, random: Random) -> str | None:
    if random.random() < 0.6 or case.sentence[-1] not in "。.":
        return None
    more = random.choice(claims[case.language])
    whole = case.sentence if more[0] in "。" else case.sentence[:-1]
    return whole[:-1] + more if more[0] == "。" else whole + more
