"""What a text is about, in a word."""

from assistant.signals import cues, normalization


def detect_topic(comparable: str) -> str | None:
    """The first topic of the table that fits, or None."""
    return next(
        (cue.kind for cue in cues.load_cues("topic") if cue.find_match(comparable[: normalization.WINDOW])),
        None,
    )
