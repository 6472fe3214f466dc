"""What the calls that help an agent write respond, as types."""

from typing_extensions import TypedDict

from assistant.api.responses import Timestamp
from assistant.domain.text_edits import EditProblem
from assistant.text.keigo import WordingCode


class CustomerQuestionOut(TypedDict):
    #: The customer's message that it stands in.
    message: str
    text: str
    #: The message that seems to answer it; None: none does.
    answered_by: str | None


class SolvedCaseOut(TypedDict):
    conversation: str
    #: What was asked, and what helped; without personal data.
    ask: str
    reply: str
    outcome: str
    closed_at: Timestamp | None


class FittingReplyOut(TypedDict):
    """A saved reply that fits what is asked."""

    id: str
    name: str
    text: str


class RelatedOut(TypedDict):
    questions: list[CustomerQuestionOut]
    cases: list[SolvedCaseOut]
    replies: list[FittingReplyOut]


class EditedTextOut(TypedDict):
    #: Empty where there is a problem.
    text: str
    problem: EditProblem | None
    #: Numbers and personal data that stand in one of the two texts only.
    differing: list[str]


class WordingFindingOut(TypedDict):
    code: WordingCode
    start: int
    end: int
    excerpt: str
    #: Empty: it depends.
    instead: str


class WordingOut(TypedDict):
    findings: list[WordingFindingOut]


class DraftCountOut(TypedDict):
    kind: str
    shown: int
    inserted: int
    sent: int
    #: Sent with other words.
    edited: int


class DraftCountsOut(TypedDict):
    drafts: list[DraftCountOut]


class LanguageOut(TypedDict):
    code: str
    #: In English.
    name: str


class LanguagesOut(TypedDict):
    languages: list[LanguageOut]
