"""Surveys at the end of a conversation: which question, to whom, how often; its answers are feedback."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from assistant.domain.outcomes import OutcomeKind


class SurveyKind(StrEnum):
    #: How satisfied, 1–5.
    CSAT = "csat"
    #: Would recommend, 0–10; about the firm, not the talk.
    NPS = "nps"
    #: How easy it was, 1–7 (CES 2.0).
    CES = "ces"


class SurveyState(StrEnum):
    ASKED = "asked"
    ANSWERED = "answered"
    #: The customer wrote something else instead.
    CANCELLED = "cancelled"


#: Raised with every change of a question's words, so that answers to different words are not mixed.
SURVEY_VERSION = 2
#: The rarest is asked first when it is due.
PREFERENCE = (SurveyKind.NPS, SurveyKind.CES, SurveyKind.CSAT)
#: One survey a person within this, whichever it is.
ONE_PER_PERSON = timedelta(hours=24)
#: Unanswered questions are not shown any longer after this.
EXPIRES_AFTER = timedelta(days=7)
#: Apps let us write for so long after the customer did.
APP_WINDOW = timedelta(hours=24)
#: Nothing was done for anybody in these.
UNASKED_OUTCOMES = frozenset({OutcomeKind.SPAM, OutcomeKind.NO_REQUEST})
#: Who had the conversation, as a policy names it.
ASSISTANT = "assistant"
PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSurvey:
    """A survey that was asked; one for each conversation at most."""

    conversation: str
    kind: SurveyKind
    version: int
    asked_at: datetime
    state: SurveyState = SurveyState.ASKED


def select_survey_kind(
    rules: Mapping[str, int], asked: Sequence[tuple[str, datetime]], now: datetime
) -> SurveyKind | None:
    """The survey that is due for a person, or None.

    *rules*: kind -> days between two of them; *asked*: (kind, when) of what the person was asked before.
    """
    if any(now - when < ONE_PER_PERSON for _, when in asked):
        return None
    for kind in PREFERENCE:
        days = rules.get(kind)
        if days is not None and not any(
            before == kind and now - when < timedelta(days=days) for before, when in asked
        ):
            return kind
    return None
