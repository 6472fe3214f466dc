"""What was said in a rehearsed conversation, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenLine:
    """*author* is ``customer`` or ``assistant``."""

    author: str
    text: str
    #: Of a reply: decision, reason, articles, buttons.
    note: str = ""
    #: Articles that it shows.
    articles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsedConversation:
    """One simulated customer's conversation, judged; None: the measure does not apply."""

    #: The same in every run: goal, persona and disturbance.
    key: str
    kind: str
    language: str
    persona: str
    disturbance: str
    #: Whose fact is asked for; empty: no article's.
    article: str
    #: What had to be told.
    fact: str
    lines: tuple[SpokenLine, ...]
    #: Decision and reason of each turn.
    decisions: tuple[str, ...]
    turns: int
    is_told: bool | None = None
    is_person_reached: bool | None = None
    is_false_handoff: bool | None = None
    is_false_answer: bool | None = None
    wasted_turns: int | None = None
    #: The policy's people-only topics took a question of the help.
    is_kept_for_people: bool = False
    promises: tuple[str, ...] = ()
    leaks: tuple[str, ...] = ()
    repeated_replies: int = 0

    @property
    def failures(self) -> tuple[str, ...]:
        """Names of the measures that this conversation fails."""
        failed = {
            "told": self.is_told is False,
            "person": self.is_person_reached is False,
            "false_handoff": self.is_false_handoff is True,
            "false_answer": self.is_false_answer is True,
            "promise": bool(self.promises),
            "leak": bool(self.leaks),
            "same_reply": self.repeated_replies > 0,
        }
        return tuple(name for name, is_failed in failed.items() if is_failed)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"failures": list(self.failures)}

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> RehearsedConversation:
        """KeyError or TypeError for what `as_dict` did not write."""
        fields = {name: value for name, value in row.items() if name != "failures"}
        lists: Mapping[str, Sequence[Any]] = {
            name: tuple(fields[name]) for name in ("decisions", "promises", "leaks")
        }
        lines = tuple(SpokenLine(**{**line, "articles": tuple(line["articles"])}) for line in fields["lines"])
        return cls(**{**fields, **lists, "lines": lines})
