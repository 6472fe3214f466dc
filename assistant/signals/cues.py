"""Cues: patterns of customers' phrases in the YAML files of `cues/`.

A file has ``parts`` (named subpatterns, used as ``<name>``) and ``cues``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

PART = re.compile(r"<([a-z_]+)>")

#: Clauses are truncated to this many characters, which bounds the patterns' time.
MAX_CLAUSE_CHARACTERS = 600
#: Characters of context around a match, and of the whole snippet.
EXCERPT_CONTEXT_CHARACTERS = 10
MAX_EXCERPT_CHARACTERS = 80
#: Two letters of the same Latin word.
LATIN = re.compile(r"[a-z0-9'’]{2}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue with its patterns."""

    kind: str
    #: An `EvidenceReason`, of cues whose words are shown to agents.
    why: str
    weight: float
    pattern: re.Pattern[str]
    #: A clause that matches it does not count.
    unless: re.Pattern[str] | None
    #: What an agent will need to know of a topic.
    missing: tuple[str, ...]

    def find_match(self, clause: str) -> re.Match[str] | None:
        found = self.pattern.search(clause)
        if found is None or (self.unless is not None and self.unless.search(clause)):
            return None
        return found


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue found in a turn, with the matched words."""

    cue: Cue
    words: str


@cache
def load_cues(name: str) -> tuple[Cue, ...]:
    """The cues of a file, compiled once."""
    data = _load_file(name)
    parts = data.get("parts") or {}
    return tuple(_parse_cue(row, parts) for row in data["cues"])


@cache
def load_words(name: str) -> dict[str, frozenset[str]]:
    """A word list of `words.yaml`."""
    return {key: frozenset(row.split()) for key, row in _load_file("words")[name].items()}


def find_hits(name: str, clauses: list[str]) -> Iterator[Hit]:
    """Every cue of the file that the clauses match, once each."""
    for cue in load_cues(name):
        for clause in clauses:
            found = cue.find_match(clause[:MAX_CLAUSE_CHARACTERS])
            if found is not None:
                yield build_hit(cue, found)
                break


def build_hit(cue: Cue, found: re.Match[str]) -> Hit:
    return Hit(cue, _format_snippet(found.string, found.start(), found.end()))


def _format_snippet(clause: str, start: int, end: int) -> str:
    """The matched words with some context, Latin words whole."""
    start, end = (
        max(0, start - EXCERPT_CONTEXT_CHARACTERS),
        min(len(clause), end + EXCERPT_CONTEXT_CHARACTERS),
    )
    while start > 0 and LATIN.fullmatch(clause, start - 1, start + 1):
        start -= 1
    while end < len(clause) and LATIN.fullmatch(clause, end - 1, end + 1):
        end += 1
    return clause[start:end].strip()[:MAX_EXCERPT_CHARACTERS]


def _load_file(name: str) -> dict[str, Any]:
    source = files("assistant.signals").joinpath("cues", f"{name}.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.load(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return data


def _parse_cue(row: Mapping[str, Any], parts: Mapping[str, str]) -> Cue:
    return Cue(
        kind=row["kind"],
        why=row.get("why", ""),
        weight=float(row.get("weight", 1.0)),
        pattern=re.compile("|".join(_expand_parts(pattern, parts) for pattern in row["any"])),
        unless=re.compile("|".join(_expand_parts(p, parts) for p in row["unless"]))
        if "unless" in row
        else None,
        missing=tuple(need.strip() for need in row.get("missing", "").split(",")),
    )


def _expand_parts(pattern: str, parts: Mapping[str, str]) -> str:
    while PART.search(pattern):
        pattern = PART.sub(lambda found: f"(?:{parts[found[1]]})", pattern)
    return f"(?:{pattern})"
