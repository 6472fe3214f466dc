"""Prompts: Markdown files with $names, filled strictly; what they say is in the files, not here."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from string import Template

from assistant.domain.errors import SetupError

#: Between the system's words and the customer's.
_LINE = "\n---\n"


class PromptMismatch(SetupError):
    """A prompt and the code that fills it disagree about its $names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt of two parts: what the model is told to do, and what it is given to do it with."""

    name: str
    text: str

    @classmethod
    def from_file(cls, file: Path) -> "Prompt":
        try:
            text = file.read_text(encoding="utf-8")
        except OSError as error:
            raise SetupError(f"The prompt {file} cannot be read: {error.strerror}.") from error
        if text.count(_LINE) != 1:
            raise SetupError(f"The prompt {file} needs one line of --- between its two parts.")
        return cls(name=file.stem, text=text)

    @property
    def version(self) -> str:
        return sha256(self.text.encode()).hexdigest()[:12]

    def fill_template(self, **values: str) -> tuple[str, str]:
        """(system, user); a value is never read again, so nobody can smuggle a $name in."""
        wanted = set(Template(self.text).get_identifiers())
        if wanted != values.keys():
            raise PromptMismatch(f"The prompt {self.name} takes {sorted(wanted)}, got {sorted(values)}.")
        system, user = (Template(part).substitute(values).strip() for part in self.text.split(_LINE))
        return system, user
