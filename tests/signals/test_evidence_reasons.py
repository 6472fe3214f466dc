"""Every code of a reason has a sentence in both languages of the console, and every sentence has a code."""

import re
from enum import StrEnum
from pathlib import Path

import pytest
import yaml

from assistant.domain.evidence_reasons import EvidenceReason
from assistant.domain.withheld_reasons import WithheldReason
from assistant.signals.cues import load_cues

ROOT = Path(__file__).parents[2]
SENTENCES = (ROOT / "web" / "console" / "text" / "codes.ts").read_text("utf-8")
SOURCES = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "assistant").rglob("*.py")))
CUES = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))["cues"]
    for path in sorted((ROOT / "assistant" / "signals" / "cues").glob("*.yaml"))
    if path.stem != "words"
}
#: Files whose cues are shown to agents as evidence -> their kinds that only rule out or calm.
SHOWN = {
    "circumstances": (),
    "frustration_en": (
        "calm",
        "joy",
    ),
    "frustration_ja": (
        "calm",
        "joy",
    ),
    "unfamiliarity": ("at_home",),
    "wish_en": ("none",),
    "wish_ja": ("none", "negated"),
    "wish_ko": ("none",),
}


def _parse_table(name: str) -> dict[str, str]:
    body = re.search(rf"const {name}\b[^{{]*\{{\n(.*?)\n\}};", SENTENCES, re.DOTALL)
    assert body, name
    return dict(re.findall(r'^  (\w+): "(.+)",$', body[1], re.MULTILINE))


@pytest.mark.parametrize("language", ["JA", "EN"])
@pytest.mark.parametrize(
    ("table", "codes"), [("EVIDENCE", EvidenceReason), ("WITHHELD", WithheldReason)], ids=["why", "withheld"]
)
def test_codes_and_sentences_match(table: str, codes: type[StrEnum], language: str) -> None:
    assert sorted(_parse_table(f"{table}_{language}")) == sorted(codes)


@pytest.mark.parametrize("language", ["JA", "EN"])
def test_every_topic_has_its_name(language: str) -> None:
    assert sorted(_parse_table(f"TOPICS_{language}")) == sorted({cue["kind"] for cue in CUES["topic"]})


def test_every_shown_cue_has_a_code_and_no_other_has_one() -> None:
    for name, cues in CUES.items():
        for cue in cues:
            is_shown = name in SHOWN and cue["kind"] not in SHOWN[name]
            assert (cue.get("why") in list(EvidenceReason)) == is_shown, (name, cue["kind"], cue.get("why"))


@pytest.mark.parametrize("codes", [EvidenceReason, WithheldReason])
def test_every_code_is_given_somewhere(codes: type[StrEnum]) -> None:
    by_cues = {cue.why for name in SHOWN for cue in load_cues(name)}
    by_scope = {f"{scope}_budget_spent" for scope in ("conversation", "visitor", "address", "day")}
    given = {code for code in codes if f"{codes.__name__}.{code.name}" in SOURCES}
    assert sorted(set(codes) - given - by_cues - by_scope) == []
