"""What the page with the chat says of its visitor: anybody can say it in a browser, so it is only claimed."""

import re
from collections.abc import Mapping

from assistant.domain.errors import BadInput

#: Agents read it in front of every name.
PREFIX = "claimed_"
NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,39}")
#: Set by the service itself: the customer number that somebody named without a signature.
RESERVED = "id"
MAX_ATTRIBUTES = 20
MAX_VALUE_CHARACTERS = 200

AttributeValue = str | bool | int | float | None


def merge_attributes(known: Mapping[str, str], said: Mapping[str, AttributeValue]) -> dict[str, str]:
    """*known* with what was said now; None takes one away. BadInput with what to fix."""
    merged = dict(known)
    for name, value in said.items():
        if not NAME.fullmatch(name) or name == RESERVED:
            raise BadInput(
                "An attribute's name has up to 40 letters, digits and _, and is not id.", field=name[:40]
            )
        if value is None:
            merged.pop(PREFIX + name, None)
        else:
            merged[PREFIX + name] = _render_value(value)
    if sum(key.startswith(PREFIX) for key in merged) > MAX_ATTRIBUTES:
        raise BadInput(f"A customer has up to {MAX_ATTRIBUTES} attributes.")
    return merged


def _render_value(value: str | float) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else f"{value:,}"
    if len(text) > MAX_VALUE_CHARACTERS:
        raise BadInput(f"An attribute's value has up to {MAX_VALUE_CHARACTERS} characters.")
    return text
