"""``python -m evals personal``: recall of PII masking, and ordinary words masked by mistake.

presidio_synth_en (mail, phone, card) and our own Japanese set (evals/cases/personal_ja.jsonl, half of it held
out). Ordinary words are those of the sample help, calm dialogues and customers' questions.
"""

import json
import re
from collections import defaultdict
from statistics import mean

from assistant.text.pii import find_pii
from assistant.text.pii_masking import PiiMask
from evals.data.support_sets import DATA, ROOT, load_passages

OWN = ROOT / "evals/cases/personal_ja.jsonl"
PRESIDIO = {"EMAIL_ADDRESS": "mail", "PHONE_NUMBER": "phone", "CREDIT_CARD": "card", "IBAN_CODE": "IBAN"}
PRESIDIO |= {"US_SSN": "social security", "PERSON": "person (found only where said)"}
#: Baseline: one pattern each for mail, phones with hyphens, cards in groups of four.
PLAIN = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|\d{2,4}-\d{2,4}-\d{4}|(?:\d{4}[ -]?){4}", re.ASCII)


def main() -> None:
    print("\nPersonal data hidden: kind, cases, recall; of three plain patterns")
    report_recall("presidio_synth_en", load_english())
    report_recall("own, ja, held-out half", load_japanese("held"))
    report_recall("own, ja, other half", load_japanese("train"))
    print("  ordinary text: characters, share hidden")
    for name, text in load_ordinary_words().items():
        hidden = sum(found.end - found.start for found in find_pii(text))
        print(f"    {name:30} {len(text):7}  {hidden / len(text):.4f}")


def report_recall(name: str, cases: list[tuple[str, str, str]]) -> None:
    print(f"  {name}")
    kinds: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for kind, text, value in cases:
        kinds[kind].append(
            (is_value_hidden(value, PiiMask().mask_text(text)), is_value_hidden(value, PLAIN.sub("", text)))
        )
    for kind, both in kinds.items():
        ours, plain = zip(*both, strict=True)
        print(f"    {kind:30} {len(both):5}  {mean(ours):.3f}  {mean(plain):.3f}")
    ours, plain = zip(*(pair for both in kinds.values() for pair in both), strict=True)
    print(f"    {'all':30} {len(ours):5}  {mean(ours):.3f}  {mean(plain):.3f}")


def is_value_hidden(value: str, text: str) -> bool:
    """Whether no identifying part of the value is left."""
    parts = [value, *(part for part in re.split(r"\s", value) if len(part) > 2)]
    return not any(part in text for part in parts)


def load_english() -> list[tuple[str, str, str]]:
    lines = (DATA / "safety/presidio_synth_en.jsonl").read_text("utf-8").splitlines()
    return [
        (PRESIDIO[span["entity_type"]], row["full_text"], span["entity_value"])
        for row in map(json.loads, lines)
        for span in row["spans"]
        if span["entity_type"] in PRESIDIO
    ]


def load_japanese(half: str) -> list[tuple[str, str, str]]:
    rows = map(json.loads, OWN.read_text("utf-8").splitlines())
    return [(row["kind"], row["text"], row["value"]) for row in rows if row["half"] == half]


def load_ordinary_words() -> dict[str, str]:
    talk = [json.loads(line) for line in (DATA / "dialogues/asdc.jsonl").read_text("utf-8").splitlines()]
    asked = (ROOT / "evals/cases/sample_kb.jsonl").read_text("utf-8").splitlines()
    return {
        "calm dialogues (asdc)": "\n".join(turn["text"] for row in talk for turn in row["turns"]),
        "sample questions": "\n".join(json.loads(line)["text"] for line in asked),
        "sample help, with its numbers": "\n".join(p.text for p in load_passages(ROOT / "knowledge_base")),
    }
