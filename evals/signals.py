"""``python -m evals signals``: what is read of customers written by others, beside simpler readers.

Measured on whole dialogues of writers in whose trades nothing was learned (`evals/cases/turns`, MEASURED in
`turn_examples.py`), and on public sets. "words" is the product without the turn encoder, as when it cannot be
opened; "keywords" is a list of a dozen words.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from assistant.domain.messages import Author
from assistant.domain.policy import Policy
from assistant.domain.signals import Decision
from assistant.domain.turns import History, Meaning, Said
from assistant.llm.embeddings import make_embedder, meant
from assistant.llm.turn_encoder import TurnEncoder
from assistant.ports import Embedder
from assistant.signals.assess import Assessed, replay
from assistant.signals.reader import Reader
from evals.baselines import anger_by_keyword, person_by_keyword
from evals.dialogues import Dialogue
from evals.embedding_cache import CACHE
from evals.scores import Hits, auroc
from evals.turn_examples import CALIBRATION, LETTERS, MEASURED, TurnExample, written_turns

#: Decisions that give a way to a person.
HELPED = (Decision.OFFER, Decision.HANDOFF, Decision.ABSTAIN)
#: Turns are scored as the product scores them: 0–1.
Score = Callable[[Assessed], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    measure: str
    wanted: str
    ours: str
    words: str = ""
    others: str = ""

    def __str__(self) -> str:
        return f"{self.measure:62} {self.wanted:>9} {self.ours:>16} {self.words:>16}   {self.others}"


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m evals signals", description=__doc__)
    options.add_argument("--data", type=Path, default=Path("../shared/data/dialogues"))
    options.add_argument("--writers", nargs="*", default=MEASURED, help="files of evals/cases/turns")
    options.add_argument("--calibration", action="store_true", help="the writers that fit the probabilities")
    options.add_argument("--public", action="store_true", help="the public sets too")
    chosen = options.parse_args()
    bench = Bench(CALIBRATION if chosen.calibration else chosen.writers)
    print(Row(measure="measure", wanted="to reach", ours="ours", words="words", others="trivial"))
    measures: list[Callable[[Bench], Iterator[Row]]] = [
        wishes,
        frustration,
        delay,
        false_alarms,
        unfamiliarity,
        feelings,
        cost,
    ]
    for measure in measures:
        for row in measure(bench):
            print(row, flush=True)
    if chosen.public:
        from evals.signals_public import public_rows

        for row in public_rows(bench, chosen.data):
            print(row, flush=True)


class Bench:
    """The measured dialogues, each read by the product with the turn encoder and without."""

    def __init__(self, writers: Sequence[str]) -> None:
        self.dialogues = measured_dialogues(writers)
        self.reader = Reader()
        self.encoder = TurnEncoder(CACHE)
        self.embedder: Embedder = make_embedder("local", CACHE)
        self._replays: dict[tuple[str, bool], list[Assessed]] = {}

    def replay(self, dialogue: Dialogue, *, words: bool = False) -> list[Assessed]:
        """The customer's turns as the product reads them; *words*: without the turn encoder."""
        if (dialogue.id, words) not in self._replays:
            places = dialogue.customer_lines()
            lines = dialogue.lines
            labels = {i: self.encoder.read_now(lines[i].text, lines[:i]) for i in places} if not words else {}
            meanings = asyncio.run(self._meanings([lines[i].text for i in places]))
            self._replays[dialogue.id, words] = replay(lines, self.reader, Policy(), meanings, labels)
        return self._replays[dialogue.id, words]

    def forget(self) -> None:
        """Read every dialogue again when it is asked for."""
        self._replays.clear()

    async def _meanings(self, texts: Sequence[str]) -> Mapping[str, Meaning]:
        return {text: await meant(self.embedder, text) for text in dict.fromkeys(texts)}

    def language(self, language: str) -> list[Dialogue]:
        return [each for each in self.dialogues if each.language == language]

    def turns(self, dialogues: Sequence[Dialogue], *, words: bool = False) -> list[tuple[Dialogue, Assessed]]:
        return [(each, turn) for each in dialogues for turn in self.replay(each, words=words)]

    def both(self, dialogues: Sequence[Dialogue], label: str, score: Score) -> tuple[str, str]:
        """AUROC of *score* for turns with *label*, with the encoder and without."""
        found = []
        for words in (False, True):
            turns = self.turns(dialogues, words=words)
            marked = [label in each.labels[turn.index] for each, turn in turns]
            found.append(f"{auroc([score(turn) for _, turn in turns], marked):.3f}")
        return found[0], found[1]


def measured_dialogues(writers: Sequence[str]) -> list[Dialogue]:
    """Whole dialogues of these writers, with their letters as labels."""
    letters = {label: letter for letter, label in LETTERS.items()}
    chosen = [turn for turn in written_turns() if turn.source in writers]
    found = []
    for name, group in groupby(chosen, lambda turn: turn.dialogue):
        turns: list[TurnExample] = list(group)
        lines = (*turns[-1].lines, Said(author=Author.CUSTOMER, text=turns[-1].text))
        labels = {
            len(turn.lines): frozenset(
                letters[x] for x, value in turn.labels.items() if value and x in letters
            )
            for turn in turns
        }
        found.append(Dialogue(id=name, persona="", language=turns[0].language, lines=lines, labels=labels))
    return found


def wishes(bench: Bench) -> Iterator[Row]:
    """Turns up to the first that asks for a person: asked or not."""
    for language in ("ja", "en"):
        chosen = bench.language(language)
        found = {}
        for name, words in (("ours", False), ("words", True), ("keywords", True)):
            said, labels = [], []
            for dialogue, turn in bench.turns(chosen, words=words):
                if any("P" in dialogue.labels[i] for i in dialogue.labels if i < turn.index):
                    continue
                text = dialogue.lines[turn.index].text
                said.append(person_by_keyword(text) if name == "keywords" else turn.signals.asked_for_person)
                labels.append("P" in dialogue.labels[turn.index])
            found[name] = Hits.of(said, labels)
        yield Row(
            measure=f"wish for a person, first time said, {language}, F1 (P, R) ({sum(labels)})",
            wanted="≥ .92",
            ours=_hits(found["ours"]),
            words=_hits(found["words"]),
            others=f"keywords {found['keywords'].f1:.2f}",
        )


def _hits(hits: Hits) -> str:
    return f"{hits.f1:.3f} ({hits.precision:.2f}, {hits.recall:.2f})"


def frustration(bench: Bench) -> Iterator[Row]:
    for language in ("ja", "en"):
        chosen = bench.language(language)
        turns = bench.turns(chosen)
        labels = ["F" in dialogue.labels[turn.index] for dialogue, turn in turns]
        ours, words = bench.both(chosen, "F", lambda turn: turn.signals.frustration)
        rule = auroc([float(anger_by_keyword(d.lines[t.index].text)) for d, t in turns], labels)
        yield Row(
            measure=f"frustration per turn, {language}, AUROC ({sum(labels)} of {len(labels)})",
            wanted="≥ .93",
            ours=ours,
            words=words,
            others=f"keywords {rule:.2f}",
        )
        at = Policy().offer_frustration
        shown = [
            _hits(Hits.of([t.signals.frustration >= at for _, t in bench.turns(chosen, words=w)], labels))
            for w in (False, True)
        ]
        yield Row(
            measure=f"frustration per turn, {language}, F1 (P, R) at the shipped threshold",
            wanted="≥ .75",
            ours=shown[0],
            words=shown[1],
        )


def delay(bench: Bench) -> Iterator[Row]:
    """Dialogues in which a person was offered within a turn of the first frustration."""
    found = []
    for words in (False, True):
        waits = []
        for dialogue in bench.dialogues:
            turns = bench.replay(dialogue, words=words)
            first = next((i for i, turn in enumerate(turns) if "F" in dialogue.labels[turn.index]), None)
            if first is not None:
                # Whoever was offered a person just before has one a tap away still.
                near = turns[max(0, first - 1) : first + 2]
                waits.append(any(turn.verdict.decision in HELPED for turn in near))
        found.append(f"{100 * statistics.mean(waits):.0f} %")
    yield Row(
        measure="dialogues with an offer within one turn of the first frustration",
        wanted="≥ 90 %",
        ours=found[0],
        words=found[1],
    )


def false_alarms(bench: Bench) -> Iterator[Row]:
    """Dialogues in which nobody is cross, in distress or wants a person, handed over all the same."""
    calm = [d for d in bench.dialogues if not any(d.has(label) for label in "FPpDH")]
    found = []
    for words in (False, True):
        handed = [is_handed_over(bench.replay(dialogue, words=words)) for dialogue in calm]
        found.append(f"{100 * statistics.mean(handed):.1f} %")
    yield Row(
        measure=f"calm dialogues handed over ({len(calm)})", wanted="≤ 1 %", ours=found[0], words=found[1]
    )


def is_handed_over(turns: Sequence[Assessed]) -> bool:
    return any(turn.verdict.decision is Decision.HANDOFF for turn in turns)


def unfamiliarity(bench: Bench) -> Iterator[Row]:
    ours, words = bench.both(bench.dialogues, "U", lambda turn: turn.signals.unfamiliarity)
    yield Row(measure="unfamiliarity per turn, AUROC", wanted="≥ .95", ours=ours, words=words)


def feelings(bench: Bench) -> Iterator[Row]:
    for name, letter in (("worry", "W"), ("distress", "D"), ("harassment", "H"), ("complaint", "C")):
        turns = bench.turns(bench.dialogues)
        labels = [letter in dialogue.labels[turn.index] for dialogue, turn in turns]
        scores = [float(getattr(turn.signals, name)) for _, turn in turns]
        hits = Hits.of([score >= 0.5 for score in scores], labels)
        yield Row(
            measure=f"{name} per turn, AUROC ({sum(labels)})",
            wanted="",
            ours=f"{auroc(scores, labels):.3f}",
            others=f"F1 at .5 {_hits(hits)}",
        )


def cost(bench: Bench) -> Iterator[Row]:
    spent = []
    for dialogue, turn in bench.turns(bench.dialogues)[:300]:
        line, before = dialogue.lines[turn.index], dialogue.lines[: turn.index]
        start = time.perf_counter()
        labels = bench.encoder.read_now(line.text, before)
        bench.reader.read(line.text, History(lines=before), Meaning((), labels))
        spent.append(1000 * (time.perf_counter() - start))
    slow = sorted(spent)[int(len(spent) * 0.95)]
    yield Row(
        measure="cost per turn beyond the embedding, p50 (p95)",
        wanted="≤ 12 ms",
        ours=f"{statistics.median(spent):.1f} ({slow:.1f}) ms",
    )


if __name__ == "__main__":
    main()
