"""Masks PII in a model's input and restores it in the output; `text/pii.py` finds it."""

import re
from dataclasses import dataclass, field

from assistant.text.characters import strip_every_invisible
from assistant.text.pii import find_pii

_MARK = re.compile(r"\[(?:EMAIL|PHONE|CARD|ID|IBAN|ADDRESS|NAME|SECRET)_\d+\]")


@dataclass(slots=True)
class PiiMask:
    """The PII masked in one turn: the same value gets the same mark in question and history."""

    #: Values that stay as they are: somebody's own, in a file about them.
    kept: frozenset[str] = frozenset()
    _marks: dict[str, str] = field(default_factory=dict)
    #: Marks of each kind so far.
    _counts: dict[str, int] = field(default_factory=dict)

    def mask_text(self, text: str) -> str:
        """*text* with [EMAIL_1], [PHONE_1], [NAME_2] … in place of PII."""
        # Invisible characters would hide a number from the patterns but not from the model. A customer's text
        # may contain a mark like ours; it must not be unmasked.
        text = _MARK.sub(lambda found: found[0].strip("[]"), strip_every_invisible(text))
        parts, at = [], 0
        for found in find_pii(text):
            parts += [
                text[at : found.start],
                self._get_or_create_mark(text[found.start : found.end], found.kind),
            ]
            at = found.end
        return "".join((*parts, text[at:]))

    def unmask_text(self, text: str) -> str:
        """*text* with its marks replaced by the values."""
        values = {mark: value for value, mark in self._marks.items()}
        return _MARK.sub(lambda found: values.get(found[0], found[0]), text)

    def _get_or_create_mark(self, value: str, kind: str) -> str:
        if value in self.kept:
            return value
        if value not in self._marks:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._marks[value] = f"[{kind}_{self._counts[kind]}]"
        return self._marks[value]


def remove_marks(text: str) -> str:
    """*text* without marks, for the grounding check: no passage can support a masked value."""
    return _MARK.sub("", text)


def mask_pii(text: str) -> str:
    """*text* with its PII masked irreversibly."""
    return PiiMask().mask_text(text)
