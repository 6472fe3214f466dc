"""Personal data out of what a model is given, back into its answer; how it is found is in `text/pii.py`."""

import re
from dataclasses import dataclass, field

from assistant.text.characters import strip_every_invisible
from assistant.text.pii import find_pii

_MARK = re.compile(r"\[(?:EMAIL|PHONE|CARD|ID|IBAN|ADDRESS|NAME|SECRET)_\d+\]")


@dataclass(slots=True)
class PiiMask:
    """What one turn hides from the model: the same value has the same mark in question and history."""

    _marks: dict[str, str] = field(default_factory=dict)

    def mask_text(self, text: str) -> str:
        """*text* with [EMAIL_1], [PHONE_1], [NAME_2] … where those stood."""
        # What nobody sees would hide a number from us and not from the model; a mark that the customer typed
        # is no mark of ours.
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
        """*text* with the values back in the place of their marks."""
        values = {mark: value for value, mark in self._marks.items()}
        return _MARK.sub(lambda found: values.get(found[0], found[0]), text)

    def _get_or_create_mark(self, value: str, kind: str) -> str:
        if value not in self._marks:
            number = 1 + sum(mark.startswith(f"[{kind}_") for mark in self._marks.values())
            self._marks[value] = f"[{kind}_{number}]"
        return self._marks[value]


def remove_marks(text: str) -> str:
    """*text* as the check reads it: a hidden value is nothing that a passage could prove."""
    return _MARK.sub("", text)


def mask_pii(text: str) -> str:
    """*text* with its personal data hidden for good."""
    return PiiMask().mask_text(text)
