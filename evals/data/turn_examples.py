"""Training data of the turn encoder: customers' turns in context with their known labels.

Independent writers' dialogues (`evals/cases/turns`, every label), our own (training half), and public sets
with some known labels: NAIST (anger), nlupp and bitext (request for a person), asdc, MultiDoGO, banking77 and
clinc150 (calm), and the questions written for the reader (`evals/cases/reading`, calm, 42 trades).
"""

from __future__ import annotations

import json
import random
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from assistant.domain.messages import Author
from assistant.domain.turns import Utterance
from evals.data.dialogues import Dialogue, build_utterances, load_json_lines, load_own_dialogues
from evals.data.training_sources import LINES, is_held_out, load_service_talk

#: Dialogue -> letter -> places of the lines to which a second reader gave it.
SecondOpinions = Mapping[str, Mapping[str, frozenset[int]]]

TURNS = Path(__file__).parents[1] / "cases" / "turns"
READING = Path(__file__).parents[1] / "cases" / "reading"
#: Writers that nothing is trained on: for measuring, and for calibration.
MEASURED = ("d10.ja", "d11.en", "e3.ja", "e4.en", "e5.ja", "e6.en")
CALIBRATION = ("d3.ja", "d3.en", "d6.ja", "d7.en")
KEPT_APART = frozenset({*MEASURED, *CALIBRATION})
#: Letters in `evals/cases/turns` -> label.
LETTERS = {
    "F": "frustrated",
    "P": "person",
    "p": "person_hint",
    "U": "unfamiliar",
    "W": "worried",
    "D": "distressed",
    "H": "harassment",
    "C": "complaint",
    "R": "correction",
    "A": "asks_again",
    "N": "decline",
    "T": "thanks",
}
NOBODY = frozenset(
    {"frustrated", "person", "person_hint", "unfamiliar", "worried", "distressed", "harassment"}
)
#: What a plain question to a firm is not, whatever came before it.
CALM = NOBODY - {"unfamiliar"} | {"complaint", "decline", "thanks"}
#: Questions how to reach somebody may hint at a person: left out. People of the trade (drivers, helpers,
#: staff) stay in: what they do is no wish for one.
ABOUT_REACHING = re.compile(
    r"(?i)電話|連絡|問い?合わ|相談|担当|オペレーター|\b(?:call\w*|phone|ring|talk|speak|contact|reach|human|agent|complain\w*)\b"
)
#: Shares of those that stand alone, and that come after a reply about something else.
ALONE = 0.45
MISSED = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnExample:
    """A customer's turn after *lines*, with its known labels, each 0–1."""

    text: str
    lines: tuple[Utterance, ...]
    labels: Mapping[str, float]
    language: str
    #: The set and writer, for holding out.
    source: str
    dialogue: str
    weight: float = 1.0


def load_written_turns(folder: Path = TURNS) -> list[TurnExample]:
    """The independent writers' turns; the source is the file's name, writer and language."""
    found: list[TurnExample] = []
    for path in sorted(folder.glob("*.jsonl")):
        for row in load_json_lines(path):
            found += _split_dialogue(row, path.stem)
    return found


def _split_dialogue(row: Mapping[str, object], source: str) -> Iterator[TurnExample]:
    lines: list[Utterance] = []
    missed: float | None = None
    turns: Sequence[Mapping[str, object]] = row["turns"]  # type: ignore[assignment]
    for turn in turns:
        text = str(turn["text"])
        if turn["role"] == "customer":
            letters: Sequence[str] = turn.get("labels") or ()  # type: ignore[assignment]
            labels = {label: float(letter in letters) for letter, label in LETTERS.items()}
            # A label of the previous reply counts for the customer's turn after it.
            if missed is not None:
                labels["missed"] = missed
            yield TurnExample(
                text=text,
                lines=tuple(lines),
                labels=labels,
                language=str(row["lang"]),
                source=source,
                dialogue=f"{source} {row['id']}",
            )
            lines.append(Utterance(author=Author.CUSTOMER, text=text))
        else:
            missed = float(turn.get("miss") or 0)  # type: ignore[arg-type]
            lines.append(Utterance(author=Author.ASSISTANT, text=text))


def load_own_turns(half: str = "train") -> Iterator[TurnExample]:
    for language in ("ja", "en"):
        for dialogue in load_own_dialogues(language, half):
            for place, letters in dialogue.labels.items():
                yield TurnExample(
                    text=dialogue.lines[place].text,
                    lines=dialogue.lines[:place],
                    labels={LETTERS[letter]: float(letter in letters) for letter in "FPpU"},
                    language=language,
                    source="own",
                    dialogue=dialogue.id,
                    weight=0.7,
                )


def load_single_lines() -> Iterator[TurnExample]:
    """Single lines without context that were written for the linear classifiers, with one known
    label each.
    """
    labels = {"frustration": "frustrated", "wish": "person", "unfamiliarity": "unfamiliar"}
    for name, label in labels.items():
        for language in ("ja", "en"):
            for row in (LINES / f"{name}.{language}.txt").read_text("utf-8").splitlines():
                if row[:2] in ("+ ", "- "):
                    yield _build_single_turn(row[2:], {label: float(row[0] == "+")}, language, "lines", 0.4)


def load_help_turns(chance: random.Random, folder: Path = READING) -> Iterator[TurnExample]:
    """Questions to invented firms (`evals/cases/reading`), calm: alone, after another question that was
    answered, or after one that got a passage about something else.
    """
    for path in sorted(folder.glob("*.jsonl")):
        rows = [row for row in load_json_lines(path) if row["type"] == "q"]
        answered = [row for row in rows if row["answer"] and not row.get("context")]
        for row in rows:
            if ABOUT_REACHING.search(row["text"]):
                continue
            before, reply = chance.choice(answered), chance.choice(answered)
            kind = chance.random()
            lines: tuple[Utterance, ...] = ()
            labels = dict.fromkeys(CALM, 0.0)
            if row["kind"] == "situation":
                labels = {name: 0.0 for name in labels if name not in ("worried", "complaint")}
            if row.get("context"):
                lines = (Utterance(author=Author.CUSTOMER, text=row["context"]),)
            elif kind > ALONE:
                is_right = kind > ALONE + MISSED
                shown = before if is_right else reply
                lines = (
                    Utterance(author=Author.CUSTOMER, text=before["text"]),
                    Utterance(author=Author.ASSISTANT, text="\n".join(shown["answer"])),
                )
                if is_right or reply["page"] != before["page"]:
                    labels["missed"] = float(not is_right)
            yield TurnExample(
                text=row["text"],
                lines=lines,
                labels=labels,
                language=row["lang"],
                source="help questions",
                dialogue=f"{path.stem} {row['id']}",
                weight=0.4,
            )


def load_public_turns(data: Path, chance: random.Random) -> Iterator[TurnExample]:
    """Turns of the public sets in *data* (../shared/data/dialogues)."""
    yield from _load_naist(data, chance)
    yield from _load_asdc(data, chance)
    for row in load_json_lines(data / "nlupp.jsonl"):
        yield _build_single_turn(row["text"], {"person": float(row["handoff"])}, "en", "nlupp", 0.4)
    bitext = [
        row for row in load_json_lines(data / "bitext.jsonl") if row["intent"] != "contact_customer_service"
    ]
    for row in chance.sample(bitext, 500):
        asks = row["intent"] == "contact_human_agent"
        yield _build_single_turn(row["utterance"], {"person": float(asks)}, "en", "bitext", 0.2)
    for text in load_service_talk(data, 350):
        yield _build_single_turn(text, dict.fromkeys(NOBODY, 0.0), "en", "service talk", 0.3)


def _build_single_turn(
    text: str, labels: Mapping[str, float], language: str, source: str, weight: float
) -> TurnExample:
    return TurnExample(
        text=text,
        lines=(),
        labels=labels,
        language=language,
        source=source,
        dialogue=f"{source} {zlib.crc32(text.encode())}",
        weight=weight,
    )


def _load_naist(data: Path, chance: random.Random, share: float = 0.35) -> Iterator[TurnExample]:
    for row in load_json_lines(data / "naist_persuasion.jsonl"):
        lines = build_utterances(row["turns"], "user")
        for place, turn in enumerate(row["turns"]):
            if is_held_out(row["id"]) or turn["role"] != "user" or chance.random() > share:
                continue
            anger = turn["emotions"].count("怒り") / len(turn["emotions"])
            yield TurnExample(
                text=turn["text"],
                lines=lines[:place],
                labels={"frustrated": anger},
                language="ja",
                source="naist",
                dialogue=row["id"],
                weight=0.4,
            )


def _load_asdc(data: Path, chance: random.Random, share: float = 0.5) -> Iterator[TurnExample]:
    for row in load_json_lines(data / "asdc.jsonl"):
        lines = build_utterances(row["turns"], "customer")
        for place, line in enumerate(lines):
            if line.author is Author.CUSTOMER and chance.random() < share:
                yield TurnExample(
                    text=line.text,
                    lines=lines[:place],
                    labels=dict.fromkeys(NOBODY - {"unfamiliar"}, 0.0),
                    language="ja",
                    source="asdc",
                    dialogue=str(row["id"]),
                    weight=0.4,
                )


def load_measured_dialogues(writers: Sequence[str]) -> list[Dialogue]:
    """Whole dialogues of these writers, with their letters as labels."""
    letters = {label: letter for letter, label in LETTERS.items()}
    chosen = [turn for turn in load_written_turns() if turn.source in writers]
    found = []
    for name, group in groupby(chosen, lambda turn: turn.dialogue):
        turns: list[TurnExample] = list(group)
        lines = (*turns[-1].lines, Utterance(author=Author.CUSTOMER, text=turns[-1].text))
        labels = {
            len(turn.lines): frozenset(
                letters[x] for x, value in turn.labels.items() if value and x in letters
            )
            for turn in turns
        }
        found.append(Dialogue(id=name, persona="", language=turns[0].language, lines=lines, labels=labels))
    return found


def load_second_opinions() -> SecondOpinions:
    """The letters F, P and p of a second reader, who saw the measured dialogues without their labels."""
    rows = json.loads((TURNS / "second_opinion.json").read_text("utf-8"))
    return {row["dialogue"]: {letter: frozenset(row[letter]) for letter in "FPp"} for row in rows}
