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
from evals.data.dialogues import Dialogue, own, rows, said
from evals.data.embedding_fixture import Embedded
from evals.data.training_sources import held_out
from evals.quality.scores import Hits, auroc
from evals.quality.signal_baselines import (
    anger_by_keyword,
    anger_by_lexicon,
    by_similarity,
    person_by_keyword,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
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
    embedded = Embedded(None if chosen.words_only else chosen.models, chosen.vectors)
    bench = Bench(chosen.data, chosen.half, embedded)
    print(Row(measure="measure", wanted="to reach", ours="ours", others="others"))
    for measure in (
        wishes,
        public_wishes,
        left_out,
        anger,
        frustration,
        delay,
        false_alarms,
        unfamiliarity,
        cost,
    ):
        for row in measure(bench):
            print(row, flush=True)


class Bench:
    """The data, the reader and its replays."""

    def __init__(self, data: Path, half: str, embedded: Embedded) -> None:
        self.data, self.half, self.embedded = data, half, embedded
        self.reader = RuleSignalReader(embedding=embedded.name)
        self._replays: dict[str, list[ReplayedTurn]] = {}

    def own(self, language: str) -> list[Dialogue]:
        return own(language, self.half)

    def replay(self, dialogue: Dialogue) -> list[ReplayedTurn]:
        if dialogue.id not in self._replays:
            meanings = self.embedded.of([dialogue.lines[i].text for i in dialogue.customer_lines()])
            self._replays[dialogue.id] = replay_turns(dialogue.lines, self.reader, Policy(), meanings)
        return self._replays[dialogue.id]

    def turns(self, dialogues: Sequence[Dialogue]) -> list[tuple[Dialogue, ReplayedTurn]]:
        return [(dialogue, turn) for dialogue in dialogues for turn in self.replay(dialogue)]

    def asks(self, text: str) -> bool:
        meaning = self.embedded.of([text]).get(text)
        return self.reader.compute_signals(text, History(), meaning).asked_for_person


def wishes(bench: Bench) -> list[Row]:
    found = []
    for language in ("ja", "en"):
        turns = bench.turns(bench.own(language))
        labels = ["P" in dialogue.labels[turn.index] for dialogue, turn in turns]
        ours = Hits.of([turn.signals.asked_for_person for _, turn in turns], labels)
        rule = Hits.of([person_by_keyword(d.lines[t.index].text) for d, t in turns], labels)
        found.append(
            Row(
                measure=f"wish for a person, own, {language} ({sum(labels)} of {len(labels)})",
                wanted="≥ .97 both",
                ours=f"P {ours.precision:.3f} R {ours.recall:.3f}",
                others=f"keywords P {rule.precision:.2f} R {rule.recall:.2f}",
            )
        )
    return found


def public_wishes(bench: Bench) -> list[Row]:
    nlupp = list(rows(bench.data / "nlupp.jsonl"))
    labels = [row["handoff"] for row in nlupp]
    ours = Hits.of([bench.asks(row["text"]) for row in nlupp], labels)
    rule = Hits.of([person_by_keyword(row["text"]) for row in nlupp], labels)
    asked = [
        r["utterance"] for r in rows(bench.data / "bitext.jsonl") if r["intent"] == "contact_human_agent"
    ]
    reached = sum(map(bench.asks, asked)) / len(asked)
    by_rule = sum(map(person_by_keyword, asked)) / len(asked)
    return [
        Row(
            measure="nlupp handoff, F1",
            wanted="≥ .90",
            ours=f"{ours.f1:.3f}",
            others=f"keywords {rule.f1:.2f}",
        ),
        Row(
            measure="bitext contact_human_agent, recall",
            wanted="≥ .98",
            ours=f"{reached:.3f}",
            others=f"keywords {by_rule:.2f}",
        ),
    ]


def left_out(_bench: Bench) -> list[Row]:
    """As `train signals` measured and wrote it into the weights: each source by heads that never saw it."""
    wanted = {"nlupp: F1": "≥ .90", "bitext: recall": "≥ .98", "naist: AUROC": "≥ .88"}
    return [
        Row(measure=f"left out of training, {name}", wanted=wanted.get(name, ""), ours=f"{value:.3f}")
        for name, value in load_weights().held_out.items()
    ]


def anger(bench: Bench) -> list[Row]:
    """Per turn; agreed: most annotators say anger, against turns where none does."""
    chosen = [row for row in rows(bench.data / "naist_persuasion.jsonl") if held_out(row["id"])]
    scores: dict[str, list[float]] = {"ours": [], "keywords": [], "lexicon": []}
    shares: list[float] = []
    for row in chosen:
        dialogue = Dialogue(
            id=row["id"], persona="", language="ja", lines=said(row["turns"], "user"), labels={}
        )
        for turn in bench.replay(dialogue):
            emotions = row["turns"][turn.index]["emotions"]
            shares.append(emotions.count("怒り") / len(emotions))
            scores["ours"].append(turn.signals.frustration)
            scores["keywords"].append(anger_by_keyword(dialogue.lines[turn.index].text))
            scores["lexicon"].append(anger_by_lexicon(dialogue.lines[turn.index].text))
    clear = [place for place, share in enumerate(shares) if share > 0.5 or share == 0]
    agreed = {
        name: auroc([s[i] for i in clear], [shares[i] > 0.5 for i in clear]) for name, s in scores.items()
    }
    every = {name: auroc(s, [share > 0.5 for share in shares]) for name, s in scores.items()}
    return [
        _compared("naist anger, AUROC, agreed turns", agreed),
        _compared("naist anger, AUROC, all", every),
    ]


def _compared(measure: str, values: Mapping[str, float]) -> Row:
    others = "  ".join(f"{name} {value:.2f}" for name, value in values.items() if name != "ours")
    return Row(measure=measure, wanted="≥ .88", ours=f"{values['ours']:.3f}", others=others)


def frustration(bench: Bench) -> list[Row]:
    found = []
    for language in ("ja", "en"):
        turns = bench.turns(bench.own(language))
        labels = ["F" in dialogue.labels[turn.index] for dialogue, turn in turns]
        texts = [dialogue.lines[turn.index].text for dialogue, turn in turns]
        scores = [turn.signals.frustration for _, turn in turns]
        rules: dict[str, Callable[[int], float]] = {
            "keywords": lambda i, texts=texts: anger_by_keyword(texts[i]),  # type: ignore[misc]
            "lexicon": lambda i, texts=texts: anger_by_lexicon(texts[i]),  # type: ignore[misc]
            "similarity": lambda i, turns=turns: by_similarity(turns[i][0].lines, turns[i][1].index),  # type: ignore[misc]
        }
        others = {name: auroc([rule(i) for i in range(len(turns))], labels) for name, rule in rules.items()}
        hits = Hits.of([score >= Policy().offer_frustration for score in scores], labels)
        found.append(
            Row(
                measure=f"frustration, own, {language}, AUROC ({sum(labels)} of {len(labels)})",
                wanted="≥ .95",
                ours=f"{auroc(scores, labels):.3f}",
                others="  ".join(f"{name} {value:.2f}" for name, value in others.items()),
            )
        )
        found.append(
            Row(
                measure=f"frustration, own, {language}, precision (recall) at .5",
                wanted="≥ .90",
                ours=f"{hits.precision:.3f} ({hits.recall:.2f})",
            )
        )
    return found


def delay(bench: Bench) -> list[Row]:
    """Turns from the first frustrated one to our offer or handoff."""
    waits = []
    for dialogue in [*bench.own("ja"), *bench.own("en")]:
        turns = bench.replay(dialogue)
        first = next((i for i, turn in enumerate(turns) if "F" in dialogue.labels[turn.index]), None)
        if first is None:
            continue
        helped = (Decision.OFFER, Decision.HANDOFF, Decision.ABSTAIN)
        ours = next(
            (i for i in range(first, len(turns)) if turns[i].verdict.decision in helped), len(turns) + 2
        )
        waits.append(ours - first)
    late = sum(wait > 1 for wait in waits)
    return [
        Row(
            measure="turns from first frustration to an offer, median",
            wanted="≤ 1",
            ours=f"{statistics.median(waits):.0f} ({late} of {len(waits)} later)",
        )
    ]


def false_alarms(bench: Bench) -> list[Row]:
    calm = [
        Dialogue(
            id=f"asdc {row['id']}", persona="", language="ja", lines=said(row["turns"], "customer"), labels={}
        )
        for row in rows(bench.data / "asdc.jsonl")
    ]
    calm += [
        dialogue
        for dialogue in [*bench.own("ja"), *bench.own("en")]
        if not any(dialogue.has(label) for label in "FPp") and dialogue.persona != "in distress"
    ]
    alarms = [
        dialogue.id
        for dialogue in calm
        if any(turn.verdict.decision is Decision.HANDOFF for turn in bench.replay(dialogue))
    ]
    return [
        Row(
            measure=f"calm conversations handed over unwanted ({len(calm)})",
            wanted="≤ 2 %",
            ours=f"{100 * len(alarms) / len(calm):.1f} %",
            others=" ".join(alarms[:5]),
        )
    ]


def unfamiliarity(bench: Bench) -> list[Row]:
    dialogues = [*bench.own("ja"), *bench.own("en")]
    turns = bench.turns(dialogues)
    labels = ["U" in dialogue.labels[turn.index] for dialogue, turn in turns]
    scores = [turn.signals.unfamiliarity for _, turn in turns]
    highest = [max(turn.signals.unfamiliarity for turn in bench.replay(dialogue)) for dialogue in dialogues]
    whole = auroc(highest, [dialogue.has("U") for dialogue in dialogues])
    return [
        Row(
            measure=f"unfamiliar or not, own, AUROC per turn ({sum(labels)} of {len(labels)})",
            wanted="≥ .90",
            ours=f"{auroc(scores, labels):.3f}",
            others=f"per conversation {whole:.3f}",
        )
    ]


def cost(bench: Bench) -> list[Row]:
    spent = []
    for dialogue, turn in bench.turns([*bench.own("ja"), *bench.own("en")]):
        text = dialogue.lines[turn.index].text
        history = History(lines=dialogue.lines[: turn.index])
        meaning = bench.embedded.of([text]).get(text)
        start = time.perf_counter()
        bench.reader.compute_signals(text, history, meaning)
        spent.append(1000 * (time.perf_counter() - start))
    slow = sorted(spent)[int(len(spent) * 0.95)]
    return [
        Row(
            measure="cost per turn beyond the embedding, p50 (p95)",
            wanted="≤ 1 ms",
            ours=f"{statistics.median(spent):.2f} ({slow:.2f}) ms",
        )
    ]
