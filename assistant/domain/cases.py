"""Cases: customers whom we owe a word after a bad end, until they are told and asked again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from assistant.domain.errors import BadInput, Conflict
from assistant.domain.outcomes import OutcomeKind
from assistant.domain.surveys import SurveyKind


class CaseTrigger(StrEnum):
    """What opens a case: a low score, a complaint, a frustrated end."""

    CSAT = "csat"
    NPS = "nps"
    CES = "ces"
    COMPLAINT = "complaint"
    FRUSTRATION = "frustration"


#: Triggers that the customers give themselves.
SCORES = frozenset({CaseTrigger.CSAT, CaseTrigger.NPS, CaseTrigger.CES})


class CaseState(StrEnum):
    OPEN = "open"
    #: Somebody got in touch with the customer.
    CONTACTED = "contacted"
    #: The cause is known and something was done about it.
    RESOLVED = "resolved"
    #: The customer knows.
    TOLD = "told"
    ASKED_AGAIN = "asked_again"
    RECOVERED = "recovered"
    NOT_RECOVERED = "not_recovered"
    DISMISSED = "dismissed"


#: States in which somebody still has something to do.
PENDING_STATES = (
    CaseState.OPEN,
    CaseState.CONTACTED,
    CaseState.RESOLVED,
    CaseState.TOLD,
    CaseState.ASKED_AGAIN,
)
ANSWERABLE = frozenset({CaseState.TOLD, CaseState.ASKED_AGAIN})
#: Step of an agent -> states in which it is possible, and the next one.
STEPS: Mapping[str, tuple[frozenset[CaseState], CaseState]] = {
    "contact": (frozenset({CaseState.OPEN}), CaseState.CONTACTED),
    "resolve": (frozenset({CaseState.CONTACTED}), CaseState.RESOLVED),
    "tell": (frozenset({CaseState.RESOLVED}), CaseState.TOLD),
    "ask_again": (frozenset({CaseState.TOLD}), CaseState.ASKED_AGAIN),
    "recover": (ANSWERABLE, CaseState.RECOVERED),
    "give_up": (ANSWERABLE, CaseState.NOT_RECOVERED),
    "dismiss": (frozenset({CaseState.OPEN, CaseState.CONTACTED}), CaseState.DISMISSED),
    "reopen": (frozenset({CaseState.DISMISSED, CaseState.NOT_RECOVERED}), CaseState.OPEN),
}
#: Ends after which a complaint or anger was taken care of, or was none.
SETTLED_OUTCOMES = frozenset({OutcomeKind.RESOLVED_BY_PERSON, OutcomeKind.CONFIRMED, OutcomeKind.SPAM})
#: A low score, where the policy names no threshold of its own.
LOW_SCORES: Mapping[str, float] = {"csat": 2, "nps": 6, "ces": 3}
#: The answer to a survey that was asked again is feedback of this kind: it counts in no score.
ASKED_AGAIN_PREFIX = "again_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    id: str
    conversation: str
    trigger: CaseTrigger
    #: The score or signal that opened it.
    value: float
    due_at: datetime
    created_at: datetime
    updated_at: datetime
    state: CaseState = CaseState.OPEN
    owner: str | None = None
    root_cause: str | None = None
    #: What was done about it.
    remedy: str | None = None
    #: Why it was dismissed.
    reason: str | None = None
    improvement: str | None = None

    @property
    def survey_kind(self) -> SurveyKind:
        """The question that its customer is asked again: the one that was answered badly."""
        return SurveyKind(self.trigger.value) if self.trigger in SCORES else SurveyKind.CSAT


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case in a list, with what is known of its conversation."""

    case: Case
    customer: str
    channel: str
    language: str
    #: Of its first question.
    theme: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What is known of an ended conversation."""

    #: Survey -> the last answer.
    scores: Mapping[str, int]
    outcome: OutcomeKind | None = None
    #: The highest of its turns.
    complaint: float = 0.0
    #: Of the last turn.
    frustration: float = 0.0


def find_trigger(rules: Mapping[str, float], facts: CaseFacts) -> tuple[CaseTrigger, float] | None:
    """What opens a case, and its value; the customer's own score counts before what was read."""
    if facts.outcome is OutcomeKind.SPAM:
        return None
    for kind in SurveyKind:
        score = facts.scores.get(kind)
        if score is not None and kind in rules and score <= rules[kind]:
            return CaseTrigger(kind), score
    # Who rates it well is not followed up for a word on the way there.
    if facts.scores or facts.outcome is None or facts.outcome in SETTLED_OUTCOMES:
        return None
    signals = {CaseTrigger.COMPLAINT: facts.complaint, CaseTrigger.FRUSTRATION: facts.frustration}
    for trigger, value in signals.items():
        if trigger in rules and value >= rules[trigger]:
            return trigger, round(value, 3)
    return None


def is_low_score(kind: str, score: float, rules: Mapping[str, float]) -> bool:
    return score <= rules.get(kind, LOW_SCORES[kind])


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNotes:
    """What a step needs to be told."""

    root_cause: str | None = None
    remedy: str | None = None
    reason: str | None = None


def take_step(case: Case, step: str, notes: CaseNotes, now: datetime) -> Case:
    """The case after a step; Conflict when it is not possible now, BadInput when its reason is missing."""
    allowed, following = STEPS[step]
    if case.state not in allowed:
        raise Conflict(f"A case that is {case.state} cannot be changed that way; reload it.")
    case = replace(case, state=following, updated_at=now)
    if following is CaseState.RESOLVED:
        if not notes.root_cause or not notes.remedy:
            raise BadInput("Say what the cause was (root_cause), and what was done about it (remedy).")
        return replace(case, root_cause=notes.root_cause, remedy=notes.remedy)
    if following is CaseState.DISMISSED:
        if not notes.reason:
            raise BadInput("Say why it is dismissed (reason).")
        return replace(case, reason=notes.reason)
    return case
