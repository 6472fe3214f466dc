"""Codes of why a drafted sentence is not shown; the console has a sentence for each, in both languages."""

from enum import StrEnum, auto


class WithheldReason(StrEnum):
    """Why a drafted sentence, or the whole draft, was withheld."""

    # Whatever the passage says.
    MARKUP = auto()
    GARBLED = auto()
    NO_WORDS = auto()
    UNFINISHED = auto()
    PROFANITY = auto()
    QUESTION = auto()
    OTHER_LANGUAGE = auto()
    SAID_ALREADY = auto()
    NO_CITATION = auto()
    # Compared with the passage.
    NOT_IN_PASSAGE = auto()
    NUMBER_NOT_IN_PASSAGE = auto()
    ADDRESS_NOT_IN_PASSAGE = auto()
    NAME_NOT_IN_PASSAGE = auto()
    OPPOSITE_OF_PASSAGE = auto()
    NEGATED_OTHERWISE = auto()
    PROMISES_ACT = auto()
    HARDLY_SUPPORTED = auto()
    # The whole draft.
    NOTHING_SUPPORTED = auto()
    MODEL_FAILED = auto()
    MESSAGE_BUDGET_SPENT = auto()
    CONVERSATION_BUDGET_SPENT = auto()
    VISITOR_BUDGET_SPENT = auto()
    ADDRESS_BUDGET_SPENT = auto()
    DAY_BUDGET_SPENT = auto()

    def with_detail(self, detail: str) -> str:
        """As it is kept and shown: `code: detail`."""
        return f"{self}: {detail}"
