"""``python -m evals signals``: signals on customers written by others, beside simpler classifiers.

Measured on whole dialogues of writers on whom nothing was trained (`evals/cases/turns`, MEASURED in
`turn_examples.py`; one of their 23 trades occurs in training by exactly that name), and on public sets.
"words" is the product without the turn encoder, as when it cannot be opened; "keywords" is a list of a
dozen words; a second reader has read the writers MEASURED only.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answering.reader.turn_encoder import TurnEncoder
from assistant.domain.policy import Policy
from assistant.domain.signals import Decision
from assistant.domain.turns import History, TextEmbedding
from assistant.models.embeddings.factory import build_embedder, compute_meaning
from assistant.ports.models import Embedder
from assistant.signals.replay import ReplayedTurn, replay_turns
from assistant.signals.signal_reader import RuleSignalReader
from evals.data.dialogues import Dialogue
from evals.data.embedding_cache import CACHE
from evals.data.turn_examples import (
    CALIBRATION,
    MEASURED,
    load_measured_dialogues,
    load_second_opinions,
)
from evals.quality.scores import ConfusionCounts, compute_always_f1, compute_auroc
from evals.quality.signal_baselines import count_anger_keywords, matches_person_keyword

#: Decisions that offer a person.
HELPED = (Decision.OFFER, Decision.HANDOFF, Decision.ABSTAIN)
#: Turns are scored as in the product: 0–1.
Score = Callable[[ReplayedTurn], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
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
    bench = SignalBench(CALIBRATION if chosen.calibration else chosen.writers)
    print(FigureRow(measure="measure", wanted="to reach", ours="ours", words="words", others="trivial"))
    measures: list[Callable[[SignalBench], Iterator[FigureRow]]] = [
        measure_wishes,
        measure_frustration,
        measure_delay,
        measure_false_alarms,
        measure_unfamiliarity,
        measure_feelings,
        measure_cost,
    ]
    for measure in measures:
        for row in measure(bench):
            print(row, flush=True)
    if chosen.public:
        from evals.quality.signals_public import measure_public_rows

        for row in measure_public_rows(bench, chosen.data):
            print(row, flush=True)


class SignalBench:
    """The measured dialogues, each replayed with the turn encoder and without."""

    def __init__(self, writers: Sequence[str]) -> None:
        self.dialogues = load_measured_dialogues(writers)
        self.second_opinions = load_second_opinions()
        self.reader = RuleSignalReader()
        self.encoder = TurnEncoder(CACHE)
        self.embedder: Embedder = build_embedder("local", CACHE)
        self._replays: dict[tuple[str, bool], list[ReplayedTurn]] = {}

    def replay_dialogue(self, dialogue: Dialogue, *, words: bool = False) -> list[ReplayedTurn]:
        """The customer's turns with signals; *words*: without the turn encoder."""
        if (dialogue.id, words) not in self._replays:
            places = dialogue.list_customer_lines()
            lines = dialogue.lines
            labels = (
                {i: self.encoder.score_turn(lines[i].text, lines[:i]) for i in places} if not words else {}
            )
            meanings = asyncio.run(self._meanings([lines[i].text for i in places]))
            self._replays[dialogue.id, words] = replay_turns(lines, self.reader, Policy(), meanings, labels)
        return self._replays[dialogue.id, words]

    def clear(self) -> None:
        """Replay every dialogue again on the next request."""
        self._replays.clear()

    async def _meanings(self, texts: Sequence[str]) -> Mapping[str, TextEmbedding]:
        return {text: await compute_meaning(self.embedder, text) for text in dict.fromkeys(texts)}

    def group_by_language(self) -> dict[str, list[Dialogue]]:
        languages = dict.fromkeys(each.language for each in self.dialogues)
        return {name: [each for each in self.dialogues if each.language == name] for name in languages}

    def list_turns(
        self, dialogues: Sequence[Dialogue], *, words: bool = False
    ) -> list[tuple[Dialogue, ReplayedTurn]]:
        return [(each, turn) for each in dialogues for turn in self.replay_dialogue(each, words=words)]

    def compare_auroc(self, dialogues: Sequence[Dialogue], label: str, score: Score) -> tuple[str, str]:
        """AUROC of *score* for turns with *label*, with the encoder and without."""
        found = []
        for words in (False, True):
            turns = self.list_turns(dialogues, words=words)
            marked = [label in each.labels[turn.index] for each, turn in turns]
            found.append(f"{compute_auroc([score(turn) for _, turn in turns], marked):.3f}")
        return found[0], found[1]


def measure_wishes(bench: SignalBench) -> Iterator[FigureRow]:
    """Turns up to the first request for a person: requested or not."""
    for language, chosen in bench.group_by_language().items():
        found = {}
        readers = {"ours": False, "words": True, "keywords": True}
        if all(dialogue.id in bench.second_opinions for dialogue in chosen):
            readers["reader"] = True
        for name, words in readers.items():
            said, labels = [], []
            for dialogue, turn in bench.list_turns(chosen, words=words):
                if any("P" in dialogue.labels[i] for i in dialogue.labels if i < turn.index):
                    continue
                if name == "reader":
                    said.append(turn.index in bench.second_opinions[dialogue.id]["P"])
                elif name == "keywords":
                    said.append(matches_person_keyword(dialogue.lines[turn.index].text))
                else:
                    said.append(turn.signals.asked_for_person)
                labels.append("P" in dialogue.labels[turn.index])
            found[name] = ConfusionCounts.from_labels(said, labels)
        yield FigureRow(
            measure=f"wish for a person, first time said, {language}, F1 (P, R) ({sum(labels)})",
            wanted="≥ .92",
            ours=_format_hits(found["ours"]),
            words=_format_hits(found["words"]),
            others=f"keywords {found['keywords'].f1:.2f}"
            + (f"; a second reader {found['reader'].f1:.2f}" if "reader" in found else ""),
        )


def _format_hits(hits: ConfusionCounts) -> str:
    return f"{hits.f1:.3f} ({hits.precision:.2f}, {hits.recall:.2f})"


def measure_frustration(bench: SignalBench) -> Iterator[FigureRow]:
    for language, chosen in bench.group_by_language().items():
        turns = bench.list_turns(chosen)
        labels = ["F" in dialogue.labels[turn.index] for dialogue, turn in turns]
        ours, words = bench.compare_auroc(chosen, "F", lambda turn: turn.signals.frustration)
        rule = compute_auroc([float(count_anger_keywords(d.lines[t.index].text)) for d, t in turns], labels)
        yield FigureRow(
            measure=f"frustration per turn, {language}, AUROC ({sum(labels)} of {len(labels)})",
            wanted="≥ .93",
            ours=ours,
            words=words,
            others=f"keywords {rule:.2f}",
        )
        at = Policy().offer_frustration
        keywords = [count_anger_keywords(d.lines[t.index].text) > 0 for d, t in turns]
        rule_hits = ConfusionCounts.from_labels(keywords, labels)
        shown = [
            _format_hits(
                ConfusionCounts.from_labels(
                    [t.signals.frustration >= at for _, t in bench.list_turns(chosen, words=w)], labels
                )
            )
            for w in (False, True)
        ]
        yield FigureRow(
            measure=f"frustration per turn, {language}, F1 (P, R) at the shipped threshold",
            wanted="≥ .75",
            ours=shown[0],
            words=shown[1],
            others=f"keywords {rule_hits.f1:.2f}, always {compute_always_f1(labels):.2f}",
        )


def measure_delay(bench: SignalBench) -> Iterator[FigureRow]:
    """Dialogues in which a person was offered within a turn of the first frustration, and calm ones too."""
    helped, calm = [], []
    for words in (False, True):
        waits, offers = [], []
        for dialogue in bench.dialogues:
            turns = bench.replay_dialogue(dialogue, words=words)
            offered = [turn.verdict.decision in HELPED for turn in turns]
            first = next((i for i, turn in enumerate(turns) if "F" in dialogue.labels[turn.index]), None)
            if first is not None:
                # A person offered one turn earlier is still one tap away.
                waits.append(any(offered[max(0, first - 1) : first + 2]))
            elif not any(dialogue.has_label(label) for label in "PpDHC"):
                offers.append(any(offered))
        helped.append(f"{100 * statistics.mean(waits):.0f} %")
        calm.append(f"{100 * statistics.mean(offers):.0f} %")
    yield FigureRow(
        measure="dialogues with an offer within one turn of the first frustration",
        wanted="≥ 90 %",
        ours=helped[0],
        words=helped[1],
        others="always offering 100 %",
    )
    yield FigureRow(
        measure="calm dialogues without a complaint that were offered a person",
        wanted="",
        ours=calm[0],
        words=calm[1],
        others="always offering 100 %",
    )


def measure_false_alarms(bench: SignalBench) -> Iterator[FigureRow]:
    """Dialogues without frustration, distress or request that were handed over nevertheless."""
    calm = [d for d in bench.dialogues if not any(d.has_label(label) for label in "FPpDH")]
    found = []
    for words in (False, True):
        handed = [contains_handoff(bench.replay_dialogue(dialogue, words=words)) for dialogue in calm]
        found.append(f"{100 * statistics.mean(handed):.1f} %")
    keywords = [
        any(matches_person_keyword(d.lines[place].text) for place in d.list_customer_lines()) for d in calm
    ]
    yield FigureRow(
        measure=f"calm dialogues handed over ({len(calm)})",
        wanted="≤ 1 %",
        ours=found[0],
        words=found[1],
        others=f"keywords {100 * statistics.mean(keywords):.1f} %, never 0",
    )


def contains_handoff(turns: Sequence[ReplayedTurn]) -> bool:
    return any(turn.verdict.decision is Decision.HANDOFF for turn in turns)


def measure_unfamiliarity(bench: SignalBench) -> Iterator[FigureRow]:
    ours, words = bench.compare_auroc(bench.dialogues, "U", lambda turn: turn.signals.unfamiliarity)
    turns = bench.list_turns(bench.dialogues)
    labels = ["U" in dialogue.labels[turn.index] for dialogue, turn in turns]
    first = compute_auroc([-float(turn.index) for _, turn in turns], labels)
    yield FigureRow(
        measure=f"unfamiliarity per turn, AUROC ({sum(labels)} of {len(labels)})",
        wanted="≥ .95",
        ours=ours,
        words=words,
        others=f"the earlier the likelier {first:.2f}",
    )


def measure_feelings(bench: SignalBench) -> Iterator[FigureRow]:
    for name, letter in (("worry", "W"), ("distress", "D"), ("harassment", "H"), ("complaint", "C")):
        turns = bench.list_turns(bench.dialogues)
        labels = [letter in dialogue.labels[turn.index] for dialogue, turn in turns]
        scores = [float(getattr(turn.signals, name)) for _, turn in turns]
        hits = ConfusionCounts.from_labels([score >= 0.5 for score in scores], labels)
        yield FigureRow(
            measure=f"{name} per turn, AUROC ({sum(labels)})",
            wanted="",
            ours=f"{compute_auroc(scores, labels):.3f}",
            others=f"F1 at .5 {_format_hits(hits)}; always {compute_always_f1(labels):.2f}",
        )


def measure_cost(bench: SignalBench) -> Iterator[FigureRow]:
    spent = []
    for dialogue, turn in bench.list_turns(bench.dialogues)[:300]:
        line, before = dialogue.lines[turn.index], dialogue.lines[: turn.index]
        start = time.perf_counter()
        labels = bench.encoder.score_turn(line.text, before)
        bench.reader.compute_signals(line.text, History(lines=before), TextEmbedding((), labels))
        spent.append(1000 * (time.perf_counter() - start))
    slow = sorted(spent)[int(len(spent) * 0.95)]
    yield FigureRow(
        measure="cost per turn beyond the embedding, p50 (p95)",
        wanted="≤ 12 ms",
        ours=f"{statistics.median(spent):.1f} ({slow:.1f}) ms",
    )


if __name__ == "__main__":
    main()
