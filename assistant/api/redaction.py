"""What agents are shown of card numbers and secrets: that they are there; the rest on request, and noted."""

from typing import Any

from assistant.domain.confidential import mask_secrets

#: Keys under which there are words of people; ids and numbers of identities stay as they are.
WORDS = frozenset(
    {
        "ask",
        "claimed",
        "evidence",
        "last",
        "notes",
        "promises",
        "query",
        "quote",
        "reaction",
        "summary",
        "text",
        "told",
    }
)


def redact_json(value: Any, *, words: bool = False) -> Any:
    """JSON with whatever people wrote in it (*words*: all of it) hidden where it is confidential."""
    if isinstance(value, dict):
        return {name: redact_json(inner, words=words or name in WORDS) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [redact_json(inner, words=words) for inner in value]
    return mask_secrets(value) if words and isinstance(value, str) else value
