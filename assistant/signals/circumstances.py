"""What a turn tells of: sensitive topics, self-harm, a hurry."""

from assistant.signals import cues
from assistant.signals.normalization import split_clauses

#: They speak of self-harm only together: everything is to end, and how or out of which despair.
SELF_HARM_PARTS = ("wish_to_end", "despair")


def find_circumstances(near: str) -> dict[str, cues.Hit]:
    """Kind of circumstance -> the words that tell it."""
    found = {hit.cue.kind: hit for hit in cues.find_hits("circumstances", split_clauses(near))}
    parts = [found.pop(kind, None) for kind in SELF_HARM_PARTS]
    if parts[0] is not None and parts[1] is not None:
        found.setdefault("self_harm", parts[0])
    return found
