"""Training data of the linear classifiers: public sets of the data folder, and the training half of
our own.
"""

import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.domain.messages import Author
from evals.data.dialogues import load_json_lines, load_own_dialogues

LINES = Path(__file__).parents[1] / "cases" / "lines"
LANGUAGES = ("ja", "en")

#: Named in the weights file, as their licences require.
SOURCES = {
    "evals/cases (own dialogues and lines, training half; turns of independent writers)": "MIT, this project",
    "NAIST persuasive dialogue corpus (emotion per turn)": "CC BY-SA 4.0",
    "GoEmotions": "Apache-2.0",
    "megagonlabs/asdc": "CC BY 4.0",
    "awslabs MultiDoGO": "CDLA-Permissive-1.0",
    "PolyAI banking77, nlupp": "CC BY 4.0",
    "clinc/oos-eval": "CC BY 3.0",
    "bitext customer support": "CDLA-Sharing-1.0",
}
#: Degree of annoyance in each emotion of GoEmotions.
ANNOYED = {"anger": 1.0, "annoyance": 1.0, "disgust": 0.8, "disappointment": 0.8, "disapproval": 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineExample:
    """One line with its degree of the signal."""

    text: str
    target: float
    weight: float = 1.0
    #: Lines of one domain share a base rate; the product's own domain is ``service``.
    domain: str = "service"
    #: Lines of one group are never split between training and validation.
    group: str = ""

    @property
    def source(self) -> str:
        """The set it is from, for figures by set."""
        return self.group.split()[0] if self.group.startswith(("nlupp", "bitext")) else self.domain

    @property
    def fold(self) -> int:
        return zlib.crc32((self.group or self.text).encode()) % 5


def load_frustration(data: Path) -> list[LineExample]:
    return [
        *_load_naist(data),
        *_load_goemotions(data),
        *_load_calm(data, 0.35),
        *load_lines("unfamiliarity", 2.0, all_are=0.0),
        *load_lines("frustration", 5.0),
        *_load_own("F", 6.0),
        *_load_written("frustrated", 6.0),
    ]


def load_wish(data: Path) -> list[LineExample]:
    return [
        *_load_nlupp(data),
        *_load_bitext(data),
        *_load_calm(data, 0.6),
        *load_lines("frustration", 1.0, all_are=0.0),
        *load_lines("wish", 3.0),
        *_load_own("P", 3.0),
        *_load_written("person", 3.0),
    ]


def load_unfamiliarity(data: Path) -> list[LineExample]:
    return [
        *_load_calm(data, 0.3),
        *load_lines("frustration", 0.5, all_are=0.0),
        *load_lines("unfamiliarity", 4.0),
        *_load_own("U", 3.0),
        *_load_written("unfamiliar", 3.0),
    ]


def _load_written(label: str, weight: float) -> Iterator[LineExample]:
    """The turns of independent writers, except those for measuring and calibration."""
    from evals.data.turn_examples import KEPT_APART, load_written_turns

    for turn in load_written_turns():
        if turn.source not in KEPT_APART:
            yield LineExample(text=turn.text, target=turn.labels[label], weight=weight, group=turn.dialogue)


HEADS = {"frustration": load_frustration, "wish": load_wish, "unfamiliarity": load_unfamiliarity}


def is_held_out(dialogue: str) -> bool:
    """Whether a NAIST dialogue is held out: every fifth is."""
    return zlib.crc32(dialogue.encode()) % 5 == 0


def _load_naist(data: Path) -> Iterator[LineExample]:
    for dialogue in load_json_lines(data / "naist_persuasion.jsonl"):
        if is_held_out(dialogue["id"]):
            continue
        for turn in dialogue["turns"]:
            emotions = turn["emotions"]
            yield LineExample(
                text=turn["text"],
                target=emotions.count("怒り") / len(emotions),
                weight=1.0 if turn["role"] == "user" else 0.5,
                domain="naist",
                group=dialogue["id"],
            )


def _load_goemotions(data: Path, most: int = 5_000) -> Iterator[LineExample]:
    kept = {True: 0, False: 0}
    for row in load_json_lines(data / "goemotions.jsonl"):
        target = max((ANNOYED.get(label, 0.0) for label in row["labels"]), default=0.0)
        kept[target > 0] += 1
        if kept[target > 0] <= most:
            yield LineExample(text=row["text"], target=target, weight=0.6, domain="reddit")


def _load_calm(data: Path, weight: float) -> Iterator[LineExample]:
    """Service dialogues without anger and requests for a person (but for a few)."""
    for dialogue in load_json_lines(data / "asdc.jsonl"):
        for turn in dialogue["turns"]:
            if turn["role"].startswith("customer"):
                yield LineExample(text=turn["text"], target=0.0, weight=2 * weight, group=dialogue["id"])
    for text in load_service_talk(data, 1_800):
        yield LineExample(text=text, target=0.0, weight=weight)


def load_service_talk(data: Path, most: int) -> list[str]:
    """Single customer lines, at most *most* of each set."""
    found = _sample_texts(_load_multidogo(data), most)
    for name in ("banking77.train.jsonl", "clinc150.train.jsonl"):
        found += _sample_texts((row["text"] for row in load_json_lines(data.parent / "scope" / name)), most)
    return found


def _load_multidogo(data: Path) -> Iterator[str]:
    for path in sorted((data / "multidogo").glob("*.jsonl")):
        for dialogue in load_json_lines(path):
            yield from (turn["text"] for turn in dialogue["customer_turns"])


def _sample_texts(list_texts: Iterator[str], most: int) -> list[str]:
    known = sorted(set(list_texts))
    random.Random(0).shuffle(known)
    return known[:most]


def _load_nlupp(data: Path) -> Iterator[LineExample]:
    for row in load_json_lines(data / "nlupp.jsonl"):
        yield LineExample(
            text=row["text"], target=float(row["handoff"]), weight=2.0, group=f"nlupp {row['fold']}"
        )


def _load_bitext(data: Path) -> Iterator[LineExample]:
    for row in load_json_lines(data / "bitext.jsonl"):
        asks = row["intent"] == "contact_human_agent"
        if asks or row["intent"] != "contact_customer_service":
            yield LineExample(
                text=row["utterance"],
                target=float(asks),
                weight=1.0 if asks else 0.2,
                group="bitext",
            )


def load_lines(name: str, weight: float, *, all_are: float | None = None) -> Iterator[LineExample]:
    for language in LANGUAGES:
        for row in (LINES / f"{name}.{language}.txt").read_text("utf-8").splitlines():
            if row[:2] in ("+ ", "- "):
                target = float(row[0] == "+") if all_are is None else all_are
                yield LineExample(text=row[2:], target=target, weight=weight)


def _load_own(label: str, weight: float) -> Iterator[LineExample]:
    for language in LANGUAGES:
        for dialogue in load_own_dialogues(language, "train"):
            for index, line in enumerate(dialogue.lines):
                if line.author is Author.CUSTOMER:
                    yield LineExample(
                        text=line.text,
                        target=float(label in dialogue.labels[index]),
                        weight=weight,
                        group=dialogue.id,
                    )
