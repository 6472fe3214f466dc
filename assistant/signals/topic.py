"""Detects the topic of a text."""

from assistant.signals import cues, normalization


def detect_topic(comparable: str) -> str | None:
    """The first matching topic of the table, or None."""
    return next(
        (cue.kind for cue in cues.load_cues("topic") if cue.find_match(comparable[: normalization.WINDOW])),
        None,
    )
