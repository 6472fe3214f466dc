"""Masks card numbers and secrets for agents, who can reveal them on request, which is audited."""

from collections.abc import Callable
from typing import Any

from assistant.domain.confidential import mask_secrets

#: JSON keys with people's words; ids and numbers of identities stay as they are.
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


def redact_json(value: Any, *, words: bool = False, mask: Callable[[str], str] = mask_secrets) -> Any:
    """Mask confidential parts in people's words inside JSON (*words*: in all strings)."""
    if isinstance(value, dict):
        return {
            name: redact_json(inner, words=words or name in WORDS, mask=mask) for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [redact_json(inner, words=words, mask=mask) for inner in value]
    return mask(value) if words and isinstance(value, str) else value
