"""Every reason that the signals give can be read in the Japanese console too."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "web" / "console" / "text" / "phrases.ts").read_text("utf-8")
#: Cues whose reasons agents see; those of facts, topics, promises, days and matters are notes and lists
#: of what to ask.
READ = sorted(
    p
    for p in (ROOT / "assistant" / "signals" / "cues").glob("*.yaml")
    if p.stem not in ("facts", "topic", "promises", "dates", "matter")
)


def test_every_reason_of_a_cue_has_its_japanese() -> None:
    reasons = {
        cue["why"]
        for path in READ
        for cue in (yaml.safe_load(path.read_text("utf-8")).get("cues") or [])
        if cue.get("why") and cue.get("kind") not in ("none", "negated")
    }
    assert reasons
    keys = set(re.findall(r'^  (?:"([^"]+)"|(\w+)):', TABLE, re.MULTILINE))
    known = {quoted or bare for quoted, bare in keys}
    assert sorted(reasons - known) == []
