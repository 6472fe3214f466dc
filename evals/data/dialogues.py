"""Dialogues for measuring signals: our own in `cases/dialogues`, and public ones in the data folder."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.conversation.templates import render_template
from assistant.domain.messages import Author
from assistant.domain.turns import Utterance

OWN = Path(__file__).parents[1] / "cases" / "dialogues"
HEADING = re.compile(r"## (?P<id>\S+) (?P<persona>.+)")
LINE = re.compile(r"(?P<who>[CA])(?P<labels>(?: [A-Za-z])*): (?P<text>.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    id: str
    persona: str
    language: str
    lines: tuple[Utterance, ...]
    #: Line -> labels (see the guideline); only customers' lines have labels.
    labels: dict[int, frozenset[str]]

    def list_customer_lines(self) -> list[int]:
        return [index for index, line in enumerate(self.lines) if line.author is Author.CUSTOMER]

    def has_label(self, label: str) -> bool:
        return any(label in labels for labels in self.labels.values())


def load_own_dialogues(language: str, half: str) -> list[Dialogue]:
    """Our own dialogues; *half* is ``train`` or ``held`` (held out)."""
    return parse_dialogues((OWN / f"{language}.{half}.md").read_text("utf-8"), language)


def parse_dialogues(text: str, language: str) -> list[Dialogue]:
    """Parse ``## id persona`` and lines ``C F: …`` / ``A: …``; ``A: @situation`` stands for our own
    template.
    """
    dialogues: list[Dialogue] = []
    for number, row in enumerate(text.splitlines(), start=1):
        if heading := HEADING.match(row):
            dialogues.append(
                Dialogue(id=heading["id"], persona=heading["persona"], language=language, lines=(), labels={})
            )
        elif line := LINE.match(row):
            dialogues[-1] = _append_line(dialogues[-1], line, language)
        elif row.strip() and not row.startswith("# "):
            raise ValueError(f"line {number}: expected `C: …`, `A: …` or `## id persona`, got {row[:40]!r}")
    return dialogues


def _append_line(dialogue: Dialogue, line: re.Match[str], language: str) -> Dialogue:
    text = line["text"]
    author = Author.CUSTOMER if line["who"] == "C" else Author.ASSISTANT
    if author is Author.ASSISTANT and text.startswith("@"):
        text = render_template(text[1:], language)
    labels = dict(dialogue.labels)
    if author is Author.CUSTOMER:
        labels[len(dialogue.lines)] = frozenset(line["labels"].split())
    return Dialogue(
        id=dialogue.id,
        persona=dialogue.persona,
        language=language,
        lines=(*dialogue.lines, Utterance(author=author, text=text)),
        labels=labels,
    )


def load_json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def build_utterances(turns: list[dict[str, Any]], customer: str) -> tuple[Utterance, ...]:
    """The turns of a public dialogue; *customer* is the prefix of its names for customers."""
    return tuple(
        Utterance(
            author=Author.CUSTOMER if turn["role"].startswith(customer) else Author.ASSISTANT,
            text=turn["text"],
        )
        for turn in turns
    )
