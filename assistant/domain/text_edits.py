"""What a model may do with a text for an agent: translate it, or say it differently."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from assistant.domain.budgets import ModelBudget

EditKind = Literal["translate", "polite", "shorter", "simpler"]
#: no_model: none is set up; failed: it did not answer, in time or at all, or its budget is spent.
EditProblem = Literal["no_model", "failed"]

#: Languages that a text may be translated into, as a model is told them.
LANGUAGE_NAMES: Mapping[str, str] = {
    "ja": "Japanese",
    "en": "English",
    "ko": "Korean",
    "zh": "Chinese (simplified)",
    "zh-hant": "Chinese (traditional)",
    "vi": "Vietnamese",
    "th": "Thai",
    "id": "Indonesian",
    "tl": "Filipino",
    "ne": "Nepali",
    "pt": "Portuguese",
    "es": "Spanish",
    "fr": "French",
    "de": "German",
    "it": "Italian",
    "ru": "Russian",
    "ar": "Arabic",
    "hi": "Hindi",
}
#: Longest text.
MAX_EDITED_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEdit:
    """What is wanted of a text."""

    kind: EditKind
    text: str
    #: A key of LANGUAGE_NAMES; None where it is not translated.
    target: str | None = None
    #: An agent's words to a customer, not a customer's.
    is_draft: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedText:
    """What a model made of a text; empty where there is a problem."""

    text: str = ""
    problem: EditProblem | None = None
    #: Numbers and personal data that stand in one of the two texts only: an agent looks at them.
    differing: tuple[str, ...] = ()


#: Edits a text within what may be spent.
TextEditor = Callable[[TextEdit, ModelBudget | None], Awaitable[EditedText]]
