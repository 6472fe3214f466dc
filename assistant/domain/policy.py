"""The escalation policy as data; the deciding itself is in `decide.py`, the opening hours in `hours.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.domain.budgets import Budgets, Prices
from assistant.domain.customer_data import AttributeRule
from assistant.domain.digest import DigestRules
from assistant.domain.hours import JAPAN, BusinessHours
from assistant.domain.proactive import ProactivePolicy
from assistant.domain.rehearsals import REHEARSAL_LIMITS
from assistant.domain.segments import SegmentRule
from assistant.domain.sla import SlaRule

__all__ = ["BusinessHours", "Policy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the support lead decides about when a person comes in."""

    #: At or above: a person is offered / takes over.
    offer_frustration: float = 0.5
    handoff_frustration: float = 0.8
    #: Anger that needs no offer first.
    outburst_frustration: float = 0.998
    #: Below this an open offer for frustration is forgotten (hysteresis).
    calm_frustration: float = 0.3
    guide_unfamiliarity: float = 0.6
    offer_no_progress: float = 0.6
    #: At or above: something broken, wrong, lost or late is answered with an apology and a person.
    offer_complaint: float = 0.65
    #: Several weak signs together offer a person from here on; a sign weaker than `weak_sign` adds nothing.
    offer_together: float = 0.7
    weak_sign: float = 0.35
    #: A model, where there is one, is asked about turns whose frustration is this near to an offer; 0: never.
    vote_within: float = 0.2
    #: Guided turns in a row after which a person is offered too.
    max_guided_turns: int = 2
    #: Turns in a row without an answer after which a person takes over.
    max_failed_turns: int = 3
    #: Passage score below which the knowledge base is taken not to answer.
    answer_score: float = 0.5
    #: The same where a frustrated customer is offered a person, or somebody new to chat is guided: most such
    #: turns ask nothing of the help, and a wrong answer would anger or confuse more.
    frustrated_answer_score: float = 0.85
    #: Between this and `answer_score` a keyword or two gets one question back instead of an abstention.
    clarify_score: float = 0.25
    #: An offer comes again when the signal behind it has risen by this much, or after so many turns.
    offer_again_rise: float = 0.15
    offer_again_turns: int = 3
    #: Sensitive topics and topics that only people handle.
    people_only: frozenset[str] = frozenset({"harm", "legal", "fraud"})
    #: Reason or topic -> low, normal, high or urgent; the highest that applies counts.
    priorities: Mapping[str, str] = field(
        default_factory=lambda: {"harm": "urgent", "fraud": "urgent", "legal": "high", "frustrated": "high"}
    )
    #: Language -> who listens at once to somebody in distress, shown with the handoff.
    helplines: Mapping[str, str] = field(
        default_factory=lambda: {
            "ja": "よりそいホットライン 0120-279-338（24時間・無料）。命の危険があるときは119番へ。",
            "en": "TELL Lifeline 03-5774-0992 (Japan, in English). In an emergency call 119 (Japan).",
        }
    )
    #: So many may wait for a person; whoever asks beyond them is told so.
    queue_limit: int = 500
    #: So many times for a call are offered to whoever waits; 0: none.
    callback_slots: int = 0
    #: Channel -> minutes after which whoever waits hears again how it stands; 0: only when they write.
    waiting_news_minutes: Mapping[str, int] = field(
        default_factory=lambda: {"web": 3, "sms": 30, "email": 0, "other": 10}
    )
    #: Channel -> minutes after the last message after which the assistant's conversation ends; 0: never.
    idle_close_minutes: Mapping[str, int] = field(
        default_factory=lambda: {"web": 30, "email": 4320, "other": 1440}
    )
    #: Survey (csat, nps, ces) -> days between two of them to one person; what is not here is not asked.
    surveys: Mapping[str, int] = field(default_factory=lambda: {"csat": 1})
    #: Who must have had the conversation: assistant, person.
    surveys_after: frozenset[str] = frozenset({"assistant", "person"})
    #: What opens a case after the end -> at which value: a score at or below (csat, nps, ces), a signal at or
    #: above (complaint, frustration); what is not here opens none.
    cases: Mapping[str, float] = field(
        default_factory=lambda: {"csat": 2, "nps": 6, "ces": 3, "complaint": 0.65, "frustration": 0.5}
    )
    #: Opening hours after which somebody should have got in touch.
    case_due_hours: int = 16
    #: When the week's digest is made, and to whom it is mailed.
    digest: DigestRules = field(default_factory=DigestRules)
    #: Agents are at the desk whose console was open, or who called, within so many seconds.
    presence_seconds: int = 120
    #: What may be spent on models, and what they cost, where the operator says so.
    budgets: Budgets = field(default_factory=Budgets)
    prices: Prices = field(default_factory=Prices)
    #: Where the business is: by its clock days begin, for articles, budgets, numbers and hours.
    zone: str = JAPAN
    hours: BusinessHours = field(default_factory=BusinessHours)
    #: By when people answer; the first that applies holds.
    sla: tuple[SlaRule, ...] = ()
    #: What a rehearsal with simulated customers has to reach: measure -> share.
    rehearsal: Mapping[str, float] = field(default_factory=lambda: dict(REHEARSAL_LIMITS))
    #: Rules of messages that nobody asked for just now, with their limits, and the names of those in force.
    proactive: ProactivePolicy = field(default_factory=ProactivePolicy)
    proactive_on: frozenset[str] = frozenset()
    #: Segments of customers, for what agents see, the queue and proactive messages.
    segments: tuple[SegmentRule, ...] = ()
    #: Key of a fact that other systems tell -> what it is kept for, and how long.
    attributes: Mapping[str, AttributeRule] = field(default_factory=dict)
    #: Channel -> its own policy, where it differs.
    channels: Mapping[str, Policy] = field(default_factory=dict)

    def for_channel(self, channel: str) -> Policy:
        return self.channels.get(channel, self)

    def get_waiting_news_minutes(self, channel: str) -> int:
        """How often whoever waits there hears how it stands; 0: not by itself."""
        return self.waiting_news_minutes.get(channel, self.waiting_news_minutes.get("other", 0))

    def get_idle_close_minutes(self, channel: str) -> int:
        """How long after the last message the assistant's conversation ends there; 0: never."""
        return self.idle_close_minutes.get(channel, self.idle_close_minutes.get("other", 0))
