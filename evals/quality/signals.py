"""``python -m evals signals``: what the reader of signals reaches, beside simpler readers."""

import argparse
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.domain.policy import Policy
from assistant.domain.signals import Decision
from assistant.domain.turns import History
from assistant.signals.classifier import load_weights
from assistant.signals.replay import ReplayedTurn, replay_turns
from assistant.signals.signal_reader import RuleSignalReader
from evals.data.dialogues import Dialogue, build_utterances, load_json_lines, load_own_dialogues
from evals.data.embedding_fixture import MeaningCache
from evals.data.training_sources import is_held_out
from evals.quality.scores import ConfusionCounts, compute_auroc
from evals.quality.signal_baselines import (
    compute_repetition,
    count_anger_keywords,
    matches_person_keyword,
    score_anger_by_lexicon,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """One line of the table."""

    measure: str
    wanted: str
    ours: str
    others: str = ""

    def __str__(self) -> str:
        return f"{self.measure:58} {self.wanted:>10} {self.ours:>22}   {self.others}"


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m evals signals")
    options.add_argument("--data", type=Path, default=Path("../shared/data/dialogues"))
    options.add_argument("--models", type=Path, default=Path("data/models"))
    options.add_argument("--half", choices=("held", "train"), default="held")
    options.add_argument("--vectors", type=Path, help="meanings that `train signals --vectors` kept")
    options.add_argument(
        "--words-only", action="store_true", help="without the embedding, as when it is down"
    )
    chosen = options.parse_args()
    embedded = MeaningCache(None if chosen.words_only else chosen.models, chosen.vectors)
    bench = SignalBench(chosen.data, chosen.half, embedded)
    print(FigureRow(measure="measure", wanted="to reach", ours="ours", others="others"))
    for measure in (
        measure_wishes,
        measure_public_wishes,
        measure_left_out,
        measure_anger,
        measure_frustration,
        measure_delay,
        measure_false_alarms,
        measure_unfamiliarity,
        measure_cost,
    ):
        for row in measure(bench):
            print(row, flush=True)


class SignalBench:
    """The data, the reader and its replays."""

    def __init__(self, data: Path, half: str, embedded: MeaningCache) -> None:
        self.data, self.half, self.embedded = data, half, embedded
        self.reader = RuleSignalReader(embedding=embedded.name)
        self._replays: dict[str, list[ReplayedTurn]] = {}

    def load_own(self, language: str) -> list[Dialogue]:
        return load_own_dialogues(language, self.half)

    def load_both(self) -> list[Dialogue]:
        return [*self.load_own("ja"), *self.load_own("en")]

    def replay_dialogue(self, dialogue: Dialogue) -> list[ReplayedTurn]:
        if dialogue.id not in self._replays:
            meanings = self.embedded.load_meanings(
                [dialogue.lines[i].text for i in dialogue.list_customer_lines()]
            )
            self._replays[dialogue.id] = replay_turns(dialogue.lines, self.reader, Policy(), meanings)
        return self._replays[dialogue.id]

    def list_turns(self, dialogues: Sequence[Dialogue]) -> list[tuple[Dialogue, ReplayedTurn]]:
        return [(dialogue, turn) for dialogue in dialogues for turn in self.replay_dialogue(dialogue)]

    def asks_for_person(self, text: str) -> bool:
        meaning = self.embedded.load_meanings([text]).get(text)
        return self.reader.compute_signals(text, History(), meaning).asked_for_person


def measure_wishes(bench: SignalBench) -> list[FigureRow]:
    found = []
    for language in ("ja", "en"):
        turns = bench.list_turns(bench.load_own(language))
        labels = ["P" in dialogue.labels[turn.index] for dialogue, turn in turns]
        ours = ConfusionCounts.from_labels([turn.signals.asked_for_person for _, turn in turns], labels)
        rule = ConfusionCounts.from_labels(
            [matches_person_keyword(d.lines[t.index].text) for d, t in turns], labels
        )
        found.append(
            FigureRow(
                measure=f"wish for a person, own, {language} ({sum(labels)} of {len(labels)})",
                wanted="≥ .97 both",
                ours=f"P {ours.precision:.3f} R {ours.recall:.3f}",
                others=f"keywords P {rule.precision:.2f} R {rule.recall:.2f}",
            )
        )
    return found


def measure_public_wishes(bench: SignalBench) -> list[FigureRow]:
    nlupp = list(load_json_lines(bench.data / "nlupp.jsonl"))
    labels = [row["handoff"] for row in nlupp]
    ours = ConfusionCounts.from_labels([bench.asks_for_person(row["text"]) for row in nlupp], labels)
    rule = ConfusionCounts.from_labels([matches_person_keyword(row["text"]) for row in nlupp], labels)
    asked = [
        r["utterance"]
        for r in load_json_lines(bench.data / "bitext.jsonl")
        if r["intent"] == "contact_human_agent"
    ]
    reached = sum(map(bench.asks_for_person, asked)) / len(asked)
    by_rule = sum(map(matches_person_keyword, asked)) / len(asked)
    return [
        FigureRow(
            measure="nlupp handoff, F1",
            wanted="≥ .90",
            ours=f"{ours.f1:.3f}",
            others=f"keywords {rule.f1:.2f}",
        ),
        FigureRow(
            measure="bitext contact_human_agent, recall",
            wanted="≥ .98",
            ours=f"{reached:.3f}",
            others=f"keywords {by_rule:.2f}",
        ),
    ]


def measure_left_out(_bench: SignalBench) -> list[FigureRow]:
    """As `train signals` measured and wrote it into the weights: each source by heads that never saw it."""
    wanted = {"nlupp: F1": "≥ .90", "bitext: recall": "≥ .98", "naist: AUROC": "≥ .88"}
    return [
        FigureRow(measure=f"left out of training, {name}", wanted=wanted.get(name, ""), ours=f"{value:.3f}")
        for name, value in load_weights().held_out.items()
    ]


def measure_anger(bench: SignalBench) -> list[FigureRow]:
    """Per turn; agreed: most annotators say anger, against turns where none does."""
    chosen = [row for row in load_json_lines(bench.data / "naist_persuasion.jsonl") if is_held_out(row["id"])]
    scores: dict[str, list[float]] = {"ours": [], "keywords": [], "lexicon": []}
    shares: list[float] = []
    for row in chosen:
        dialogue = Dialogue(
            id=row["id"], persona="", language="ja", lines=build_utterances(row["turns"], "user"), labels={}
        )
        for turn in bench.replay_dialogue(dialogue):
            emotions = row["turns"][turn.index]["emotions"]
            shares.append(emotions.count("怒り") / len(emotions))
            scores["ours"].append(turn.signals.frustration)
            scores["keywords"].append(count_anger_keywords(dialogue.lines[turn.index].text))
            scores["lexicon"].append(score_anger_by_lexicon(dialogue.lines[turn.index].text))
    clear = [place for place, share in enumerate(shares) if share > 0.5 or share == 0]
    agreed = {
        name: compute_auroc([s[i] for i in clear], [shares[i] > 0.5 for i in clear])
        for name, s in scores.items()
    }
    every = {name: compute_auroc(s, [share > 0.5 for share in shares]) for name, s in scores.items()}
    return [
        _build_comparison_row("naist anger, AUROC, agreed turns", agreed),
        _build_comparison_row("naist anger, AUROC, all", every),
    ]


def _build_comparison_row(measure: str, values: Mapping[str, float]) -> FigureRow:
    others = "  ".join(f"{name} {value:.2f}" for name, value in values.items() if name != "ours")
    return FigureRow(measure=measure, wanted="≥ .88", ours=f"{values['ours']:.3f}", others=others)


def measure_frustration(bench: SignalBench) -> list[FigureRow]:
    found = []
    for language in ("ja", "en"):
        turns = bench.list_turns(bench.load_own(language))
        labels = ["F" in dialogue.labels[turn.index] for dialogue, turn in turns]
        texts = [dialogue.lines[turn.index].text for dialogue, turn in turns]
        scores = [turn.signals.frustration for _, turn in turns]
        rules: dict[str, Callable[[int], float]] = {
            "keywords": lambda i, texts=texts: count_anger_keywords(texts[i]),  # type: ignore[misc]
            "lexicon": lambda i, texts=texts: score_anger_by_lexicon(texts[i]),  # type: ignore[misc]
            "similarity": lambda i, turns=turns: compute_repetition(turns[i][0].lines, turns[i][1].index),  # type: ignore[misc]
        }
        others = {
            name: compute_auroc([rule(i) for i in range(len(turns))], labels) for name, rule in rules.items()
        }
        hits = ConfusionCounts.from_labels([score >= Policy().offer_frustration for score in scores], labels)
        found.append(
            FigureRow(
                measure=f"frustration, own, {language}, AUROC ({sum(labels)} of {len(labels)})",
                wanted="≥ .95",
                ours=f"{compute_auroc(scores, labels):.3f}",
                others="  ".join(f"{name} {value:.2f}" for name, value in others.items()),
            )
        )
        found.append(
            FigureRow(
                measure=f"frustration, own, {language}, precision (recall) at .5",
                wanted="≥ .90",
                ours=f"{hits.precision:.3f} ({hits.recall:.2f})",
            )
        )
    return found


def measure_delay(bench: SignalBench) -> list[FigureRow]:
    """Turns from the first frustrated one to our offer or handoff."""
    waits = []
    for dialogue in bench.load_both():
        turns = bench.replay_dialogue(dialogue)
        first = next((i for i, turn in enumerate(turns) if "F" in dialogue.labels[turn.index]), None)
        if first is None:
            continue
        helped = (Decision.OFFER, Decision.HANDOFF, Decision.ABSTAIN)
        ours = next(
            (i for i in range(first, len(turns)) if turns[i].verdict.decision in helped), len(turns) + 2
        )
        waits.append(ours - first)
    late = sum(wait > 1 for wait in waits)
    measure = "turns from first frustration to an offer, median"
    found = f"{statistics.median(waits):.0f} ({late} of {len(waits)} later)"
    return [FigureRow(measure=measure, wanted="≤ 1", ours=found)]


def measure_false_alarms(bench: SignalBench) -> list[FigureRow]:
    calm = [
        Dialogue(
            id=f"asdc {row['id']}",
            persona="",
            language="ja",
            lines=build_utterances(row["turns"], "customer"),
            labels={},
        )
        for row in load_json_lines(bench.data / "asdc.jsonl")
    ]
    calm += [
        dialogue
        for dialogue in bench.load_both()
        if not any(dialogue.has_label(label) for label in "FPp") and dialogue.persona != "in distress"
    ]
    alarms = [
        dialogue.id
        for dialogue in calm
        if any(turn.verdict.decision is Decision.HANDOFF for turn in bench.replay_dialogue(dialogue))
    ]
    return [
        FigureRow(
            measure=f"calm conversations handed over unwanted ({len(calm)})",
            wanted="≤ 2 %",
            ours=f"{100 * len(alarms) / len(calm):.1f} %",
            others=" ".join(alarms[:5]),
        )
    ]


def measure_unfamiliarity(bench: SignalBench) -> list[FigureRow]:
    dialogues = bench.load_both()
    turns = bench.list_turns(dialogues)
    labels = ["U" in dialogue.labels[turn.index] for dialogue, turn in turns]
    scores = [turn.signals.unfamiliarity for _, turn in turns]
    highest = [
        max(turn.signals.unfamiliarity for turn in bench.replay_dialogue(dialogue)) for dialogue in dialogues
    ]
    whole = compute_auroc(highest, [dialogue.has_label("U") for dialogue in dialogues])
    measure = f"unfamiliar or not, own, AUROC per turn ({sum(labels)} of {len(labels)})"
    ours, others = f"{compute_auroc(scores, labels):.3f}", f"per conversation {whole:.3f}"
    return [FigureRow(measure=measure, wanted="≥ .90", ours=ours, others=others)]


def measure_cost(bench: SignalBench) -> list[FigureRow]:
    spent = []
    for dialogue, turn in bench.list_turns(bench.load_both()):
        text = dialogue.lines[turn.index].text
        history = History(lines=dialogue.lines[: turn.index])
        meaning = bench.embedded.load_meanings([text]).get(text)
        start = time.perf_counter()
        bench.reader.compute_signals(text, history, meaning)
        spent.append(1000 * (time.perf_counter() - start))
    slow = sorted(spent)[int(len(spent) * 0.95)]
    measure = "cost per turn beyond the embedding, p50 (p95)"
    ours = f"{statistics.median(spent):.2f} ({slow:.2f}) ms"
    return [FigureRow(measure=measure, wanted="≤ 1 ms", ours=ours)]
