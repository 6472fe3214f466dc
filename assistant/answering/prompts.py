"""Prompts: Markdown templates with $names, filled strictly."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from string import Template

from assistant.domain.errors import SetupError

#: Separates the system part from the user part.
_LINE = "\n---\n"


class PromptMismatch(SetupError):
    """A prompt's $names and the code that fills it do not match."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt of a system and a user part."""

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
        """(system, user); substituted values are not substituted again, so that nobody can inject a $name."""
        wanted = set(Template(self.text).get_identifiers())
        if wanted != values.keys():
            raise PromptMismatch(f"The prompt {self.name} takes {sorted(wanted)}, got {sorted(values)}.")
        system, user = (Template(part).substitute(values).strip() for part in self.text.split(_LINE))
        return system, user
