"""Detects the topic of a text."""

import re
from collections.abc import Iterator

from assistant.signals import cues, normalization


def detect_topic(comparable: str) -> str | None:
    """The first matching topic of the table, or None."""
    return next((cue.kind for cue, _ in _iterate_matches(comparable)), None)


def find_topic(comparable: str) -> cues.Hit | None:
    """As `detect_topic`, with the words that tell it."""
    return next((cues.build_hit(cue, found) for cue, found in _iterate_matches(comparable)), None)


def _iterate_matches(comparable: str) -> Iterator[tuple[cues.Cue, re.Match[str]]]:
    for cue in cues.load_cues("topic"):
        if found := cue.find_match(comparable[: normalization.WINDOW]):
            yield cue, found
