"""Answers that begin with yes or no: ``python -m evals yes_no``.

Yes/no questions of `cases/reading` with a sentence of the page: the answer, another one, or, for near
misses, the one nearest in words. The expected word is by hand. One half was looked at while the rule was
written, the other is for measuring.
"""

import argparse
import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

from assistant.answering.quotes.yes_no import MIN_ODDS, find_yes_no
from assistant.answering.reader.cross_encoder import CrossEncoderReader, open_reader
from assistant.app.settings import load_settings
from assistant.domain.knowledge import Passage
from assistant.text.quotable import extract_units

CASES = Path(__file__).parents[1] / "cases"
WORDS = {True: "yes", False: "no", None: None}
#: Trades that the reader has not learned from.
HELD_TRADES = ("w2.ferry_en", "w4.carshare_en", "w4.mealkit_en", "w4.ryokan_ja", "w5.petins_ja")

Case = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(prog="evals yes_no", description=__doc__)
    parser.add_argument("--half", choices=["seen", "held"], default="held")
    parser.add_argument("--failures", action="store_true", help="print each wrong word")
    options = parser.parse_args()
    asyncio.run(_measure_half(options.half, failures=options.failures))


async def _measure_half(half: str, *, failures: bool) -> None:
    lines = (CASES / "yes_no.jsonl").read_text("utf-8").splitlines()
    cases = [case for case in map(json.loads, lines) if case["half"] == half]
    reader = open_reader(load_settings().models_dir)
    judged = [(case, *await _decide_word(reader, case)) for case in cases]
    print(f"{half}, by the rule alone: {format_counts([(case, word) for case, word, _ in judged])}")
    sure = [(case, word if word and odds >= MIN_ODDS[word == "yes"] else None) for case, word, odds in judged]
    print(f"{half}, where the reader is sure, as in answers: {format_counts(sure)}")
    unlearned = [(case, word) for case, word in sure if case["trade"] in HELD_TRADES]
    print(f"{half}, of these trades that the reader has not learned from: {format_counts(unlearned)}")
    for case, word in sure if failures else ():
        if word and word != case["expected"]:
            print(f"  {word} for {case['expected']}: {case['question']} | {case['sentence']}")


def format_counts(judged: list[tuple[Case, str | None]]) -> str:
    """Words that were said, right and wrong, of those that could be said."""
    said = Counter((word, word == case["expected"]) for case, word in judged if word)
    possible = Counter(case["expected"] for case, _ in judged)
    return f"{len(judged)} pairs; " + "; ".join(
        f"{word} said {said[word, True] + said[word, False]}, wrong {said[word, False]}, "
        f"possible {possible[word]}"
        for word in ("yes", "no")
    )


async def _decide_word(reader: CrossEncoderReader, case: Case) -> tuple[str | None, float]:
    """The word for a case, and the reader's log-odds that the sentence answers."""
    page = _load_pages(case["trade"])[case["page"]]
    passage = Passage(
        chunk=0,
        article=case["page"],
        title=page["title"],
        url="",
        language=page["lang"],
        headings=(),
        text=page["text"],
        score=0.5,
    )
    unit = next(unit for unit in extract_units(passage, 0) if unit.text == case["sentence"])
    [reading] = await reader.read_passages(case["question"], [passage], seconds=60.0)
    read = reading.units[unit.place] if unit.place < len(reading.units) else None
    above = (page["title"], *unit.headings)
    return WORDS[find_yes_no(case["question"], unit.text, above)], read[0] if read else -99.0


def _load_pages(trade: str) -> dict[str, Case]:
    rows = map(json.loads, (CASES / "reading" / f"{trade}.jsonl").read_text("utf-8").splitlines())
    return {row["id"]: row for row in rows if row["type"] == "page"}
